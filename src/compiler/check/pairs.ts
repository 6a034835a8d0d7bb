/**
 * Pairs as a trained model scores them: the energy of what the objective brings together, and of the same first argument with the others of another
 * example. In: a model's members for use. Out: both energies of each example, `[2]`, or undefined where no energy has arguments of that kind.
 */
import type { Span } from '../../grammar/source.js';
import type { ModelItem } from '../../grammar/syntax-tree.js';
import { subDims } from '../graph/dim.js';
import { topological } from '../graph/schedule.js';
import type { Node } from '../graph/types.js';
import { energiesAsked } from './asked.js';
import { applyEnergy } from './call.js';
import type { Elaborator, EnergyUse } from './elaborator.js';
import { evaluate } from './expression.js';
import { collect, mapped } from './map.js';
import type { Scope } from './scope.js';
import type { TypedPairs } from './typed-model.js';
import { type EnergyValue, energyName, missing, type Value } from './values.js';

/** Of the first declared energy that qualifies. `views`: the first two of one declaration, for an energy that no term uses. */
export function elaboratePairs(
  e: Elaborator,
  item: ModelItem,
  scope: Scope,
  views: readonly Value[],
): TypedPairs | undefined {
  for (const { energy, args: given } of energiesAsked(e, item, scope, usesAfterTraining(e, item, scope), [views])) {
    const args = given.flatMap((value) => (value.kind === 'tensor' ? [value.node] : []));
    const [first, ...others] = args;
    if (args.length !== given.length || !first || !differs(e, first) || !others.some((node) => differs(e, node)))
      continue;
    const energies = e.attempt(() => {
      const mismatched = [first, ...others.map((node) => ofNextExample(e, node, energy.member.span))];
      return [args, mismatched].map((given) => energyOf(e, energy, given));
    });
    const [compatible, mismatched] = energies ?? [];
    if (!compatible || !mismatched) continue;
    const both = [compatible, mismatched].map((node) => e.builder.reshape(node, [1]));
    const all = (): Node | undefined => withEvery(e, energy, args);
    return { energy: energyName(energy), node: e.builder.concat(both, 0), all };
  }
  return undefined;
}

/** The arguments of each energy's first use in the terms, with networks as they are after training. */
function usesAfterTraining(e: Elaborator, item: ModelItem, scope: Scope): ReadonlyMap<string, EnergyUse> {
  const before = new Map(e.energyUses);
  e.energyUses.clear();
  e.mode = 'use';
  for (const member of item.members) {
    if (member.kind !== 'minimize') continue;
    for (const { value } of member.terms) e.attempt(() => evaluate(e, value, scope));
  }
  const found = new Map(e.energyUses);
  e.energyUses.clear();
  for (const [name, use] of before) e.energyUses.set(name, use);
  return found;
}

/** Whether the value is another one for each example, and runs over nothing else. */
function differs(e: Elaborator, node: Node): boolean {
  return (
    node.axes.length === 1 &&
    node.axes[0]!.id === e.exampleAxis.id &&
    topological([node]).some(({ op }) => op === 'input')
  );
}

/** What the node is for the next example of the batch; the last one takes the first's. */
function ofNextExample(e: Elaborator, node: Node, span: Span): Node {
  if (!node.axes.some(({ id }) => id === e.exampleAxis.id)) return node;
  const { builder: b } = e;
  const all = collect(e, node, e.exampleAxis, span);
  if (!all) return node;
  const [count, ...own] = all.type.shape;
  const start = own.map(() => 0);
  const later = b.slice(all, [1, ...start], [subDims(count!, 1), ...own]);
  const first = b.slice(all, [0, ...start], [1, ...own]);
  return b.op('enter', [b.concat([later, first], 0)], { axis: e.exampleAxis }, { axes: [e.exampleAxis] });
}

/** The energies of this example's first argument with the others of each example, as `E(x, batch(y))` has them. */
function withEvery(e: Elaborator, energy: EnergyValue, args: readonly Node[]): Node | undefined {
  const { span } = energy.member;
  e.mode = 'use';
  const value = e.attempt(() => {
    const given = args.map((node, k) => {
      const every = k > 0 && differs(e, node) ? collect(e, node, e.exampleAxis, span) : undefined;
      return { name: String(k), node: every ?? node, leading: every ? 1 : 0 };
    });
    return mapped(e, given, span, (nodes) => {
      const own = args.map((_, k) => nodes.get(String(k))!);
      const node = energyOf(e, energy, own);
      return node ? { kind: 'tensor', node } : missing;
    });
  });
  return value?.kind === 'tensor' ? value.node : undefined;
}

function energyOf(e: Elaborator, energy: EnergyValue, args: readonly Node[]): Node | undefined {
  const { span } = energy.member;
  const given = args.map((node) => ({ name: undefined, value: { kind: 'tensor', node } as const, span }));
  const value = applyEnergy(e, energy, given, span);
  if (value.kind !== 'tensor' || value.node.type.shape.length > 0 || value.node.type.dtype !== 'float32')
    return undefined;
  return value.node;
}
