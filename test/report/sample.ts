/** Comparisons for the tests of reports: a realistic one of 20 runs, small ones, hostile ones. Figures are drawn, not trained. */
import type {
  ComparedRun,
  Comparison,
  Competitor,
  Contrast,
  MeasureInfo,
  RunPictures,
  Summary,
} from '../../src/runtime/compare/comparison.js';
import { randomBits } from '../../src/runtime/data/index.js';
import { exhibitOf, nearestExhibits } from '../../src/runtime/report/nearest.js';

export const measures: readonly MeasureInfo[] = [
  measure('knn', 'k-NN (k 20)', 'higher', 'share', true),
  measure('linear.0.01', 'linear probe, 1 % of the labels', 'higher', 'share'),
  measure('linear.0.1', 'linear probe, 10 % of the labels', 'higher', 'share'),
  measure('linear.1', 'linear probe, 100 % of the labels', 'higher', 'share'),
  measure('finetune.1', 'fine-tuning, 100 % of the labels', 'higher', 'share'),
  measure('retrieval', 'retrieval, mean average precision', 'higher', 'share'),
  measure('nmi', 'clusters, NMI', 'higher', 'number'),
  measure('energy_gap', 'energy gap (AUROC)', 'higher', 'share'),
  measure('rankme', 'RankMe', 'higher', 'number'),
  measure('alignment', 'alignment', 'lower', 'number'),
  measure('uniformity', 'uniformity', 'lower', 'number'),
  measure('spread', 'spread', 'neither', 'number'),
];

function measure(
  key: string,
  label: string,
  better: MeasureInfo['better'],
  unit: MeasureInfo['unit'],
  isMain = false,
): MeasureInfo {
  const explanation = `What ${label} measures, in a sentence with its source (Author et al. 2020, equation 3).`;
  return { key, label, better, unit, explanation, ...(isMain ? { isMain } : {}) };
}

/** Draws by seed: the same in every run of the tests. */
export function drawing(...seed: readonly number[]) {
  const bits = randomBits(...seed);
  const uniform = () => bits() / 2 ** 32;
  const normal = () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
  return { uniform, normal };
}

