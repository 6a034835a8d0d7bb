/** What measures are taken of: one encoder (or the raw inputs) on one data set. Everything is computed once and shared by all measures. */
import type { Dataset, SplitName } from '../data/index.js';
import type { Batch, HostTensor, LoadedModel } from '../model.js';
import type { Algebra } from './algebra.js';
import { type CorruptionName, corrupt, type PictureSize } from './corruptions.js';
import { type PairEnergies, type PairModel, pairEnergies, partnerPlaces } from './energies.js';
import { features, viewFeatures } from './features.js';
import { fitProbe, type LinearHead, type Probe } from './linear-probe.js';
import { evenlySpread, type Matrix, pickRows } from './matrix.js';
import { rawRepresentation } from './raw-representation.js';
import type { TermCosine } from './term-cosines.js';

export interface Labels {
  readonly classes: number;
  readonly train: Int32Array;
  readonly test: Int32Array;
}

/** Features and labels of another data set, by the same encoder. */
export interface Transferred {
  readonly name: string;
  readonly train: Matrix;
  readonly test: Matrix;
  readonly labels: Labels;
}

/** Views are drawn of this many test examples: a mean over more says nothing else, at the cost of a pass for each view. */
export const mostViewed = 2000;

export interface Subject {
  /** "trained", "untrained", "raw input": for messages. */
  readonly name: string;
  readonly train: Matrix;
  readonly test: Matrix;
  readonly labels: Labels | undefined;
  readonly seed: number;
  readonly algebra: Algebra;
  /** A linear classifier on a share of the training labels. */
  probe(share: number): Promise<Probe>;
  /** Features of two views of each of some test examples. */
  readonly views: (() => Promise<readonly [Matrix, Matrix]>) | undefined;
  /** Features of several views of some of them, one matrix a view. */
  readonly manyViews: ((examples: number, views: number) => Promise<readonly Matrix[]>) | undefined;
  readonly energies: (() => Promise<PairEnergies | undefined>) | undefined;
  /** For each of some test examples how many others fit its first argument no worse than its own partner; see `partnerPlaces`. */
  readonly partnerPlaces: (() => Promise<Int32Array | undefined>) | undefined;
  /** Features of some test examples whose pictures are corrupted; undefined where inputs are no pictures. */
  readonly corrupted:
    | ((indices: ArrayLike<number>, name: CorruptionName, severity: number) => Promise<Matrix>)
    | undefined;
  /** For each test example whether its class is found after training from a linear head on, on a share of the labels; undefined where the encoder has no parameters. */
  readonly fineTuned: ((share: number, head: LinearHead) => Promise<Uint8Array | undefined>) | undefined;
  /** Of the objective that it was trained with; undefined where that has no two terms. */
  readonly termCosines: (() => Promise<readonly TermCosine[]>) | undefined;
  readonly transfers: readonly (() => Promise<Transferred>)[];
  /** Accuracies on the data of each stage of training (columns) after each stage (rows); undefined where there were not several. */
  readonly stages?: (() => Promise<readonly (readonly number[])[]>) | undefined;
}

export interface SubjectOptions {
  readonly name: string;
  /** In the states that are measured; they must stay so until the measures are taken. */
  readonly model: LoadedModel;
  /** The inputs of the model themselves instead of what it makes of them: see `rawRepresentation`. */
  readonly raw?: boolean;
  readonly dataset: Dataset;
  readonly labels: Labels | undefined;
  readonly seed: number;
  readonly algebra: Algebra;
  readonly transfers?: readonly { readonly dataset: Dataset; readonly labels: Labels }[] | undefined;
  readonly fineTuned?: Subject['fineTuned'];
  readonly termCosines?: Subject['termCosines'];
  readonly stages?: Subject['stages'];
  /** Another program of the same states, which represents an example by its energies with all of its batch. */
  readonly pairModel?: (() => Promise<PairModel | undefined>) | undefined;
  readonly onProgress?: ((message: string) => void) | undefined;
}

