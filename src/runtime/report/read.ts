/** Comparisons as JSON: written, and read with every field checked. */
import { EbmcError, report } from '../../diagnostics/index.js';
import type { Comparison } from '../compare/comparison.js';
import { flag, list, number, object, oneOf, record, type Shape, text, whole } from './schema.js';

export const comparisonName = 'comparison.json';

const summary = object({ mean: number, low: number, high: number, 'deviation?': number, values: list(number) });

const exhibit = { 'image?': text, 'text?': text, 'label?': whole };

const pictures = object({
  'energies?': object({ compatible: list(number), mismatched: list(number) }),
  'termCosines?': list(object({ a: text, b: text, start: number, end: number })),
  'landscape?': object({ xLabel: text, yLabel: text, xs: list(number), ys: list(number), values: list(list(number)) }),
  'neighbours?': list(object({ query: object(exhibit), nearest: list(object({ ...exhibit, similarity: number })) })),
  'projection?': object({ method: text, x: list(number), y: list(number), 'label?': list(whole) }),
});

const run = object({
  seed: number,
  'folder?': text,
  status: oneOf('finished', 'failed', 'waiting'),
  'reason?': text,
  'cost?': object({
    ...{ seconds: number, evaluationSeconds: number, 'drawingSeconds?': number, steps: number, examples: number },
    ...{ 'flops?': number, 'peakBytes?': number },
  }),
  curve: list(
    object({ step: number, loss: number, terms: record(number), 'spread?': number, 'effectiveRank?': number }),
  ),
  measures: record(number),
  'pictures?': pictures,
});

const verdict = object({
  kind: oneOf(
    ...[
      'no fault found',
      'collapsed',
      'on its plateau',
      'under-trained',
      'gradient wrong',
      'failed',
      'waiting',
      'baseline',
    ],
  ),
  reason: text,
});

const competitor = object({
  name: text,
  kind: oneOf('objective', 'untrained', 'raw', 'supervised'),
  'model?': text,
  'objective?': text,
  settings: record(text),
  'parameters?': number,
  'flopsPerExample?': number,
  tried: list(object({ settings: record(text), score: number })),
  'triedBy?': text,
  runs: list(run),
  summary: record(summary),
  verdict,
});

const comparison: Shape = object({
  format: oneOf(1),
  ...{
    title: text,
    file: text,
    source: text,
    modules: record(text),
    versions: record(text),
    created: text,
    'command?': text,
  },
  dataset: object({ name: text, hash: text, train: whole, validation: whole, test: whole, 'classes?': list(text) }),
  budget: record(text),
  differences: list(object({ what: text, values: record(text) })),
  measures: list(
    object({
      ...{ key: text, label: text, explanation: text, 'isMain?': flag, 'isSigned?': flag },
      better: oneOf('higher', 'lower', 'neither'),
      unit: oneOf('share', 'number', 'seconds'),
    }),
  ),
  competitors: list(competitor),
  'stale?': list(
    object({ ...{ name: text, objective: text, data: text, created: text, changed: text }, means: record(number) }),
  ),
  contrasts: list(
    object({
      ...{ measure: text, a: text, b: text, difference: number, low: number, high: number, isShown: flag },
      'adjusted?': number,
    }),
  ),
});

/** One line; NaN and infinities become null, which \`readComparison\` reads as NaN. */
export function writeComparison(value: Comparison): string {
  return `${JSON.stringify(value)}\n`;
}

/**
 * Reads what `writeComparison` wrote.
 *
 * @param path for messages.
 * @throws EbmcError EBM5030 that names the first place that is not as it should be.
 */
export function readComparison(content: string, path: string): Comparison {
  let parsed: unknown;
  try {
    parsed = JSON.parse(content);
  } catch (error) {
    throw damaged(path, (error as Error).message);
  }
  const format = (parsed as { format?: unknown } | null)?.format;
  if (typeof format === 'number' && format !== 1)
    throw damaged(path, `its format is ${format}; this version reads format 1`);
  const problem = comparison(parsed, '') ?? clash(parsed as Comparison);
  if (problem !== undefined) throw damaged(path, problem);
  return revive(parsed) as Comparison;
}

function clash({ competitors }: Comparison): string | undefined {
  const names = competitors.map(({ name }) => name);
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  return twice === undefined ? undefined : `two competitors are named ${JSON.stringify(twice)}`;
}

/** Optional fields that are null are left out; other nulls, and all in records of numbers, stand for numbers that are none. */
function revive(value: unknown, key = '', isRecord = false): unknown {
  if (value === null) return optional.has(key) && !isRecord ? undefined : Number.NaN;
  if (Array.isArray(value)) return value.map((item) => revive(item));
  if (typeof value !== 'object') return value;
  const ofNumbers = !isRecord && (key === 'terms' || key === 'measures');
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, revive(item, name, ofNumbers)]));
}

const optional = new Set([
  ...[
    'deviation',
    'image',
    'text',
    'label',
    'folder',
    'reason',
    'cost',
    'flops',
    'peakBytes',
    'spread',
    'effectiveRank',
  ],
  ...[
    'pictures',
    'energies',
    'termCosines',
    'landscape',
    'neighbours',
    'projection',
    'model',
    'objective',
    'parameters',
  ],
  ...['adjusted', 'flopsPerExample', 'command', 'classes', 'isMain', 'isSigned', 'triedBy'],
]);

function damaged(path: string, problem: string): EbmcError {
  return new EbmcError([report('EBM5030', { path, problem })]);
}