const classes = ['zero', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine'];
const levels = [0.947, 0.941, 0.902, 0.876, 0.861, 0.112];
const names = [
  'Alpha',
  'Beta',
  'Gamma (temperature 0.1)',
  'Delta',
  'Epsilon with a rather long name of its own',
  'Zeta',
];
const terms = [
  ['contrast'],
  ['invariance', 'variance', 'covariance'],
  ['contrast'],
  ['reconstruction'],
  ['align', 'uniform'],
  ['predict'],
];

/** Six objectives of three seeds, an untrained encoder and raw inputs: 20 runs. `times` repeats the objectives. */
export async function sampleComparison({ times = 1, points = 200 } = {}): Promise<Comparison> {
  const objectives = await Promise.all(Array.from({ length: 6 * times }, async (_, i) => objective(i, points)));
  const all = [...objectives, baseline('untrained', 'untrained', 0.78), baseline('raw input', 'raw', 0.9)];
  return {
    format: 1,
    title: `${objectives.map(({ name }) => name).join(', ')} on digits`,
    file: 'objectives.ebm',
    source: source(),
    modules: { 'my.networks': '/// A network of ours.\nnet tower(width: int)(x: [h, w, c]) = x\n' },
    versions: { ebmc: '0.1.0', node: 'v20.20.2', backend: 'tensorflow 2.21.0', machine: '2 cores' },
    created: '2026-11-24T12:00:00.000Z',
    dataset: {
      ...{ name: 'digits', hash: 'sha256:4f2a90c1d7b3', train: 54000, validation: 6000, test: 10000 },
      classes,
    },
    budget: {
      epochs: '5',
      batch: '256',
      optimizer: 'adamw(rate: 0.001, decay: 0.0001)',
      schedule: 'cosine(warmup: 0.5)',
      tuning: '4 trials each',
    },
    differences: [
      {
        what: 'augmentation',
        values: { Alpha: 'simclr_views(size: 28, scale: 0.7..1.0)', Delta: 'none: masks instead' },
      },
      { what: 'steps', values: Object.fromEntries(all.map(({ name }) => [name, name === 'Delta' ? '1172' : '1055'])) },
    ],
    measures,
    competitors: all,
    contrasts: contrastsOf(all),
  };
}

async function objective(i: number, points: number): Promise<Competitor> {
  const k = i % 6;
  const name = i < 6 ? names[k]! : `${names[k]} ${Math.floor(i / 6) + 1}`;
  const isCollapsed = k === 5;
  const runs = await Promise.all([1, 2, 3].map((seed) => run(i, seed, points, seed === 1)));
  return {
    name,
    kind: 'objective',
    model: name.split(' ')[0],
    objective: `sha256:${(0x10000 + i * 7919).toString(16)}`,
    settings: k === 2 ? { temperature: '0.1', rate: '0.004' } : {},
    parameters: 431_000 + 1000 * i,
    flopsPerExample: 19_100_000 + 1e6 * i,
    tried:
      k === 2
        ? [0.912, 0.9, 0.88].map((score, j) => ({ settings: { temperature: String([0.1, 0.2, 0.5][j]) }, score }))
        : [],
    runs,
    summary: summaries(runs),
    verdict: isCollapsed
      ? { kind: 'collapsed', reason: 'effective rank 1.2 of 64 at the end, below its floor of 2; spread 0.004' }
      : k === 4
        ? { kind: 'under-trained', reason: 'the loss still fell by 6 % in the last tenth of the steps' }
        : {
            kind: 'no fault found',
            reason: 'gradient within 2e-6 of finite differences; every term left its plateau; effective rank 41 of 64',
          },
  };
}

async function run(i: number, seed: number, points: number, hasPictures: boolean): Promise<ComparedRun> {
  const k = i % 6;
  const { normal } = drawing(7, i, seed);
  const isFailed = k === 4 && seed === 3;
  const common = { seed, folder: `runs/${i}-${seed}` };
  const curve = Array.from({ length: isFailed ? 40 : points }, (_, p) => curvePoint(k, p, points, normal));
  if (isFailed) {
    const reason = 'EBM5001: step 212: `loss` became NaN; the first operation to produce it is log';
    return { ...common, status: 'failed', reason, cost: undefined, curve, measures: {} };
  }
  const base = levels[k]! + 0.004 * normal();
  return {
    ...common,
    status: 'finished',
    cost: {
      seconds: 60 + 25 * k + 3 * normal(),
      evaluationSeconds: 4.2,
      steps: 1055,
      examples: 270_080,
      flops: 1.5e13 * (1 + k / 5),
      peakBytes: 1.2e9,
    },
    curve,
    measures: measured(base, k, normal),
    ...(hasPictures ? { pictures: await pictures(k, seed) } : {}),
  };
}

function measured(base: number, k: number, normal: () => number): Record<string, number> {
  return {
    ...{ knn: base, 'linear.0.01': base - 0.12 - 0.01 * k, 'linear.0.1': base - 0.04, 'linear.1': base + 0.02 },
    ...{ 'finetune.1': 0.991 - 0.004 * Math.abs(3 - k) + 0.001 * normal(), retrieval: base - 0.2, nmi: base - 0.15 },
    ...{ energy_gap: 0.5 + base / 2.1, rankme: k === 5 ? 1.2 : 40 + 2 * normal(), alignment: 0.2 + 0.05 * k },
    ...{ uniformity: -3.2 + 0.2 * k, spread: k === 5 ? 0.004 : 0.97 },
  };
}

function curvePoint(k: number, p: number, points: number, normal: () => number) {
  const t = p / points;
  const names = terms[k]!;
  const values = Object.fromEntries(names.map((name, j) => [name, (2 + j) * Math.exp(-4 * t) + 0.5 + 0.03 * normal()]));
  const loss = Object.values(values).reduce((sum, value) => sum + value, 0);
  const gauge =
    p % 10 === 0
      ? {
          spread: k === 5 ? 0.9 * Math.exp(-9 * t) : 0.6 + 0.37 * t,
          effectiveRank: k === 5 ? 1 + 20 * Math.exp(-9 * t) : 12 + 30 * t,
        }
      : {};
  return { step: Math.round(1 + t * 1054), loss, terms: values, ...gauge };
}

async function pictures(k: number, seed: number): Promise<RunPictures> {
  const { uniform, normal } = drawing(11, k, seed);
  const apart = k === 5 ? 0 : 1.4 - 0.15 * k;
  const side = 25;
  const axis = Array.from({ length: side }, (_, i) => -1.5 + (3 * i) / (side - 1));
  const label = Array.from({ length: 1000 }, (_, i) => i % 10);
  const centres = label.slice(0, 10).map(() => [8 * uniform(), 8 * uniform()] as const);
  const features = {
    rows: 60,
    columns: 8,
    data: Float32Array.from({ length: 480 }, (_, i) => normal() + 3 * Number(i % 8 === Math.floor(i / 8) % 5)),
  };
  return {
    energies: {
      compatible: Array.from({ length: 2000 }, () => -1 + 0.4 * normal()),
      mismatched: Array.from({ length: 2000 }, () => -1 + apart + 0.5 * normal()),
    },
    ...(terms[k]!.length > 1
      ? {
          termCosines: terms[k]!.slice(1).map((b) => ({
            a: terms[k]![0]!,
            b,
            start: 0.3 - 0.1 * k,
            end: -0.2 - 0.1 * k,
          })),
        }
      : {}),
    landscape: {
      ...{ xLabel: 'towards the other view', yLabel: 'towards another picture', xs: axis, ys: axis },
      values: axis.map((y) =>
        axis.map((x) => (x - 0.3) ** 2 + 0.6 * (y + 0.2) ** 2 + 0.3 * Math.sin(3 * x + k) * Math.cos(2 * y)),
      ),
    },
    neighbours: await nearestExhibits(features, [0, 1, 2, 3], 5, (row) =>
      exhibitOf({ shape: [28, 28, 1], values: digit(row % 5, row) }, row % 5),
    ),
    projection: {
      method: 'UMAP',
      x: label.map((group) => centres[group]![0] + 0.5 * normal()),
      y: label.map((group) => centres[group]![1] + 0.5 * normal()),
      label,
    },
  };
}

/** Strokes that stand for a digit. */
function digit(kind: number, seed: number): Float32Array {
  const { uniform } = drawing(3, seed);
  const shift = Math.floor(4 * uniform());
  return Float32Array.from({ length: 784 }, (_, at) => {
    const [y, x] = [Math.floor(at / 28) - 14, (at % 28) - 12 - shift];
    const isInk = kind % 2 === 0 ? Math.abs(Math.hypot(x, y) - 6 - kind) < 1.5 : Math.abs(x * (kind - 2) - y) < 2;
    return isInk && Math.hypot(x, y) < 11 ? 0.7 + 0.3 * uniform() : 0;
  });
}

function baseline(name: string, kind: 'untrained' | 'raw', level: number): Competitor {
  const { normal } = drawing(13, name.length);
  const values = measured(level, 2, normal);
  const runs = [
    { seed: 1, folder: undefined, status: 'finished' as const, cost: undefined, curve: [], measures: values },
  ];
  return {
    ...{
      name,
      kind,
      model: undefined,
      objective: undefined,
      settings: {},
      parameters: undefined,
      flopsPerExample: undefined,
    },
    ...{ tried: [], runs, summary: summaries(runs), verdict: { kind: 'baseline', reason: 'nothing was trained' } },
  };
}

function summaries(runs: readonly ComparedRun[]): Record<string, Summary> {
  return Object.fromEntries(
    measures.flatMap(({ key }) => {
      const values = runs.flatMap((run) => run.measures[key] ?? []);
      if (values.length === 0) return [];
      const mean = values.reduce((a, b) => a + b, 0) / values.length;
      const deviation =
        values.length > 1
          ? Math.sqrt(values.reduce((a, b) => a + (b - mean) ** 2, 0) / (values.length - 1))
          : undefined;
      const half = 1.96 * (deviation ?? 0.002) + 0.002 * Math.abs(mean);
      return [[key, { mean, low: mean - half, high: mean + half, deviation, values }]];
    }),
  );
}

function contrastsOf(all: readonly Competitor[]): readonly Contrast[] {
  return measures.flatMap(({ key }) =>
    all.flatMap((a, i) =>
      all.slice(i + 1).flatMap((b) => {
        const [one, other] = [a.summary[key], b.summary[key]];
        if (!one || !other) return [];
        const difference = one.mean - other.mean;
        const half = Math.hypot(one.high - one.mean, other.high - other.mean);
        const isShown = Math.abs(difference) > half;
        return [
          {
            measure: key,
            a: a.name,
            b: b.name,
            difference,
            low: difference - half,
            high: difference + half,
            isShown,
            adjusted: Math.min(1, 0.05 * (half / Math.abs(difference)) ** 4),
          },
        ];
      }),
    ),
  );
}

function source(): string {
  return `use std.networks { small_cnn }\n\nmodel Alpha(temperature = 0.2) {\n  data x: Image[28, 28, 1]\n  encoder f = small_cnn(width: 16)\n  // a line that is much longer than a telephone is wide, so that it has to scroll inside its own box and not with the page\n}\n`;
}

/** Markup, scripts, breaks and marks of direction in every text that a user writes. */
export const hostile = `"><script>window.hacked=1</script><img src=x onerror="window.hacked=2">'\u202e\u0000&amp;</style></title>-->`;

/** The sample with \`hostile\` in every text, and numbers that are none. */
export function hostileComparison(sample: Comparison): Comparison {
  const rename = (name: string) => `${name}${hostile}`;
  const spoil = (value: unknown, key = ''): unknown => {
    if (typeof value === 'string') return kept.has(key) ? value : rename(value);
    if (Array.isArray(value)) return value.map((item) => spoil(item, key));
    if (typeof value !== 'object' || value === null) return value;
    const isNamed = ['settings', 'values', 'budget', 'versions', 'modules', 'terms'].includes(key);
    return Object.fromEntries(
      Object.entries(value).map(([name, item]) => [isNamed ? rename(name) : name, spoil(item, name)]),
    );
  };
  const kept = new Set(['kind', 'key', 'better', 'unit', 'status', 'measure']);
  const spoilt = spoil(sample) as Comparison;
  const [first, ...rest] = spoilt.competitors;
  const nan = { mean: Number.NaN, low: Number.NaN, high: Number.NaN, deviation: undefined, values: [Number.NaN] };
  const competitors = [{ ...first!, summary: { ...first!.summary, knn: nan } }, ...rest];
  return { ...spoilt, competitors, measures: spoilt.measures.map((m, i) => (i === 1 ? { ...m, label: hostile } : m)) };
}
