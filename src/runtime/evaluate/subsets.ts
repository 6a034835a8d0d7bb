/** Seeded, stratified choices of labelled examples. */
import { randomBits, shuffleInPlace } from '../data/index.js';

/**
 * Indices of about `fraction` of the examples of each class, at least one of each, in ascending order. A larger fraction
 * with the same seed contains the smaller one.
 */
export function stratifiedSubset(labels: ArrayLike<number>, fraction: number, seed: number): Uint32Array {
  const chosen: number[] = [];
  for (const [label, members] of byClass(labels)) {
    shuffleInPlace(members, randomBits(0x73756273, seed, label));
    chosen.push(...members.slice(0, Math.max(1, Math.round(members.length * fraction))));
  }
  return Uint32Array.from(chosen.sort((a, b) => a - b));
}

/** Each example's fold, 0..folds−1, the classes spread evenly over them. */
export function stratifiedFolds(labels: ArrayLike<number>, folds: number, seed: number): Uint8Array {
  const fold = new Uint8Array(labels.length);
  let next = 0;
  for (const [label, members] of byClass(labels)) {
    shuffleInPlace(members, randomBits(0x666f6c64, seed, label));
    for (const index of members) fold[index] = next++ % folds;
  }
  return fold;
}

function byClass(labels: ArrayLike<number>): [number, number[]][] {
  const classes = new Map<number, number[]>();
  for (let i = 0; i < labels.length; i++) {
    const label = labels[i]!;
    const members = classes.get(label);
    if (members) members.push(i);
    else classes.set(label, [i]);
  }
  return [...classes].sort(([a], [b]) => a - b);
}
