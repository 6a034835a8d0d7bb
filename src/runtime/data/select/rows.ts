/** A data set of some rows of another. */
import type { Dataset, SplitName } from '../dataset.js';

/** Rows of a split of the source, ascending; a repeated row is an example each time. */
export interface SplitRows {
  readonly from: SplitName;
  readonly rows: Uint32Array;
}

export function selectRows(source: Dataset, chosen: Readonly<Partial<Record<SplitName, SplitRows>>>): Dataset {
  return {
    ...source,
    splits: Object.keys(chosen) as SplitName[],
    size: (split) => chosen[split]?.rows.length ?? 0,
    parts: (split) => {
      const part = chosen[split];
      return part && movedParts(source.parts?.(part.from), part.rows);
    },
    async read(split, indices, names, draw) {
      const part = chosen[split];
      if (!part) throw new Error(`data set ${source.name} has no split ${split}`);
      const { from, rows } = part;
      return source.read(
        from,
        Uint32Array.from(indices, (index) => rows[index]!),
        names,
        draw,
      );
    },
  };
}

/** The parts that are read at once, as rows of what was chosen; empty ones left out. */
export function movedParts(parts: ReturnType<NonNullable<Dataset['parts']>>, rows: Uint32Array): typeof parts {
  if (!parts) return undefined;
  const moved: { start: number; bytes: number }[] = [];
  let at = 0;
  parts.forEach(({ bytes }, i) => {
    const start = at;
    const end = parts[i + 1]?.start ?? Number.POSITIVE_INFINITY;
    while (at < rows.length && rows[at]! < end) at++;
    if (at > start) moved.push({ start, bytes });
  });
  return moved;
}
