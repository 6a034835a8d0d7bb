/** Which rows of several sources belong together. */
import type { SplitName } from '../dataset.js';
import type { SkippedRows } from '../skipped-rows.js';
import type { KeyedSource } from './keyed-source.js';

/** For each source, the row that each example has there. */
export type JoinedRows = readonly Uint32Array[];

export interface Unmatched {
  readonly key: string;
  readonly reason: string;
}

export interface Matched {
  readonly joined: ReadonlyMap<SplitName, JoinedRows>;
  /** Each key once. */
  readonly unmatched: readonly Unmatched[];
}

/**
 * The rows of the first source, in their order, whose keys all others have too. A source of one split serves every split; those of several are joined
 * split by split. A key that a source other than the first has again is skipped.
 */
export function matchKeys(sources: readonly KeyedSource[], skipped: SkippedRows): Matched {
  const [first, ...others] = sources;
  const tables = others.map((source) => indexRows(source, skipped));
  const used = sources.map(({ keys }) => new Map(splitsOf(keys).map(([split]) => [split, new Set<string>()])));
  const joined = new Map<SplitName, JoinedRows>();
  for (const split of splitNames(sources)) {
    const places = sources.map(({ keys }) => ownSplit(keys, split));
    const rows: number[][] = sources.map(() => []);
    first!.keys[places[0]!]!.forEach((key, row) => {
      const found = tables.map((table, k) => table[places[k + 1]!]!.get(key));
      if (!found.every((partner) => partner !== undefined)) return;
      for (const [k, partner] of [row, ...found].entries()) rows[k]!.push(partner);
      for (const [k, place] of places.entries()) used[k]!.get(place)!.add(key);
      skipped.good++;
    });
    joined.set(
      split,
      rows.map((list) => Uint32Array.from(list)),
    );
  }
  return { joined, unmatched: unmatchedOf(sources, used) };
}

/** Key → row of a source, split by split. */
function indexRows({ name, keys }: KeyedSource, skipped: SkippedRows): Record<string, Map<string, number>> {
  return Object.fromEntries(
    splitsOf(keys).map(([split, list]) => {
      const rows = new Map<string, number>();
      list.forEach((key, row) => {
        if (rows.has(key)) skipped.add(key, `\`${name}\` has it again (row ${row}, after row ${rows.get(key)})`);
        else rows.set(key, row);
      });
      return [split, rows];
    }),
  );
}

function unmatchedOf(
  sources: readonly KeyedSource[],
  used: readonly ReadonlyMap<SplitName, ReadonlySet<string>>[],
): Unmatched[] {
  const known = sources.map(({ keys }) => new Set(splitsOf(keys).flatMap(([, list]) => list)));
  const found = new Map<string, string>();
  sources.forEach(({ keys }, k) => {
    for (const [split, list] of splitsOf(keys)) {
      for (const key of list) {
        if (used[k]!.get(split)!.has(key) || found.has(key)) continue;
        const missing = sources.find((_, other) => !known[other]!.has(key));
        found.set(key, missing ? `it has no \`${missing.name}\`` : 'its parts are in different splits');
      }
    }
  });
  return [...found].map(([key, reason]) => ({ key, reason }));
}

/** Those of the sources that have several, else the only one. */
function splitNames(sources: readonly KeyedSource[]): readonly SplitName[] {
  const several = sources.map(({ keys }) => splitsOf(keys).map(([split]) => split)).filter(({ length }) => length > 1);
  const named = several.flat();
  return named.length > 0 ? (['train', 'test'] as const).filter((split) => named.includes(split)) : ['train'];
}

function ownSplit(keys: KeyedSource['keys'], split: SplitName): SplitName {
  const own = splitsOf(keys).map(([name]) => name);
  return own.length > 1 ? split : own[0]!;
}

function splitsOf(keys: KeyedSource['keys']): [SplitName, readonly string[]][] {
  return Object.entries(keys) as [SplitName, readonly string[]][];
}
