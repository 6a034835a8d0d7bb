/** A run that is stopped and goes on is told what an uninterrupted one is told, after the same step. */
import { describe, expect, test } from 'vitest';
import { readManifest } from '../../src/runtime/checkpoint/index.js';
import type { TrainOptions } from '../../src/runtime/train/index.js';
import { planOf } from '../../src/runtime/train/plan.js';
import { train } from '../../src/runtime/train/train.js';
import { Watches, type WatchRecords } from '../../src/runtime/train/watches.js';
import { temporaryFolders, tinyDataset, tinyRun, tinySettings } from './support.js';

const newFolder = temporaryFolders();
const stepsPerEpoch = 5;
const steps = 60;

interface Case {
  readonly said: string;
  readonly options: Partial<TrainOptions>;
  readonly terms: (step: number) => Readonly<Record<string, number>>;
  readonly spread: (step: number) => number;
  readonly outputs?: (step: number) => Readonly<Record<string, number>>;
}

/** Those that say each of the watches' codes; the middle is long before the end. */
const cases: readonly Case[] = [
  {
    said: 'EBM5020',
    options: { plateaus: () => ({ pull: 2 }), apart: () => [], reason: () => 'a reason' },
    terms: () => ({ pull: 2 }),
    spread: () => 1,
  },
  {
    said: 'EBM5021',
    options: { plateaus: () => ({ pull: 0, push: 1 }), apart: () => ['push'], reason: () => 'a reason' },
    terms: (step) => ({ pull: 4 * Math.exp(-step / 15), push: 1 }),
    spread: () => 1,
  },
  {
    said: 'EBM5022',
    options: { plateaus: () => ({ pull: 0 }), apart: () => [], reason: () => undefined },
    terms: (step) => ({ pull: 4 * Math.exp(-step / 15) }),
    spread: () => 1,
  },
  {
    said: 'EBM5023',
    options: {
      plateaus: () => ({ pull: 0 }),
      apart: () => [],
      reason: () => undefined,
      reported: () => 'EBM3001',
    },
    // Half of the way at the end, and half of what differs by the middle.
    terms: (step) => ({ pull: 4 * Math.exp(-step / 50) }),
    outputs: (step) => ({ 'gauge.output_spread': 0.8, 'gauge.output_rank': 1 + 8 * Math.exp(-step / 20) }),
    spread: () => 1,
  },
  {
    said: 'EBM5012',
    options: { plateaus: () => undefined, apart: () => [], reason: () => 'a reason' },
    terms: (step) => ({ pull: 4 - step / 100 }),
    spread: (step) => (step < 12 ? 1 : 0.01),
  },
  {
    said: 'EBM5012',
    options: {
      plateaus: () => ({ pull: 0 }),
      apart: () => [],
      reason: () => undefined,
      reported: () => 'EBM3001',
    },
    terms: (step) => ({ pull: 4 - step / 100 }),
    // A quarter of what it was, and far from next to nothing.
    spread: (step) => (step < 24 ? 0.9 : 0.2),
  },
];

/** What is said after which step; after `cut` steps another one goes on with what the first has seen, as the manifest keeps it. */
function told({ options, terms, spread, outputs }: Case, cut?: number) {
  const dataset = tinyDataset();
  const plan = planOf([{ dataset, split: 'train' }], { epochs: steps / stepsPerEpoch }, tinySettings.batch);
  const all = tinyRun('', options);
  let watches = new Watches(all, plan);
  const gaugesAt = (step: number) => ({ spread: spread(step), smallestSpread: 0, effectiveRank: 8, dimensions: 16 });
  const said: (readonly [code: string, step: number])[] = watches.measured(0, gaugesAt(0)).map(({ code }) => [code, 0]);
  for (let step = 1; step <= steps; step++) {
    const values = terms(step);
    const loss = Object.values(values).reduce((sum, value) => sum + value, 0);
    const named = Object.fromEntries(Object.entries(values).map(([name, value]) => [`term.${name}`, value]));
    watches.add(loss, { ...named, ...outputs?.(step) });
    const found = step % 3 === 0 ? [...watches.measured(step, gaugesAt(step))] : [];
    if (step % stepsPerEpoch === 0) found.push(...watches.epochEnded(step, step === steps));
    said.push(...found.map(({ code }) => [code, step] as const));
    if (step === cut) watches = new Watches(all, plan, JSON.parse(JSON.stringify(watches.records)) as WatchRecords);
  }
  return said;
}

describe.each(cases)('$said', (one) => {
  const whole = told(one);

  test('is said once, neither at the beginning nor at the end', () => {
    expect(whole.map(([code]) => code)).toEqual([one.said]);
    expect(whole[0]![1]).toBeGreaterThan(stepsPerEpoch);
    expect(whole[0]![1]).toBeLessThan(steps);
  });

  test('is said after the same step wherever the run was cut', () => {
    for (let cut = 1; cut < steps; cut++) expect(told(one, cut), `cut after ${cut}`).toEqual(whole);
  });
});

test('through checkpoints: a run that arrives at what equal outputs give', async () => {
  const settings = { ...tinySettings, epochs: 8 };
  /** A run that knows what its loss is where all outputs are equal; the messages, which begin with the step. */
  const watched = (folder: string, constant: number, changes: Partial<TrainOptions> = {}) => {
    const said: string[] = [];
    const watches = {
      plateaus: () => ({ pull: constant }),
      reason: () => undefined,
      gaugesEvery: 1,
      checkpointEvery: 7,
    };
    const warn: TrainOptions['warn'] = ({ code, message }) => code === 'EBM5022' && said.push(message);
    return { said, options: tinyRun(folder, { settings, ...watches, warn, ...changes }) };
  };
  const losses: number[] = [];
  await train(watched(newFolder(), 1e9, { onProgress: ({ loss }) => losses.push(loss) }).options);
  const whole = watched(newFolder(), Math.min(...losses));
  await train(whole.options);
  expect(whole.said).toHaveLength(1);
  const arrived = Number(whole.said[0]!.match(/^step (\d+):/)![1]);
  expect(arrived).toBeGreaterThan(4);
  for (const cut of [2, arrived - 1, arrived, arrived + 3]) {
    const folder = newFolder();
    const stop = new AbortController();
    const onProgress: TrainOptions['onProgress'] = ({ step }) => step === cut && stop.abort();
    const first = watched(folder, Math.min(...losses), { signal: stop.signal, onProgress });
    await train(first.options);
    expect((await readManifest(folder))!.step).toBe(cut);
    const second = watched(folder, Math.min(...losses), { resume: true });
    await train(second.options);
    expect([...first.said, ...second.said], `cut after ${cut}`).toEqual(whole.said);
  }
});
