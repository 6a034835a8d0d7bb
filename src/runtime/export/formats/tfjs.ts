/** A graph model for browsers and Node, as `@tensorflow/tfjs-converter` loads it. */
import { createHash } from 'node:crypto';
import { emitFrozen } from '../../../compiler/targets/tensorflow/emit-frozen.js';
import { freeBatch } from '../../../compiler/targets/tensorflow/free-batch.js';
import { graphModel } from '../../../compiler/targets/tensorflow/graph-model.js';
import { readmeOf } from '../describe.js';
import type { ExportFormat } from '../format.js';
import { describe, emitFor } from '../subject.js';

export const tfjsFormat: ExportFormat = {
  name: 'tfjs',
  summary: 'a graph model for tfjs, in browsers and Node',
  kind: 'folder',
  export(subject) {
    const { emitted, batch } = emitFor(subject, emitFrozen, freeBatch);
    const about = describe(
      subject,
      batch,
      emitted.inputs.map(({ name }) => name),
    );
    const { json, shards } = graphModel(emitted, `ebmc ${about.version}`, about);
    // Named by what is in them: an earlier export stays whole until its model.json is replaced.
    const hash = createHash('sha256');
    for (const shard of shards) hash.update(shard);
    const sum = hash.digest('hex').slice(0, 8);
    const paths = shards.map((_, i) => `weights-${sum}-${i + 1}of${shards.length}.bin`);
    const given = about.inputs.map(({ name }) => name).join(', ');
    const use = `
import { loadGraphModel } from '@tensorflow/tfjs-converter';
import '@tensorflow/tfjs-backend-wasm'; // or webgl, webgpu, cpu

const model = await loadGraphModel('model.json');
const features = model.predict({ ${given} });`;
    return {
      about,
      files: [
        ...shards.map((shard, i) => ({ name: paths[i]!, content: [shard] })),
        { name: 'README.md', content: readmeOf(about, 'js', use) },
        { name: 'model.json', content: json(paths) },
      ],
    };
  },
};
