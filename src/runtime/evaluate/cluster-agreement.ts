/** How well clusters agree with classes, whatever the clusters are called. */

interface Contingency {
  /** Examples of each pair of class and cluster that occurs. */
  readonly cells: readonly { readonly a: number; readonly b: number; readonly count: number }[];
  readonly a: ReadonlyMap<number, number>;
  readonly b: ReadonlyMap<number, number>;
  readonly total: number;
}

/**
 * Mutual information divided by the mean of the two entropies: 1 where each tells the other, 0 where neither says anything of the other.
 * Strehl & Ghosh 2002, "Cluster Ensembles", with the arithmetic mean, as scikit-learn has it.
 */
export function normalizedMutualInformation(classes: ArrayLike<number>, clusters: ArrayLike<number>): number {
  const { cells, a, b, total } = contingency(classes, clusters);
  // Both one group: they agree.
  if (a.size === 1 && b.size === 1) return 1;
  let information = 0;
  for (const cell of cells) {
    const joint = cell.count / total;
    information += joint * Math.log((cell.count * total) / (a.get(cell.a)! * b.get(cell.b)!));
  }
  return Math.max(0, information) / ((entropy(a, total) + entropy(b, total)) / 2);
}

/**
 * The adjusted Rand index: pairs put together or apart by both, less what chance would give; 1 at best, about 0 by chance.
 * Hubert & Arabie 1985, "Comparing Partitions", equation 5.
 */
export function adjustedRandIndex(classes: ArrayLike<number>, clusters: ArrayLike<number>): number {
  const { cells, a, b, total } = contingency(classes, clusters);
  const pairs = (counts: Iterable<number>): number => {
    let sum = 0;
    for (const n of counts) sum += (n * (n - 1)) / 2;
    return sum;
  };
  const [together, inA, inB] = [pairs(cells.map(({ count }) => count)), pairs(a.values()), pairs(b.values())];
  const expected = (inA * inB) / ((total * (total - 1)) / 2);
  const most = (inA + inB) / 2;
  return most === expected ? 1 : (together - expected) / (most - expected);
}

function contingency(first: ArrayLike<number>, second: ArrayLike<number>): Contingency {
  const cells = new Map<string, { a: number; b: number; count: number }>();
  const [a, b] = [new Map<number, number>(), new Map<number, number>()];
  for (let i = 0; i < first.length; i++) {
    const key = `${first[i]} ${second[i]}`;
    const cell = cells.get(key) ?? { a: first[i]!, b: second[i]!, count: 0 };
    cell.count++;
    cells.set(key, cell);
    a.set(first[i]!, (a.get(first[i]!) ?? 0) + 1);
    b.set(second[i]!, (b.get(second[i]!) ?? 0) + 1);
  }
  return { cells: [...cells.values()], a, b, total: first.length };
}

function entropy(counts: ReadonlyMap<number, number>, total: number): number {
  let sum = 0;
  for (const n of counts.values()) sum -= (n / total) * Math.log(n / total);
  return sum;
}
