/** Takes the measures that are asked for; what cannot be measured is left out with its reason. */
import type { MeasureName } from '../../compiler/measure-names.js';
import type { Matrix } from './matrix.js';
import { type MeasureSettings, measures, type Need } from './measures/index.js';
import type { Subject } from './subject.js';

export interface Measurements {
  /** Measure's key → value. */
  readonly measures: Readonly<Record<string, number>>;
  /** Key → one score for each test example, whose mean is the value, where it is such a mean. */
  readonly scores: Readonly<Record<string, Uint8Array | Float32Array>>;
  /** Key → why there is no value. */
  readonly missing: Readonly<Record<string, string>>;
  /** Of a representation. */
  readonly dimensions: number;
}

export const noLabels = 'the data set has no labels';

export async function measure(
  subject: Subject,
  settings: MeasureSettings,
  onProgress: (message: string) => void = () => {},
  /** Values that are known already. */
  known: Pick<Measurements, 'measures' | 'scores'> = { measures: {}, scores: {} },
): Promise<Measurements> {
  const values: Record<string, number> = { ...known.measures };
  const scores: Record<string, Uint8Array | Float32Array> = { ...known.scores };
  const missing: Record<string, string> = {};
  for (const name of settings.measures) {
    const { needs, infos, compute } = measures[name];
    const keys = infos(settings).flatMap(({ key }) => (values[key] === undefined ? [key] : []));
    if (keys.length === 0) continue;
    const reason = needs.map((need) => lacks[need](subject)).find((text) => text !== undefined);
    if (reason !== undefined) {
      for (const key of keys) missing[key] = reason;
      continue;
    }
    onProgress(`${subject.name}: ${spoken(name)}`);
    const found = await compute(subject, settings, new Set(keys));
    for (const key of keys) {
      const result = found[key];
      if (!result) missing[key] = 'it could not be computed';
      else if (!Number.isFinite(result.value)) missing[key] = `it came out as ${result.value}`;
      else {
        values[key] = result.value;
        if (result.scores) scores[key] = result.scores;
      }
    }
  }
  return { measures: values, scores, missing, dimensions: subject.train.columns };
}

/** Why a subject does not have what a measure needs; undefined where it does. */
const lacks: { readonly [N in Need]: (subject: Subject) => string | undefined } = {
  features: ({ train, test }) => {
    if (test.rows < 2 || train.rows < 1) return `${test.rows} test examples are too few`;
    const bad = brokenRows(train) + brokenRows(test);
    const all = train.rows + test.rows;
    return bad === 0 ? undefined : `${bad} of ${all} representations hold NaN or Infinity`;
  },
  labels: ({ labels }) => {
    if (!labels) return noLabels;
    if (new Set(labels.train).size < 2) return 'all training examples are of one class';
    return new Set(labels.test).size < 2 ? 'all test examples are of one class' : undefined;
  },
  views: ({ views }) => (views ? undefined : 'there are no two views of an example'),
  energy: ({ energies }) => (energies ? undefined : 'there is no energy of two arguments that depend on the example'),
  pairs: ({ partnerPlaces }) =>
    partnerPlaces ? undefined : 'there is no energy of two arguments that depend on the example',
  pictures: ({ corrupted }) => (corrupted ? undefined : 'the inputs are no pictures'),
  training: ({ fineTuned }) => (fineTuned ? undefined : 'only a comparison fine-tunes, and only encoders'),
  terms: ({ termCosines }) => (termCosines ? undefined : 'no two terms of an objective train the encoder'),
  stages: ({ stages }) => (stages ? undefined : 'it was not trained through several stages with labels'),
  transfer: ({ transfers }) => (transfers.length > 0 ? undefined : 'there is no data set to transfer to'),
};

const counted = new WeakMap<Matrix, number>();

function brokenRows(matrix: Matrix): number {
  const before = counted.get(matrix);
  if (before !== undefined) return before;
  let broken = 0;
  for (let row = 0; row < matrix.rows; row++) {
    const values = matrix.data.subarray(row * matrix.columns, (row + 1) * matrix.columns);
    if (!values.every(Number.isFinite)) broken++;
  }
  counted.set(matrix, broken);
  return broken;
}

function spoken(name: MeasureName): string {
  return name.replaceAll('_', ' ');
}
