/**
 * Families of energies, `energy E(width: int)(x, y)`: `E(8)` is one of them, as `mlp(8, 8)` is one of the networks that `mlp` stands for. Its settings are known when
 * compiled; what differs from example to example is an argument.
 */
import type { Span } from '../../grammar/source.js';
import type { EnergyMember } from '../../grammar/syntax-tree.js';
import { bindSettings, type GivenArgument } from './call.js';
import { tensorsOf } from './captured.js';
import type { Elaborator } from './elaborator.js';
import type { Scope } from './scope.js';
import { describe, type EnergyValue, familyForm, missing, type Value } from './values.js';

/** What `energy` declares: a family where it has settings. */
export function declaredEnergy(member: EnergyMember, scope: Scope): EnergyValue {
  return { kind: 'energy', member, scope, settings: member.settings.length > 0 ? undefined : new Map() };
}

/** The one of a family with these settings. */
export function energyOfFamily(e: Elaborator, family: EnergyValue, args: readonly GivenArgument[], span: Span): Value {
  const { member, scope } = family;
  if (args.some(({ value }) => value.kind === 'missing')) return missing;
  const place = {
    related: [{ span: member.name.span, message: 'declared here' }],
    help: [`its settings come first, in parentheses of their own: \`${familyForm(member)}\``],
  };
  const isTensor = (value: Value): boolean => tensorsOf(value).length > 0;
  const refused = (value: Value, at: Span): Value => {
    const what = `a setting of the family of energies \`${member.name.text}\``;
    return e.fail('EBM2013', { what, expected: 'known when compiled', actual: describe(value) }, at, place);
  };
  const argument = args.find(({ value }) => isTensor(value));
  if (argument) return refused(argument.value, argument.span);
  const settings = bindSettings(e, member.name.text, member.settings, scope, args, span);
  if (!settings) return missing;
  const byDefault = member.settings.find(({ name }) => isTensor(settings.get(name.text)!));
  return byDefault ? refused(settings.get(byDefault.name.text)!, byDefault.span) : { ...family, settings };
}
