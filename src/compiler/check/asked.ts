/** What a model's energies are asked of after training. */
import type { ModelItem } from '../../grammar/syntax-tree.js';
import { energyOfFamily } from './call.js';
import type { Elaborator, EnergyUse } from './elaborator.js';
import { declaredEnergy } from './families.js';
import type { Scope } from './scope.js';
import type { Value } from './values.js';

export interface AskedEnergy extends EnergyUse {
  /** Whether a term uses it. */
  readonly isUsed: boolean;
}

/**
 * In the order of their declarations, with the names of `scope`: what the terms give each energy first, and one that no term uses the first of `otherwise` that has
 * as many values as it has parameters. Of a family: those that terms use, else the one that its defaults make.
 */
export function energiesAsked(
  e: Elaborator,
  item: ModelItem,
  scope: Scope,
  uses: ReadonlyMap<string, EnergyUse>,
  otherwise: readonly (readonly Value[])[],
): AskedEnergy[] {
  return item.members.flatMap((member): AskedEnergy[] => {
    if (member.kind !== 'energy') return [];
    const used = [...uses.values()].filter(({ energy }) => energy.member === member);
    if (used.length > 0) return used.map(({ energy, args }) => ({ energy: { ...energy, scope }, args, isUsed: true }));
    const args = otherwise.find(({ length }) => length === member.parameters.length);
    const declared = declaredEnergy(member, scope);
    const energy = declared.settings ? declared : e.attempt(() => energyOfFamily(e, declared, [], member.name.span));
    return args && energy?.kind === 'energy' ? [{ energy, args, isUsed: false }] : [];
  });
}
