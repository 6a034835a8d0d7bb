/** Points given on a command line: examples of a data set by number, files of numbers, pictures, texts, or noise. */
import { readFileSync } from 'node:fs';
import type { ArgumentPlace } from '../../compiler/energy-functions.js';
import { drawUniform } from '../../compiler/graph/random.js';
import { EbmcError, report } from '../../diagnostics/index.js';
import type { Dataset, SplitName } from '../data/index.js';
import { decodeImage } from '../data/pictures/decode-image.js';
import type { HostTensor, LoadedModel } from '../model.js';
import { pickRows } from './energy-runner.js';

export interface PointSource {
  /** Represents examples by their arguments, see `energyArguments`. */
  readonly model: LoadedModel;
  readonly fields: readonly string[];
  readonly dataset: Dataset;
  readonly split: SplitName;
  readonly seed: number;
  /** Whether pictures are scaled and cut to the argument's size, as those of the data set are. */
  readonly resize: boolean;
}

/** `3`, `0..9` (both ends), `1,4,7`; undefined where it is no list of numbers. */
export function parseRows(text: string): number[] | undefined {
  const range = /^(\d+)\.\.(\d+)$/.exec(text);
  if (range) {
    const [from, to] = [Number(range[1]), Number(range[2])];
    return from <= to ? Array.from({ length: to - from + 1 }, (_, i) => from + i) : undefined;
  }
  return /^\d+(,\d+)*$/.test(text) ? text.split(',').map(Number) : undefined;
}

const written = 'text:';

/** `words.txt`, a text a line, or `text:red apple`; undefined where it is neither. */
export function parseTexts(text: string, place: ArgumentPlace): readonly string[] | undefined {
  if (text.startsWith(written)) return [text.slice(written.length)];
  if (!text.endsWith('.txt')) return undefined;
  const lines = new TextDecoder().decode(readFile(place, text)).split(/\r?\n/);
  return lines.map((line) => line.trim()).filter((line) => line !== '');
}

/** The points that `text` names for an argument; `count` of noise. */
export async function readPoints(
  source: PointSource,
  place: ArgumentPlace,
  text: string,
  count: number,
): Promise<HostTensor> {
  const rows = parseRows(text);
  if (rows) return ofExamples(source, place, rows, text);
  const size = place.shape.reduce((a, b) => a * b, 1);
  const texts = parseTexts(text, place);
  if (texts) return ofTexts(source, place, text, texts);
  if (text === 'noise') {
    const drawn = drawUniform({ seed: source.seed, step: 0 }, `start ${place.name}`, count * size);
    const shape = [count, ...place.shape];
    if (place.dtype === 'float32') return { shape, data: drawn };
    const { below } = place;
    if (below === undefined) throw wrong(place, text, 'nothing says what its whole numbers are below');
    return { shape, data: Int32Array.from(drawn, (u) => Math.floor(u * below)) };
  }
  if (text.endsWith('.json')) return pointsFromJson(place, new TextDecoder().decode(readFile(place, text)), text);
  return pointsOf(place, await readPicture(place, text, source.resize), text);
}

/** Points written as JSON, arrays in arrays or one; `given` is what they are called where they do not fit. */
export function pointsFromJson(place: ArgumentPlace, json: string, given: string): HostTensor {
  const flat = (x: unknown): number[] => {
    if (Array.isArray(x)) return x.flatMap(flat);
    if (typeof x !== 'number') throw wrong(place, given, 'it is not an array of numbers');
    return [x];
  };
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch (error) {
    throw wrong(place, given, (error as Error).message);
  }
  return pointsOf(place, flat(value), given);
}

function pointsOf(place: ArgumentPlace, numbers: readonly number[], given: string): HostTensor {
  const size = place.shape.reduce((a, b) => a * b, 1);
  if (numbers.length === 0 || numbers.length % size !== 0)
    throw wrong(place, given, `it holds ${numbers.length} numbers, which is no multiple of ${size}`);
  const data = place.dtype === 'int32' ? Int32Array.from(numbers) : Float32Array.from(numbers);
  return { shape: [numbers.length / size, ...place.shape], data };
}

