/** What `ebmc infer` is given beside a run: points for the arguments of an energy. */
import { type ArgumentPlace, dataReadBy, energyArguments } from '../compiler/energy-functions.js';
import { EbmcError, nearest, report } from '../diagnostics/index.js';
import type { SplitName } from '../runtime/data/index.js';
import { aligned, parseRows, parseTexts, readPoints } from '../runtime/infer/read-points.js';
import type { HostTensor } from '../runtime/model.js';
import type { CommandCall } from './command.js';
import type { OpenRun } from './infer-run.js';

/** The points that a command gives for the arguments of an energy. */
export interface Given {
  readonly places: readonly ArgumentPlace[];
  readonly points: readonly HostTensor[];
  /** The rows that each list of points was, where it was rows. */
  readonly rows: readonly (readonly number[] | undefined)[];
  /** The texts that each list of points was, where it was texts. */
  readonly said: readonly (readonly string[] | undefined)[];
  /** Data that the energy reads beside its arguments. */
  readonly beside: Readonly<Record<string, HostTensor>>;
  readonly split: SplitName;
  /** The number of the argument that is read from standard input, a line a point. */
  readonly streamed: number | undefined;
}

/** Stands for an argument that is read from standard input. */
const fromInput = '-';

export async function given(
  { args, options }: CommandCall,
  run: OpenRun,
  /** Whether one is looked for instead of given: others may come from standard input then, and `noise` is one point. */
  isPlanned: boolean,
): Promise<Given> {
  const texts = args.slice(2).flat();
  const { model, places } = energyArguments(run.model, run.energy);
  const wanted = places.map(({ name }) => name);
  const wrongCount = () => new EbmcError([report('EBM7032', { energy: run.energy.name, given: texts.length, wanted })]);
  if (texts.length !== places.length) throw wrongCount();
  const loaded = await run.load(model);
  const chosen: SplitName =
    options.text('split') === 'train' || !run.dataset.splits.includes('test') ? 'train' : 'test';
  const source = {
    ...{ model: loaded, fields: model.inputs.map(({ name }) => name), dataset: run.dataset, split: chosen },
    seed: options.number('seed') ?? 0,
    resize: run.declared.args['resize'] === true,
  } as const;
  const count = isPlanned ? 1 : (options.number('count') ?? 16);
  const streamed = isPlanned && texts.includes(fromInput) ? texts.indexOf(fromInput) : undefined;
  const points: HostTensor[] = [];
  for (const [k, place] of places.entries())
    points.push(k === streamed ? nothingYet(place) : await readPoints(source, place, texts[k]!, count));
  const rows = texts.map(parseRows);
  const names = dataReadBy(run.model, run.energy).map(({ name }) => name);
  const first = rows.find((list) => list !== undefined);
  if (names.length > 0 && !first) {
    const problem = `the energy also reads the data ${names.join(', ')} of an example: give at least one argument by rows`;
    throw new EbmcError([
      report('EBM7031', { argument: places[0]!.name, shape: places[0]!.shape, given: texts[0]!, problem }),
    ]);
  }
  const beside = names.length > 0 && first ? await run.dataset.read(chosen, first, names) : {};
  const said = places.map((place, k) => parseTexts(texts[k]!, place));
  return { places, points, rows, said, beside, split: chosen, streamed };
}

function nothingYet({ shape, dtype }: ArgumentPlace): HostTensor {
  const size = shape.reduce((a, b) => a * b, 1);
  return { shape: [1, ...shape], data: dtype === 'int32' ? new Int32Array(size) : new Float32Array(size) };
}

/** All arguments with as many points each, by name. */
export function together({ places, points, beside }: Given, run: OpenRun): Record<string, HostTensor> {
  const all = aligned([...points, ...Object.values(beside)]);
  const wanted = places.map(({ name }) => name);
  if (!all) throw new EbmcError([report('EBM7032', { energy: run.energy.name, given: points.length, wanted })]);
  const names = [...wanted, ...Object.keys(beside)];
  return Object.fromEntries(names.map((name, i) => [name, all[i]!]));
}

/** Which argument is moved or ranked. */
export function chosenArgument({ options }: CommandCall, run: OpenRun, { places }: Given): number {
  const name = options.text('over');
  if (name === undefined) return places.length - 1;
  const k = places.findIndex((place) => place.name === name);
  if (k >= 0) return k;
  const known = places.map((place) => place.name);
  const slots = { energy: run.energy.name, argument: name, known, suggestion: nearest(name, known) };
  throw new EbmcError([report('EBM7033', slots)]);
}

export function rowsOf({ shape, data }: HostTensor): number[][] {
  const size = data.length / shape[0]!;
  return Array.from({ length: shape[0]! }, (_, i) => [...data.subarray(i * size, (i + 1) * size)]);
}
