/**
 * `join(photo: images("img/**"), words: json("data.json"), on: code)`: rows of several sources that have the same key, which is a column of theirs or,
 * where they have none of that name, the name of their file without its ending. The rows of the first source are the examples.
 */
import type { DatasetDecl, FieldDecl, SettingValue } from '../../../compiler/declarations.js';
import { EbmcError, nearest, report } from '../../../diagnostics/index.js';
import { type Column, keepingOf, type RawSplit } from '../columns.js';
import type { Loader, OpenOptions, SplitName } from '../dataset.js';
import { type KeyedSource, readKeys, stemOfCell, withoutZeros } from '../join/keyed-source.js';
import { type JoinedRows, matchKeys, type Unmatched } from '../join/match-keys.js';
import { pickRows } from '../join/pick-rows.js';
import { movedParts } from '../select/rows.js';
import { SkippedRows } from '../skipped-rows.js';
import { argumentError, askingFor, checkArguments, wrongArgument } from './arguments.js';

const namedAtMost = 10;
/** What is said of the join and not of a source. */
const ofJoin: ReadonlySet<string> = new Set(['on', 'ignore_case', 'resize', 'tokenizer']);

interface Source {
  readonly name: string;
  readonly loader: Loader;
  readonly args: Readonly<Record<string, SettingValue>>;
  /** The column that joins it. */
  readonly key: string | undefined;
}

interface Opened extends Source {
  readonly splits: readonly (readonly [SplitName, RawSplit])[];
}

/** Of sources that `loaders` read. */
export function joinOf(loaders: readonly Loader[]): Loader {
  return {
    name: 'join',
    doc: 'Rows of several sources that have the same key: `on` is a column of theirs (`on: from(words: code, sizes: id)` where it has several names); a source of files (`images`, `audio`) without such a column is joined by their names without endings. The rows of the first source are the examples; in the others a key counts once. A field is filled by the source of its name, or by the column of its name; `"SOURCE.COLUMN"` in `columns: from(…)` where several sources have it. `ignore_case: true` takes `1F600` for `1f600`; `resize` and `tokenizer` are arguments of the join.',
    example: 'join(photo: images("img/**"), words: json("data.json"), on: code, split: 0.9)',
    arguments: 'any',
    async load(decl, options) {
      const sources = sourcesOf(decl, loaders);
      const opened: Opened[] = [];
      for (const source of sources) opened.push(await openSource(decl, source, options));
      const skipped = new SkippedRows(decl.name, 'keys');
      const byKey = await keyed(decl, opened);
      const { joined, unmatched } = matchKeys(byKey, skipped);
      tellUnmatched(decl, byKey, unmatched, skipped.good, options);
      skipped.tell(options);
      const splits = [...joined].map(([split, rows]) => [split, splitOf(decl, opened, split, rows)] as const);
      const has = opened.map(
        ({ name, splits: [first] }) => `\`${name}\` has ${first![1].columns.map((c) => c.name).join(', ')}`,
      );
      return {
        splits: Object.fromEntries(splits),
        without: `has no source and no column of that name (${has.join('; ')})`,
      };
    },
  };
}

function sourcesOf(decl: DatasetDecl, loaders: readonly Loader[]): Source[] {
  const sources = Object.entries(decl.args)
    .filter(([name]) => !ofJoin.has(name))
    .map(([name, value]): Source => {
      if (/^\d+$/.test(name) || typeof value !== 'object' || !('call' in value))
        throw wrongArgument(decl, name, 'has to be a source with a name: `photo: images("photos/**")`');
      const loader = loaders.find((known) => known.name === value.call);
      if (!loader) {
        const known = loaders.map((each) => each.name);
        const slots = { dataset: decl.name, loader: value.call, known, suggestion: nearest(value.call, known) };
        throw new EbmcError([report('EBM4004', slots, { span: decl.span })]);
      }
      const misplaced = ['resize', 'tokenizer'].find((argument) => Object.hasOwn(value.args, argument));
      if (misplaced)
        throw argumentError(decl, `argument \`${misplaced}\` of \`${name}\``, 'belongs to the join itself');
      return { name, loader, args: value.args, key: keyOf(decl, name) };
    });
  if (sources.length < 2) throw argumentError(decl, 'the argument list', 'needs two or more sources with names');
  if (typeof (decl.args['ignore_case'] ?? false) !== 'boolean')
    throw wrongArgument(decl, 'ignore_case', 'has to be a boolean');
  return sources;
}

/** `on: code`, or `on: from(words: code, sizes: id)`. */
function keyOf(decl: DatasetDecl, source: string): string | undefined {
  const { on } = decl.args;
  if (on === undefined || typeof on === 'string') return on;
  const own = typeof on === 'object' && 'call' in on && on.call === 'from' ? on.args[source] : 0;
  if (own === undefined || typeof own === 'string') return own;
  throw wrongArgument(decl, 'on', 'has to be a column, or one for each source: `on: from(words: code, sizes: id)`');
}

