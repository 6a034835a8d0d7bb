/** 1 where the prediction is the label, 0 elsewhere. */
export function hits(predictions: ArrayLike<number>, labels: ArrayLike<number>): Uint8Array {
  return Uint8Array.from(predictions, (prediction, i) => (prediction === labels[i] ? 1 : 0));
}

export function mean(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]!;
  return sum / values.length;
}
