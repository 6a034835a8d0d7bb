/** What `evaluation.json` of a run says, as measures of a comparison. */
import type { Competitor, MeasureInfo, Summary } from '../compare/comparison.js';
import type { EvaluationResult, EvaluationRow } from '../evaluate/index.js';

/** Accuracies over the test examples themselves: their intervals follow from the count. */
const accuracy = /^(?:knn|linear\..*)$/;

/** The evaluation's own, with how the intervals of a single run are made. */
export function measuresOf({ measures }: EvaluationResult): readonly MeasureInfo[] {
  return measures.map((measure) =>
    accuracy.test(measure.key)
      ? { ...measure, explanation: `${measure.explanation} One seed: the interval is Wilson's over the test examples.` }
      : measure,
  );
}

export function trainedSummary(evaluation: EvaluationResult): Readonly<Record<string, Summary>> {
  const row = evaluation.rows.find(({ name }) => name === 'trained');
  return row ? summaryOf(row, evaluation.testExamples) : {};
}

/** The untrained encoder and the raw input, which stand beside every result. */
export function baselinesOf({ rows, testExamples }: EvaluationResult, model: string): readonly Competitor[] {
  return rows
    .filter(({ name }) => name !== 'trained')
    .map((row) => {
      const isRaw = row.name !== 'untrained';
      return {
        name: isRaw ? 'raw input' : 'untrained',
        kind: isRaw ? ('raw' as const) : ('untrained' as const),
        ...{ model: isRaw ? undefined : model, objective: undefined, settings: {}, parameters: undefined },
        ...{ flopsPerExample: undefined, tried: [], runs: [], summary: summaryOf(row, testExamples) },
        verdict: {
          kind: 'baseline' as const,
          reason: isRaw ? 'the inputs themselves' : `the encoder of ${model} before training`,
        },
      };
    });
}

/** JSON has no NaN: a measure that is none is left out. */
function summaryOf({ measures }: EvaluationRow, testExamples: number): Readonly<Record<string, Summary>> {
  return Object.fromEntries(
    Object.entries(measures).flatMap(([key, mean]) => {
      if (typeof mean !== 'number') return [];
      const interval = accuracy.test(key) ? wilson(mean, testExamples) : { low: mean, high: mean };
      return [[key, { mean, ...interval, deviation: undefined, values: [mean] }] as const];
    }),
  );
}

/** The 95 % score interval of a share of `n` (Wilson 1927). */
export function wilson(share: number, n: number): { readonly low: number; readonly high: number } {
  if (!(n > 0)) return { low: share, high: share };
  const z = 1.959963984540054;
  const centre = (share + (z * z) / (2 * n)) / (1 + (z * z) / n);
  const half = (z / (1 + (z * z) / n)) * Math.sqrt((share * (1 - share)) / n + (z * z) / (4 * n * n));
  return { low: Math.max(0, centre - half), high: Math.min(1, centre + half) };
}