export async function prepareSubject(options: SubjectOptions): Promise<Subject> {
  const {
    name,
    model,
    raw = false,
    dataset,
    labels,
    seed,
    algebra,
    transfers = [],
    pairModel,
    onProgress = () => {},
  } = options;
  const represent = raw ? rawRepresentation(model, dataset) : (batch: Batch) => model.represent(batch);
  const featuresOf = (from: Dataset, split: SplitName, indices?: ArrayLike<number>): Promise<Matrix> =>
    features(model, from, split, indices, undefined, represent);
  onProgress(`${name}: features of train`);
  const train = await featuresOf(dataset, 'train');
  onProgress(`${name}: features of test`);
  const test = await featuresOf(dataset, 'test');
  const pictures = pictureFields(model, dataset);
  const seen = evenlySpread(dataset.size('test'), mostViewed);
  const hasViews = !raw && model.representViews !== undefined;
  const views = once(async () => (await viewFeatures(model, dataset, 'test', seen))!);
  return {
    ...{ name, train, test, labels, seed, algebra },
    probe: onceEach((share: number) => {
      onProgress(`${name}: linear probe, ${Math.round(share * 1000) / 10} % of the labels`);
      return fitProbe(train, labels!.train, { classes: labels!.classes, labels: share, seed }, algebra);
    }),
    views: hasViews ? views : undefined,
    manyViews: hasViews ? (examples, count) => manyViews(views, seen, model, dataset, examples, count) : undefined,
    termCosines: options.termCosines && once(options.termCosines),
    fineTuned: raw ? undefined : options.fineTuned,
    stages: raw ? undefined : options.stages,
    energies: !raw && model.pairEnergies ? once(() => pairEnergies(model, dataset, 'test', seed)) : undefined,
    partnerPlaces:
      !raw && pairModel
        ? once(async () => {
            const other = await pairModel();
            if (!other) return undefined;
            await putInto(other.model, await model.read(), seed);
            return partnerPlaces(other, dataset, 'test');
          })
        : undefined,
    corrupted:
      pictures.size === 0
        ? undefined
        : (indices, corruption, severity) =>
            featuresOf(corruptedDataset(dataset, pictures, corruption, severity, seed), 'test', indices),
    transfers: transfers.map(({ dataset: other, labels: otherLabels }) =>
      once(async () => {
        onProgress(`${name}: features of ${other.name}`);
        const [a, b] = [await featuresOf(other, 'train'), await featuresOf(other, 'test')];
        return { name: other.name, train: a, test: b, labels: otherLabels };
      }),
    ),
  };
}

/** The labels of both splits of a data set; undefined where it has none. */
export async function readLabels(dataset: Dataset): Promise<Labels | undefined> {
  const field = dataset.fields.find(({ type }) => type === 'Class');
  if (!field) return undefined;
  const read = async (split: SplitName): Promise<Int32Array> => {
    const indices = Array.from({ length: dataset.size(split) }, (_, i) => i);
    const batch = await dataset.read(split, indices, [field.name]);
    return Int32Array.from(batch[field.name]!.data);
  };
  return { classes: field.shape[0] ?? 0, train: await read('train'), test: await read('test') };
}

/** A program made of another one, into the states of that. */
async function putInto(model: LoadedModel, states: Readonly<Record<string, HostTensor>>, seed: number): Promise<void> {
  await model.init(seed);
  const own = await model.read();
  await model.write(Object.fromEntries(Object.entries(own).map(([name, value]) => [name, states[name] ?? value])));
}

/** The two views that are there, and two more at each of other step numbers. */
async function manyViews(
  views: () => Promise<readonly [Matrix, Matrix]>,
  seen: Uint32Array,
  model: LoadedModel,
  dataset: Dataset,
  examples: number,
  count: number,
): Promise<Matrix[]> {
  const rows = evenlySpread(seen.length, examples);
  const indices = rows.map((row) => seen[row]!);
  const found = (await views()).map((matrix) => pickRows(matrix, rows));
  for (let pair = 1; found.length < count; pair++)
    found.push(...(await viewFeatures(model, dataset, 'test', indices, 0x100000 * pair))!);
  return found.slice(0, count);
}

function pictureFields(model: LoadedModel, dataset: Dataset): ReadonlyMap<string, PictureSize> {
  const read = new Set(model.inputs.map(({ name }) => name));
  return new Map(
    dataset.fields.flatMap(({ name, type, shape: [height = 0, width = 0, channels = 0] }) =>
      type === 'Image' && read.has(name) ? [[name, { height, width, channels }] as const] : [],
    ),
  );
}

function corruptedDataset(
  dataset: Dataset,
  pictures: ReadonlyMap<string, PictureSize>,
  name: CorruptionName,
  severity: number,
  seed: number,
): Dataset {
  return {
    ...dataset,
    size: (split) => dataset.size(split),
    async read(split, indices, fields, draw) {
      const batch = await dataset.read(split, indices, fields, draw);
      const changed: Record<string, HostTensor> = { ...batch };
      for (const [field, size] of pictures) {
        const tensor = batch[field];
        if (!tensor) continue;
        const run = tensor.data.length / indices.length;
        const data = new Float32Array(tensor.data.length);
        for (let i = 0; i < indices.length; i++) {
          const picture = Float32Array.from(tensor.data.subarray(i * run, (i + 1) * run));
          data.set(corrupt(picture, size, name, severity, { seed, example: indices[i]! }), i * run);
        }
        changed[field] = { shape: tensor.shape, data };
      }
      return changed;
    },
  };
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => {
    made ??= make();
    return made;
  };
}

function onceEach<K, T>(make: (key: K) => Promise<T>): (key: K) => Promise<T> {
  const made = new Map<K, Promise<T>>();
  return (key) => {
    const known = made.get(key) ?? make(key);
    made.set(key, known);
    return known;
  };
}
