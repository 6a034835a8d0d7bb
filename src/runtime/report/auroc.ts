import { auroc } from '../evaluate/auroc.js';

/**
 * How well an energy tells compatible pairs from mismatched ones: the chance that the compatible one is lower, ties counted half.
 *
 * @returns 1: told apart without error; 0.5: not at all; NaN where either list is empty or holds a number that is none.
 */
export function energyAuroc(compatible: readonly number[], mismatched: readonly number[]): number {
  if ([...compatible, ...mismatched].some(Number.isNaN)) return Number.NaN;
  return auroc(mismatched, compatible);
}
