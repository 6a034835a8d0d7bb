import { expect, test } from 'vitest';
import { formatDiagnostic } from '../../src/diagnostics/index.js';
import { OutweighedWatch } from '../../src/runtime/train/outweighed.js';

const stepsPerEpoch = 20;
type Terms = Readonly<Record<string, number>>;

/** What is said at the ends of epochs of which each has these terms at its end, moving evenly. */
function watch(ends: readonly Terms[], apart: readonly string[], plateaus: Terms) {
  let asked = 0;
  const watched = new OutweighedWatch(
    () => plateaus,
    () => {
      asked++;
      return apart;
    },
  );
  const said = ends.slice(1).map((end, epoch) => {
    for (let k = 1; k <= stepsPerEpoch; k++) {
      const at = (name: string) => ends[epoch]![name]! + ((end[name]! - ends[epoch]![name]!) * k) / stepsPerEpoch;
      watched.add(Object.fromEntries(Object.keys(end).map((name) => [`term.${name}`, at(name)])));
    }
    return watched.check((epoch + 1) * stepsPerEpoch, epoch === ends.length - 2);
  });
  return { said, asked };
}

const plateaus = { invariance: 0, variance: 0.25, covariance: 0 };
const run = (invariance: readonly number[], variance: readonly number[], covariance = invariance.map(() => 0)) =>
  invariance.map((value, k) => ({ invariance: value, variance: variance[k]!, covariance: covariance[k]! }));

test('a term that stays where a constant has it while others fall is named, once, after two epochs', async () => {
  const { said, asked } = watch(run([2, 0.3, 0.1, 0.05, 0.01], [0.25, 0.25, 0.25, 0.25, 0.25]), ['variance'], plateaus);
  expect(said.map((d) => d?.code)).toEqual([undefined, 'EBM5021', undefined, undefined]);
  expect(asked).toBe(1);
  await expect(`${formatDiagnostic(said[1]!)}\n`).toMatchFileSnapshot('golden/EBM5021.txt');
});

test('a run of one epoch is told at its end', () => {
  expect(watch(run([2, 0.05], [0.25, 0.25]), ['variance'], plateaus).said.map((d) => d?.code)).toEqual(['EBM5021']);
});

test('a term that begins slowly is not', () => {
  expect(watch(run([2, 0.5, 0.4, 0.3], [0.25, 0.25, 0.1, 0.05]), ['variance'], plateaus).said).toEqual([
    undefined,
    undefined,
    undefined,
  ]);
});

test('nor is one that rises because another falls, and cannot be lower than at a constant', () => {
  const { said } = watch(run([2, 1, 0.5], [0.25, 0.1, 0.02], [0, 0.5, 0.6]), ['variance'], plateaus);
  expect(said).toEqual([undefined, undefined]);
});

test('nor is one beside others that do not fall either, and the compiler is not asked', () => {
  const { said, asked } = watch(run([2, 2, 2], [0.25, 0.25, 0.25]), ['variance'], plateaus);
  expect(said).toEqual([undefined, undefined]);
  expect(asked).toBe(0);
});

test('nor is one that has risen and found its balance below the value at a constant', () => {
  expect(watch(run([2, 0.5, 0.3], [0.1, 0.15, 0.15]), ['variance'], plateaus).said).toEqual([undefined, undefined]);
});
