/** Objectives without labels to probe: the loss of held-out examples after training, beside that of untrained weights, natively. */
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { checkFile, compileModel, optimizeProgram } from '../../src/compiler/index.js';
import { emitTensorflow } from '../../src/compiler/targets/tensorflow/emit.js';
import { loadSavedModel } from '../../src/runtime/backends/load-saved-model.js';
import { openDataset } from '../../src/runtime/data/index.js';
import { FileLibrary } from '../../src/runtime/library.js';
import { tfjsNode, useBackend } from '../targets/backends.js';

const native = tfjsNode();
/** Batches of held-out examples, each under draws of its own: masks, spans. */
const heldOut = 8;

async function heldOutLosses(example: string, steps: number): Promise<readonly [untrained: number, trained: number]> {
  const path = `examples/${example}.ebm`;
  const checked = checkFile({ path, text: readFileSync(path, 'utf8') }, new FileLibrary(path));
  const [model, train] = [checked.models[0]!, checked.trains[0]!];
  const program = optimizeProgram(compileModel(model, train, 'tensorflow'), 'tensorflow');
  const directory = mkdtempSync(join(tmpdir(), 'ebmc-'));
  const loaded = await loadSavedModel(program, emitTensorflow(program), native!, { directory });
  const decl = checked.datasets.find(({ name }) => name === train.dataset)!;
  const data = await openDataset(decl, { baseDirectory: 'examples', strict: true, warn: () => {} });
  const fields = model.inputs.map(({ name }) => name);
  const read = (split: 'train' | 'test', step: number) => {
    const size = data.size(split);
    // A stride that has no factor in common with the sizes goes through all, near ones far apart.
    const indices = Array.from({ length: train.batch }, (_, i) => ((step * train.batch + i) * 7919) % size);
    return data.read(split, indices, fields);
  };
  const measure = async (): Promise<number> => {
    const states = await loaded.read();
    let sum = 0;
    for (let k = 0; k < heldOut; k++) {
      await loaded.write(states);
      loaded.stepNumber = k;
      // A rate of 0 moves nothing.
      sum += (await loaded.step(await read('test', k), 0))['loss']!;
    }
    await loaded.write(states);
    return sum / heldOut;
  };
  await useBackend('tensorflow');
  await loaded.init(1);
  loaded.plannedSteps = steps;
  const untrained = await measure();
  loaded.stepNumber = 0;
  for (let step = 0; step < steps; step++)
    await loaded.step(await read('train', step), train.optimizer.settings['rate']!);
  const trained = await measure();
  loaded.dispose();
  return [untrained, trained];
}

test.skipIf(native === undefined).each([
  ['time_series', 400, 0.5],
  ['t5', 300, 0.8],
] as const)(
  '%s',
  async (example, steps, share) => {
    const [untrained, trained] = await heldOutLosses(example, steps);
    console.log(
      `${example}: held-out loss ${untrained.toFixed(4)} untrained, ${trained.toFixed(4)} after ${steps} steps`,
    );
    expect(trained).toBeLessThan(share * untrained);
  },
  1_200_000,
);
