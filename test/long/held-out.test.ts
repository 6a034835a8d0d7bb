/** Objectives without labels to probe: the loss of held-out examples after training, beside that of untrained weights, natively. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { tfjsNode, useBackend } from '../targets/backends.js';
import { loadNatively } from './load-natively.js';

const native = tfjsNode();
/** Batches of held-out examples, each under draws of its own: masks, spans. */
const heldOut = 8;

async function heldOutLosses(example: string, steps: number): Promise<readonly [untrained: number, trained: number]> {
  const text = readFileSync(`examples/${example}.ebm`, 'utf8');
  const { model, settings: train, loaded, dataset: data } = await loadNatively(text);
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