async function openSource(decl: DatasetDecl, source: Source, options: OpenOptions): Promise<Opened> {
  const { name, loader, args, key } = source;
  const wanted = wantedOf(decl).map((column) => ownName(column, name));
  // Of several pictures or sounds it is the field filled by this source that says what they are like.
  const filled = decl.fields.filter((field) => columnsOf(decl, field).includes(name));
  const others = decl.fields.filter((field) => !filled.includes(field));
  const resize = decl.args['resize'] !== undefined && loader.name === 'images' ? { resize: decl.args['resize'] } : {};
  const own: DatasetDecl = {
    ...decl,
    loader: loader.name,
    args: { ...args, ...resize },
    fields: [...filled, ...others],
    // What is joined is divided afterwards.
    selection: { split: decl.selection?.split ?? 1 },
  };
  // Other sources fill some of the fields: this one reads what is asked of it, and its key.
  checkArguments(own, loader);
  const { splits } = await loader.load(askingFor(own, key === undefined ? wanted : [...wanted, key]), options);
  return { ...source, splits: Object.entries(splits) as [SplitName, RawSplit][] };
}

async function keyed(decl: DatasetDecl, opened: readonly Opened[]): Promise<KeyedSource[]> {
  const read = await Promise.all(
    opened.map(({ splits, key }) => Promise.all(splits.map(([, split]) => readKeys(split, key)))),
  );
  const kinds = new Set(read.flat().map((found) => found?.from));
  const ignoreCase = decl.args['ignore_case'] === true;
  const normal = (key: string): string => {
    const stem = kinds.has('files') ? stemOfCell(key) : key;
    const number = kinds.has('numbers') ? withoutZeros(stem) : stem;
    return ignoreCase ? number.toLowerCase() : number;
  };
  return opened.map(({ name, key, splits }, k) => {
    const keys = splits.map(([split, { columns }], i) => {
      const found = read[k]![i];
      if (found) return [split, found.keys.map(normal)] as const;
      const has = columns.map((column) => column.name).join(', ');
      const problem =
        key === undefined
          ? `is needed: the rows of \`${name}\` are not files, so that one of its columns has to join it (${has})`
          : `names neither words nor numbers of \`${name}\`, which has ${has}`;
      throw wrongArgument(decl, 'on', problem);
    });
    return { name, keys: Object.fromEntries(keys) };
  });
}

function tellUnmatched(
  decl: DatasetDecl,
  sources: readonly KeyedSource[],
  unmatched: readonly Unmatched[],
  good: number,
  { warn }: OpenOptions,
): void {
  const { name: dataset, span } = decl;
  const notes = unmatched.slice(0, namedAtMost).map(({ key, reason }) => `${key}: ${reason}`);
  if (good === 0) {
    const examples = sources.flatMap(({ name, keys }) =>
      Object.values(keys).flatMap(([key]) => (key === undefined ? [] : [[name, key] as const])),
    );
    throw new EbmcError([report('EBM4051', { dataset, total: unmatched.length, examples }, { span, notes })]);
  }
  if (unmatched.length === 0) return;
  const slots = { dataset, count: unmatched.length, total: unmatched.length + good };
  warn(report('EBM4050', slots, { span, notes }));
}

function splitOf(decl: DatasetDecl, opened: readonly Opened[], split: SplitName, rows: JoinedRows): RawSplit {
  const wanted = wantedOf(decl);
  const found: {
    readonly source: string;
    readonly name: string;
    readonly column: Column;
    readonly rows: Uint32Array;
  }[] = [];
  const places = opened.map(({ splits }) => splits.find(([name]) => name === split)?.[1] ?? splits[0]![1]);
  for (const [k, { name: source, key, args }] of opened.entries()) {
    for (const [place, read] of places[k]!.columns.entries()) {
      const column = withKeeping(read, args);
      // Files without columns of their own are called as the source.
      const name = place === 0 && places[k]!.files ? source : column.name;
      if (name !== key || !found.some((other) => other.name === key))
        found.push({ source, name, column, rows: rows[k]! });
    }
  }
  const columns = found.flatMap(({ source, name, column, rows: own }) => {
    const shared = found.some((other) => other.name === name && other.source !== source);
    const full = shared ? `${source}.${name}` : name;
    const called = [full, `${source}.${name}`].find((each) => wanted.includes(each));
    return called === undefined ? [] : [pickRows(column, called, own)];
  });
  const parts = movedParts(places[0]!.parts, rows[0]!);
  return { count: rows[0]!.length, columns, ...(parts ? { parts } : {}) };
}

/** What the source says of pictures is not said of the join. */
function withKeeping(column: Column, args: Source['args']): Column {
  if (column.kind !== 'encoded' && column.kind !== 'text') return column;
  return { ...column, keeping: { ...keepingOf(args), ...column.keeping } };
}

/** Columns that fields ask for, as the join calls them. */
function wantedOf(decl: DatasetDecl): string[] {
  return decl.fields.flatMap((field) => columnsOf(decl, field));
}

function columnsOf(decl: DatasetDecl, field: FieldDecl): readonly string[] {
  return decl.selection?.columns?.[field.name] ?? [field.name];
}

/** `words.label` is the column `label` of the source `words`. */
function ownName(column: string, source: string): string {
  return column.startsWith(`${source}.`) ? column.slice(source.length + 1) : column;
}
