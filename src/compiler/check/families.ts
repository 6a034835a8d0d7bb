/** Families of energies, `energy E(width: int)(x, y)`: `E(8)` is one of them, as `mlp(8, 8)` is one of the networks that `mlp` stands for. */
import type { EnergyMember } from '../../grammar/syntax-tree.js';
import type { Scope } from './scope.js';
import type { EnergyValue } from './values.js';

/** What `energy` declares: a family where it has settings. */
export function declaredEnergy(member: EnergyMember, scope: Scope): EnergyValue {
  return { kind: 'energy', member, scope, settings: member.settings.length > 0 ? undefined : new Map() };
}
