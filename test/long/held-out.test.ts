/** Objectives without labels to probe: the terms of held-out examples after training, beside those of untrained weights, natively. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { tfjsNode, useBackend } from '../targets/backends.js';
import { trainAndHold } from './held-out.js';
import { mean } from './load-natively.js';

test.skipIf(tfjsNode() === undefined).each([
  ['time_series', 400, 0.5],
  ['t5', 300, 0.8],
] as const)(
  '%s',
  async (example, steps, share) => {
    await useBackend('tensorflow');
    const found = await trainAndHold(readFileSync(`examples/${example}.ebm`, 'utf8'), { steps });
    const sum = (terms: Readonly<Record<string, readonly number[]>>): number =>
      Object.values(terms).reduce((total, values) => total + mean(values), 0);
    const [untrained, trained] = [sum(found.untrained), sum(found.trained)];
    console.log(
      `${example}: held-out loss ${untrained.toFixed(4)} untrained, ${trained.toFixed(4)} after ${steps} steps`,
    );
    expect(trained).toBeLessThan(share * untrained);
  },
  1_200_000,
);
