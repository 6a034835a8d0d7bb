/** Turns the logits from `start` on, intercepts added, into probabilities; returns the cross-entropy of `label`. */
export function softmaxInPlace(logits: Float32Array, start: number, intercepts: Float64Array, label: number): number {
  const classes = intercepts.length;
  let most = -Infinity;
  for (let c = 0; c < classes; c++) {
    logits[start + c]! += intercepts[c]!;
    most = Math.max(most, logits[start + c]!);
  }
  const own = logits[start + label]! - most;
  let sum = 0;
  for (let c = 0; c < classes; c++) {
    const exp = Math.exp(logits[start + c]! - most);
    logits[start + c] = exp;
    sum += exp;
  }
  for (let c = 0; c < classes; c++) logits[start + c]! /= sum;
  return Math.log(sum) - own;
}
