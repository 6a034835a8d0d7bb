/** When a run says that its representation collapses. */
import { describe, expect, test } from 'vitest';
import { CollapseWatch } from '../../src/runtime/train/collapse-watch.js';

/** As a masked autoencoder on the digits had them: next to nothing for three epochs of 62 steps, then more and more. */
const slow: readonly (readonly [step: number, spread: number, rank: number])[] = [
  ...([[50, 0.0199, 1.64] as const, [62, 0.0182, 1.58] as const, [100, 0.0173, 1.55] as const] as const),
  ...([[124, 0.018, 1.57] as const, [150, 0.0213, 1.66] as const, [186, 0.0269, 1.84] as const] as const),
  ...([[200, 0.0268, 1.84] as const, [248, 0.0375, 2.16] as const, [372, 0.0618, 3.05] as const] as const),
];

function warnings(reason: string | undefined, measured: typeof slow, steps = 1000, reported?: string) {
  const watch = new CollapseWatch(
    () => reason,
    () => reported,
    { stepsPerEpoch: 62, steps },
  );
  return measured.flatMap(([step, spread, effectiveRank]) => {
    const found = watch.check(step, { spread, smallestSpread: 0, effectiveRank, dimensions: 96 });
    return found ? [{ step, help: found.help.join('\n'), message: found.message }] : [];
  });
}

describe('a warning of collapse', () => {
  test('comes at once, and once, where nothing keeps the representation apart', () => {
    expect(warnings(undefined, slow)).toMatchObject([{ step: 50, help: expect.stringContaining('contrastive') }]);
  });

  test('does not come for a slow beginning of what is known not to collapse', () => {
    expect(warnings('term `r` is lower', slow)).toEqual([]);
  });

  test('comes after two epochs without growth, with what is known', () => {
    const stuck = [50, 100, 150, 200, 250].map((step) => [step, 0.01, 1.2] as const);
    expect(warnings('term `r` is lower', stuck)).toMatchObject([
      { step: 200, help: expect.stringContaining('term `r` is lower') },
    ]);
  });

  test('comes at the end of a run that ends so', () => {
    expect(warnings('term `r` is lower', slow.slice(0, 4), 124)).toMatchObject([{ step: 124 }]);
  });

  /** wav2vec 2.0 without its diversity, and with it. */
  const falling = [
    [0, 0.27, 14],
    [35, 0.076, 4.3],
    [65, 0.048, 3],
    [95, 0.04, 2.6],
  ] as const;
  const lasting = [
    [0, 0.27, 14],
    [35, 0.129, 7.3],
    [95, 0.087, 5.3],
    [275, 0.223, 11],
  ] as const;

  test('comes sooner where it was foreseen, and says so', () => {
    expect(warnings(undefined, falling)).toEqual([]);
    expect(warnings(undefined, falling, 1000, 'EBM3001')).toMatchObject([
      {
        step: 65,
        message:
          'step 65: as EBM3001 said of this objective, the representation is collapsing: from 0.270 at the start to spread 0.048 (1 is healthy, 0 collapsed), effective rank 3.0 of 96',
      },
    ]);
    expect(warnings(undefined, lasting, 1000, 'EBM3001')).toEqual([]);
  });

  test('is not about the beginning', () => {
    expect(warnings(undefined, [[0, 0.001, 1]])).toEqual([]);
  });
});
