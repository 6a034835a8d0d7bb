/** An exported graph model, loaded by tfjs's own converter through the requests that a browser makes. */
import { basename } from 'node:path';
import { type GraphModel, loadGraphModel } from '@tensorflow/tfjs-converter';
import * as tf from '@tensorflow/tfjs-core';

/** `read` gives the bytes of a file of the model's folder. */
export function loadFiles(read: (name: string) => Uint8Array): Promise<GraphModel> {
  const fetchFunc: typeof fetch = async (path) =>
    new Response(new Uint8Array(read(basename(String(path)))), {
      headers: { 'Content-Type': String(path).endsWith('.json') ? 'application/json' : 'application/octet-stream' },
    });
  return loadGraphModel(tf.io.http('http://localhost/model.json', { fetchFunc }));
}

export function bytesOf(content: string | readonly Uint8Array[]): Uint8Array {
  return typeof content === 'string' ? new TextEncoder().encode(content) : Buffer.concat(content as Uint8Array[]);
}
