/** What `evaluation.json` of a run says, as measures of a comparison. */
import type { Competitor, MeasureInfo, Summary } from '../compare/comparison.js';
import type { EvaluationResult, EvaluationRow } from '../evaluate/index.js';

const interval = "The interval is Wilson's over the test examples; there is one seed.";

/** Those that the evaluation has, the first one ranking. */
export function measuresOf({ rows, neighbours }: EvaluationResult): readonly MeasureInfo[] {
  const [first] = rows;
  const accuracy = (key: string, label: string, explanation: string): MeasureInfo => ({
    ...{ key, label, better: 'higher', unit: 'share' },
    explanation: `${explanation} ${interval}`,
  });
  const number = (key: string, label: string, better: MeasureInfo['better'], explanation: string): MeasureInfo => ({
    ...{ key, label, better, explanation, unit: 'number' },
  });
  const measures = [
    ...(first?.knn === undefined
      ? []
      : [
          accuracy(
            'knn',
            `k-NN (k ${neighbours})`,
            'Accuracy of a vote of the nearest training examples by cosine similarity (Wu et al. 2018).',
          ),
        ]),
    ...(first?.linear ?? []).map(({ labels }) =>
      accuracy(
        `linear.${labels}`,
        `linear probe, ${Number((100 * labels).toPrecision(3))} % of the labels`,
        'Accuracy of a linear classifier on the frozen representation.',
      ),
    ),
    number(
      'rankme',
      'RankMe',
      'higher',
      'Effective rank of the representation of the test examples (Garrido et al. 2023).',
    ),
    number(
      'spread',
      'spread',
      'neither',
      'Standard deviation of the normalised representation, times the root of its dimensions: 1 is healthy, 0 collapsed.',
    ),
    number(
      'alignment',
      'alignment',
      'lower',
      'Mean squared distance of the two views of an example (Wang & Isola 2020).',
    ),
    number('uniformity', 'uniformity', 'lower', 'Log mean Gaussian potential between examples (Wang & Isola 2020).'),
  ];
  return measures.map((measure, i) => (i === 0 ? { ...measure, isMain: true } : measure));
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
      const summary = summaryOf(row, testExamples);
      return {
        name: isRaw ? 'raw input' : 'untrained',
        kind: isRaw ? ('raw' as const) : ('untrained' as const),
        ...{ model: isRaw ? undefined : model, objective: undefined, settings: {}, parameters: undefined },
        ...{ flopsPerExample: undefined, tried: [], runs: [], summary },
        verdict: {
          kind: 'baseline' as const,
          reason: isRaw ? 'the inputs themselves' : `the encoder of ${model} before training`,
        },
      };
    });
}

function summaryOf(row: EvaluationRow, testExamples: number): Readonly<Record<string, Summary>> {
  const accuracies = [
    ...(row.knn === undefined ? [] : [['knn', row.knn] as const]),
    ...row.linear.map(({ labels, accuracy }) => [`linear.${labels}`, accuracy] as const),
  ];
  const numbers = [
    ...([
      ['rankme', row.rankme],
      ['spread', row.spread],
      ['uniformity', row.uniformity],
    ] as const),
    ...(row.alignment === undefined || row.alignment === null ? [] : [['alignment', row.alignment] as const]),
  ];
  return Object.fromEntries([
    ...accuracies.map(([key, mean]) => [
      key,
      { mean, ...wilson(mean, testExamples), deviation: undefined, values: [mean] },
    ]),
    ...numbers.map(([key, mean]) => [key, { mean, low: mean, high: mean, deviation: undefined, values: [mean] }]),
  ]) as Readonly<Record<string, Summary>>;
}

/** The 95 % score interval of a share of `n` (Wilson 1927). */
export function wilson(share: number, n: number): { readonly low: number; readonly high: number } {
  if (!(n > 0)) return { low: share, high: share };
  const z = 1.959963984540054;
  const centre = (share + (z * z) / (2 * n)) / (1 + (z * z) / n);
  const half = (z / (1 + (z * z) / n)) * Math.sqrt((share * (1 - share)) / n + (z * z) / (4 * n * n));
  return { low: Math.max(0, centre - half), high: Math.min(1, centre + half) };
}
