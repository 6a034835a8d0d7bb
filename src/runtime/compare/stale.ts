/** Figures of before that are not of what is compared now. */
import type { Comparison, StaleFigures } from './comparison.js';

/** Of a folder's last comparison, those whose objective or data have changed since, and those that were stale then. */
export function staleFigures(
  before: Comparison | undefined,
  now: Pick<Comparison, 'dataset' | 'competitors'>,
): readonly StaleFigures[] {
  if (!before) return [];
  const current = new Map(now.competitors.map(({ name, objective }) => [name, objective]));
  const fresh = before.competitors.flatMap(({ name, kind, objective, summary }): StaleFigures[] => {
    const means = Object.fromEntries(Object.entries(summary).map(([key, { mean }]) => [key, mean]));
    if (kind !== 'objective' || objective === undefined || Object.keys(means).length === 0) return [];
    const known = current.get(name);
    const isOther = known !== undefined && known !== objective;
    const isElsewhere = before.dataset.hash !== now.dataset.hash;
    if (!isOther && !isElsewhere) return [];
    const changed = [...(isOther ? ['its objective'] : []), ...(isElsewhere ? ['the data'] : [])].join(' and ');
    return [{ name, objective, data: before.dataset.hash, created: before.created, changed, means }];
  });
  const older = (before.stale ?? []).filter(
    ({ name, objective, data }) => current.get(name) !== objective || data !== now.dataset.hash,
  );
  const all = [...fresh, ...older];
  // The last figures of each meaning are enough.
  return all.filter(
    (figures, i) => all.findIndex(({ name, objective, data }) => isSame(figures, { name, objective, data })) === i,
  );
}

function isSame(a: StaleFigures, b: Pick<StaleFigures, 'name' | 'objective' | 'data'>): boolean {
  return a.name === b.name && a.objective === b.objective && a.data === b.data;
}
