/**
 * The area under the ROC curve of an energy: the share of (compatible, mismatched) pairs of energies in which the compatible one
 * is lower, ties counting half (the Mann–Whitney statistic over n·m; Hanley & McNeil 1982, equation 1).
 *
 * @returns 1: told apart without error; 0.5: not at all; NaN where either list is empty or holds a number that is none.
 */
export function energyAuroc(compatible: readonly number[], mismatched: readonly number[]): number {
  if (compatible.length === 0 || mismatched.length === 0) return Number.NaN;
  if ([...compatible, ...mismatched].some(Number.isNaN)) return Number.NaN;
  const sorted = [...mismatched].sort((a, b) => a - b);
  let wins = 0;
  for (const energy of compatible) {
    const above = sorted.length - countBelow(sorted, energy, true);
    const ties = sorted.length - countBelow(sorted, energy, false) - above;
    wins += above + ties / 2;
  }
  return wins / (compatible.length * mismatched.length);
}

/** How many of the sorted numbers are less than `value`, or equal to it where `inclusive`. */
function countBelow(sorted: readonly number[], value: number, inclusive: boolean): number {
  let [from, to] = [0, sorted.length];
  while (from < to) {
    const middle = (from + to) >> 1;
    const isBelow = inclusive ? sorted[middle]! <= value : sorted[middle]! < value;
    if (isBelow) from = middle + 1;
    else to = middle;
  }
  return from;
}
