/** Which settings get how much: all of them everything, or successive halving (Jamieson & Talwalkar 2016). */
import type { CompareDecl } from '../../compiler/declarations.js';

export interface Rung {
  /** Share of the whole budget that each gets. */
  readonly share: number;
  /** How many go on from here. */
  readonly kept: number;
}

/** The last rung keeps one, with the whole budget. */
export function rungs(count: number, { name, factor }: CompareDecl['search']): readonly Rung[] {
  if (count < 2) return [];
  if (name === 'grid') return [{ share: 1, kept: 1 }];
  const found: Rung[] = [];
  for (let left = count; left > 1; left = Math.ceil(left / factor))
    found.push({ share: 1, kept: Math.ceil(left / factor) });
  return found.map(({ kept }, i) => ({ share: factor ** (i - found.length + 1), kept }));
}