/** What examples are as an argument. */
export async function ofExamples(
  { model, fields, dataset, split }: PointSource,
  place: ArgumentPlace,
  rows: readonly number[],
  text = rows.join(','),
): Promise<HostTensor> {
  const size = dataset.size(split);
  const beyond = rows.find((row) => row >= size);
  if (beyond !== undefined)
    throw wrong(place, text, `\`${dataset.name}.${split}\` has ${size} examples, 0 to ${size - 1}`);
  const width = place.shape.reduce((a, b) => a * b, 1);
  const result = place.dtype === 'int32' ? new Int32Array(rows.length * width) : new Float32Array(rows.length * width);
  for (let from = 0; from < rows.length; from += model.batch) {
    const here = Uint32Array.from({ length: model.batch }, (_, i) => rows[from + i] ?? rows[from]!);
    const { shape, data } = await model.represent(await dataset.read(split, here, fields));
    const all = shape.slice(1).reduce((a, b) => a * b, 1);
    for (let i = 0; i < Math.min(model.batch, rows.length - from); i++)
      result.set(data.subarray(i * all + place.start, i * all + place.start + width), (from + i) * width);
  }
  return { shape: [rows.length, ...place.shape], data: result };
}

/** As the data set's own texts are read. */
function ofTexts({ dataset }: PointSource, place: ArgumentPlace, given: string, texts: readonly string[]): HostTensor {
  const encode = place.field === undefined ? undefined : dataset.texts?.get(place.field)?.encode;
  if (!encode) throw wrong(place, given, 'the data set reads no texts, one an example, for it');
  if (texts.length === 0) throw wrong(place, given, 'it holds no text');
  const size = place.shape.reduce((a, b) => a * b, 1);
  const data = new Int32Array(texts.length * size);
  for (const [i, text] of texts.entries()) data.set(encode(text), i * size);
  return { shape: [texts.length, ...place.shape], data };
}

function readFile(place: ArgumentPlace, path: string): Uint8Array {
  try {
    return readFileSync(path);
  } catch (error) {
    throw wrong(
      place,
      path,
      `it is neither rows of the data set (3, 0..9, 1,4), \`noise\`, \`text:…\`, nor a file (${(error as Error).message})`,
    );
  }
}

async function readPicture(place: ArgumentPlace, path: string, resize: boolean): Promise<number[]> {
  const bytes = readFile(place, path);
  const [height = 0, width = 0, channels = 0] = place.shape;
  if (place.shape.length !== 3 || ![1, 3, 4].includes(channels))
    throw wrong(place, path, `a picture cannot be [${place.shape.join(', ')}]`);
  const decoded = await decodeImage({ name: path, bytes }, { height, width, channels, resize });
  if (decoded.kind === 'damaged') throw wrong(place, path, decoded.reason);
  if (decoded.kind === 'other size')
    throw wrong(place, path, `it is ${decoded.height} × ${decoded.width}, the argument ${height} × ${width}`);
  return Array.from(decoded.pixels, (byte) => byte / 255);
}

function wrong({ name, shape }: ArgumentPlace, given: string, problem: string): EbmcError {
  return new EbmcError([report('EBM7031', { argument: name, shape, given, problem })]);
}

/** Every pairing of `few`, repeated as needed, so that all arguments have as many points; undefined where their counts do not allow it. */
export function aligned(args: readonly HostTensor[]): readonly HostTensor[] | undefined {
  const count = Math.max(...args.map(({ shape }) => shape[0]!));
  if (args.some(({ shape }) => shape[0] !== count && shape[0] !== 1)) return undefined;
  return args.map((x) => (x.shape[0] === count ? x : pickRows(x, new Array<number>(count).fill(0))));
}
