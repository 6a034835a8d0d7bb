/**
 * `trajectories("runs/*.npz", test: 0.2, stride: 1)`: episodes; an example is so many steps of one of them in a row as its fields declare. A file (.npz or .parquet) holds one
 * episode, or several whose steps an array `episode` numbers; arrays are by step: `observation`, `action` and any others. `test` is the share of the
 * episodes, the last ones, that is held out; `stride` how far apart examples begin.
 */
import { basename } from 'node:path';
import type { DatasetDecl } from '../../../compiler/declarations.js';
import { EbmcError, report } from '../../../diagnostics/index.js';
import { openNpz } from '../arrays/open-arrays.js';
import type { Column, RawData, RawSplit, TensorColumn } from '../columns.js';
import type { Loader, OpenOptions } from '../dataset.js';
import { findFiles } from '../find-files.js';
import { type BadFile, reportSkipped } from '../skipped.js';
import { argumentError, askingFor, filesArgument, heldOutArgument, wrongArgument } from './arguments.js';
import { parquet } from './parquet.js';

const numbering: ReadonlySet<string> = new Set(['episode', 'episodes', 'episode_index', 'episode_id']);

/** Steps in a row of the arrays of one file. */
interface Episode {
  readonly columns: ReadonlyMap<string, TensorColumn>;
  readonly start: number;
  readonly steps: number;
}

interface Start {
  readonly episode: Episode;
  readonly at: number;
}

export const trajectories: Loader = {
  name: 'trajectories',
  doc: 'Episodes (.npz, or .parquet as LeRobot has it): a file is one, or an array `episode` (`episode_index`) numbers the episodes of its steps. An example is as many steps in a row of one episode as its fields declare; arrays are by step, and one more observation than actions is fine.',
  example: 'trajectories("runs/*.npz", test: 0.2)',
  arguments: {
    '0': filesArgument,
    test: heldOutArgument('The share of the episodes, the last ones,', 0.2),
    stride: { kind: 'number', doc: 'How many steps apart examples begin; 1 by default.' },
  },
  async load(decl, options) {
    const share = decl.args['test'] ?? (decl.selection?.split === undefined ? 0.2 : 0);
    if (typeof share !== 'number' || !(share >= 0 && share < 1))
      throw wrongArgument(decl, 'test', 'has to be at least 0 and below 1');
    const stride = decl.args['stride'] ?? 1;
    if (typeof stride !== 'number' || !Number.isInteger(stride) || stride < 1)
      throw wrongArgument(decl, 'stride', 'has to be a whole number above 0');
    const { test: _, ...place } = decl.args;
    const found = await findFiles({ ...decl, args: place }, options, /\.(npz|parquet)$/i, 'episodes (.npz, .parquet)');
    const train = await episodesOf(decl, found.train ?? [], options);
    const held = found.test ? await episodesOf(decl, found.test, options) : undefined;
    const count = held || share === 0 ? train.length : Math.max(1, Math.round(train.length * (1 - share)));
    const test = held ?? train.slice(count);
    const splits: RawData['splits'] = {
      train: splitOf(decl, train.slice(0, count), stride, 'train'),
      ...(test.length > 0 ? { test: splitOf(decl, test, stride, 'test') } : {}),
    };
    return { splits, without: 'has no array of that name in its episodes' };
  },
};

async function episodesOf(decl: DatasetDecl, files: readonly string[], options: OpenOptions): Promise<Episode[]> {
  const bad: BadFile[] = [];
  const episodes: Episode[] = [];
  for (const file of files) {
    try {
      episodes.push(...(await episodesIn(decl, file, options)));
    } catch (error) {
      const reason = error instanceof EbmcError ? error.diagnostics[0]!.message : String((error as Error).message);
      bad.push({ file: basename(file), reason });
    }
  }
  reportSkipped('files of episodes', bad, files.length, options);
  return episodes;
}

