/**
 * The area under the ROC curve of a score: the chance that a positive one is above a negative one, ties counted half (Hanley & McNeil
 * 1982, "The Meaning and Use of the Area under a Receiver Operating Characteristic (ROC) Curve").
 */
export function auroc(positives: ArrayLike<number>, negatives: ArrayLike<number>): number {
  const [p, n] = [Float64Array.from(positives).sort(), Float64Array.from(negatives).sort()];
  let [below, equal, wins] = [0, 0, 0];
  for (const value of p) {
    while (below < n.length && n[below]! < value) below++;
    equal = Math.max(equal, below);
    while (equal < n.length && n[equal]! === value) equal++;
    wins += below + (equal - below) / 2;
  }
  return wins / (p.length * n.length);
}
