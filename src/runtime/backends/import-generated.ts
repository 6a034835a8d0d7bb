/** Imports a module that the tfjs target emitted. */
import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type * as tf from '@tensorflow/tfjs-core';
import { makeFolder } from '../files/index.js';

export type Tensors = Readonly<Record<string, tf.Tensor>>;

/** The class of a generated module, as far as it is the same for every model. */
export interface Generated {
  stepNumber: number;
  /** Of a model whose schedules go by it. */
  plannedSteps?: number;
  init(seed: number): void;
  step(batch: Tensors, rate: number): Tensors;
  gather?(batch: Tensors): Tensors;
  beginEpoch?(gathered: Tensors): void;
  represent(batch: Tensors): tf.Tensor;
  representViews?(batch: Tensors): tf.Tensor;
  pairEnergies?(batch: Tensors): tf.Tensor;
  states(): Tensors;
  setState(name: string, value: tf.Tensor): void;
  dispose(): void;
}

/** Transpiles the module into `directory`, which may be anywhere, imports it, and makes an instance of its class. */
export async function importGenerated(files: Readonly<Record<string, string>>, directory: string): Promise<Generated> {
  const { ts } = await import('ts-morph');
  // A module is loaded once for each name: its contents are part of it.
  const hash = createHash('sha256').update(JSON.stringify(files)).digest('hex').slice(0, 12);
  const moduleName = (file: string): string => file.replace(/\.[jt]s$/, `-${hash}.mjs`);
  const tfjs = pathToFileURL(createRequire(import.meta.url).resolve('@tensorflow/tfjs-core')).href;
  makeFolder(directory);
  for (const [file, text] of Object.entries(files)) {
    const { outputText } = ts.transpileModule(text, {
      compilerOptions: { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext },
    });
    // `@tensorflow/tfjs-core` may not be found from the directory: imports name its file.
    const linked = outputText
      .replaceAll(/from ['"]@tensorflow\/tfjs-core['"]/g, `from '${tfjs}'`)
      .replaceAll(/from ['"]\.\/(\w+\.js)['"]/g, (_, target: string) => `from './${moduleName(target)}'`);
    await writeFile(join(directory, moduleName(file)), linked);
  }
  const url = pathToFileURL(join(directory, moduleName('model.ts'))).href;
  const module = (await import(/* @vite-ignore */ url)) as Readonly<Record<string, unknown>>;
  const Model = Object.values(module).find((value) => typeof value === 'function') as new () => Generated;
  return new Model();
}