async function episodesIn(decl: DatasetDecl, file: string, options: OpenOptions): Promise<Episode[]> {
  const arrays = /\.parquet$/i.test(file) ? await parquetArrays(decl, file, options) : await openNpz(file);
  const tensors = arrays.flatMap(({ column, count }) => (column.kind === 'tensor' ? [{ column, count }] : []));
  const numbers = tensors.find(({ column }) => numbering.has(column.name) && column.shape.length === 0);
  const ofSteps = tensors.filter((array) => array !== numbers);
  if (ofSteps.length === 0) throw new Error('it has no arrays of steps');
  // The observation after the last action is often there too.
  const steps = Math.min(...ofSteps.map(({ count }) => count));
  if (steps === 0) throw new Error('its episode has no steps');
  const columns = new Map(ofSteps.map(({ column }) => [column.name, column]));
  if (!numbers) return [{ columns, start: 0, steps }];
  if (numbers.count !== steps) throw new Error(`\`${numbers.column.name}\` numbers ${numbers.count} of ${steps} steps`);
  const of = await numbers.column.read(Array.from({ length: steps }, (_, i) => i));
  const episodes: Episode[] = [];
  for (let start = 0, at = 1; at <= steps; at++) {
    if (at < steps && of[at] === of[start]) continue;
    episodes.push({ columns, start, steps: at - start });
    start = at;
  }
  return episodes;
}

/** Columns that fields ask for by name, and the one that numbers the episodes. */
async function parquetArrays(
  decl: DatasetDecl,
  file: string,
  options: OpenOptions,
): Promise<{ readonly column: Column; readonly count: number }[]> {
  const columns = decl.fields.flatMap(({ name }) => decl.selection?.columns?.[name] ?? [name]);
  const own = { ...decl, loader: 'parquet', args: { '0': file } };
  const { splits } = await parquet.load(askingFor(own, [...columns, ...numbering]), options);
  return Object.values(splits).flatMap(({ count, columns: found }) =>
    found.filter(({ name }) => columns.includes(name) || numbering.has(name)).map((column) => ({ column, count })),
  );
}

/** Every field's first dimension is the steps. */
function splitOf(decl: DatasetDecl, episodes: readonly Episode[], stride: number, name: string): RawSplit {
  const steps = decl.fields[0]?.shape[0] ?? 1;
  const other = decl.fields.find(({ shape }) => shape[0] !== steps);
  if (other)
    throw argumentError(decl, `field \`${other.name}\``, `has ${other.shape[0]} steps where others have ${steps}`);
  const starts: Start[] = episodes.flatMap((episode) => {
    const count = episode.steps < steps ? 0 : Math.floor((episode.steps - steps) / stride) + 1;
    return Array.from({ length: count }, (_, k) => ({ episode, at: episode.start + k * stride }));
  });
  if (starts.length === 0) {
    const longest = Math.max(0, ...episodes.map((episode) => episode.steps));
    const columns = `the longest of ${episodes.length} has ${longest}`;
    throw new EbmcError([
      report('EBM4048', { dataset: decl.name, split: name, rows: steps, columns }, { span: decl.span }),
    ]);
  }
  const names = [...episodes[0]!.columns.keys()].filter((column) =>
    episodes.every(({ columns }) => columns.has(column)),
  );
  return { count: starts.length, columns: names.map((column) => windows(column, steps, starts)) };
}

function windows(name: string, steps: number, starts: readonly Start[]): Column {
  const { element, shape } = starts[0]!.episode.columns.get(name)!;
  return {
    kind: 'tensor',
    name,
    element,
    shape: [steps, ...shape],
    async read(rows) {
      const size = steps * shape.reduce((a, b) => a * b, 1);
      const values = element === 'float' ? new Float32Array(rows.length * size) : new Int32Array(rows.length * size);
      for (let i = 0; i < rows.length; i++) {
        const { episode, at } = starts[rows[i]!]!;
        const own = Array.from({ length: steps }, (_, k) => at + k);
        values.set(await episode.columns.get(name)!.read(own), i * size);
      }
      return values;
    },
  };
}
