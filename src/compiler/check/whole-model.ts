/** What must hold of a whole model, besides what each member says by itself. */
import type { ModelItem, Name } from '../../grammar/syntax-tree.js';
import { ops } from '../graph/ops/index.js';
import { topological } from '../graph/schedule.js';
import type { Node } from '../graph/types.js';
import type { Elaborator } from './elaborator.js';
import type { Scope } from './scope.js';
import {
  belongsTo,
  ownerOf,
  type TypedEncoder,
  type TypedGroup,
  type TypedInput,
  type TypedTerm,
} from './typed-model.js';

/** Operations without a gradient rule of their own through which gradient still goes. */
const structural = new Set<string>(['batch', 'enter', 'leave', 'drop_self', 'running', 'grad']);

/** Terms that depend on classes without saying that they are supervised. */
export function reportLabels(e: Elaborator, inputs: readonly TypedInput[], terms: readonly TypedTerm[]): void {
  const labels = inputs.filter(({ declared }) => declared.startsWith('Class'));
  if (labels.length === 0) return;
  for (const { name, node, span } of terms) {
    if (name === 'supervised' || name.startsWith('supervised_')) continue;
    const read = new Set(topological([node]));
    for (const label of labels) {
      if (!read.has(label.node)) continue;
      const related = [{ span: label.span, message: 'declared here' }];
      e.fail('EBM2070', { term: name, label: label.name, type: label.declared }, span, { related });
    }
  }
}

/** Declarations of a model that neither training nor use reads: most likely a term or an argument was forgotten. What is wrong elsewhere may be why. */
export function reportUnused(e: Elaborator, train: Scope, use: Scope): void {
  if (e.hasErrors) return;
  for (const [name, { declared, span, used }] of train.ownBindings()) {
    if (declared === undefined || declared === 'encoder' || used || use.own(name)?.used || !span) continue;
    e.fail('EBM2041', { kind: declared, name }, span);
  }
}

/** An encoder none of whose parameters the objective has a gradient with respect to. */
export function reportUnreached(e: Elaborator, encoders: readonly TypedEncoder[], terms: readonly TypedTerm[]): void {
  const reached = new Set<string>();
  const seen = new Set<Node>();
  const stack = terms.map((t) => t.node);
  while (stack.length > 0) {
    const node = stack.pop()!;
    if (seen.has(node)) continue;
    seen.add(node);
    if (node.op === 'state') reached.add(String(node.attrs.name));
    if (node.op === 'stop_gradient' || (node.args.length > 0 && !ops[node.op].gradient && !structural.has(node.op)))
      continue;
    stack.push(...node.args);
  }
  const used = new Set([...e.calls.map((c) => c.path), ...e.readWhole]);
  for (const { name, span } of encoders) {
    if (!used.has(name)) e.fail('EBM2041', { kind: 'encoder', name }, span);
    else if (![...reached].some((state) => state.startsWith(`${name}/`))) {
      const owns = [...e.states.values()].some((s) => s.name.startsWith(`${name}/`) && s.role === 'parameter');
      if (owns) e.fail('EBM2042', { encoder: name }, span);
    }
  }
}

/** A moving average of what the model never uses has nothing to follow. */
export function reportStrayCopies(e: Elaborator, item: ModelItem): void {
  for (const { copy, name } of e.states.values()) {
    if (!copy || e.states.has(copy.source)) continue;
    const [path, source] = [ownerOf(name), ownerOf(copy.source)];
    const span = item.members.find((m) => m.kind === 'encoder' && m.name.text === path)?.span ?? item.name.span;
    e.fail('EBM2039', { copy: path, source }, span);
  }
}

/** What two groups of terms both move, and names that stand for nothing trained. */
export function reportGroups(e: Elaborator, groups: readonly TypedGroup[], item: ModelItem): void {
  const parameters = [...e.states.values()].filter(({ role }) => role === 'parameter').map(({ name }) => name);
  const owner = new Map<string, Name>();
  for (const { over = [] } of groups) {
    for (const name of over) {
      const own = parameters.filter((parameter) => belongsTo(parameter, name.text));
      if (own.length === 0) e.fail('EBM2043', { name: name.text }, name.span);
      for (const parameter of own) {
        const before = owner.get(parameter);
        if (before && before !== name) {
          const related = [{ span: before.span, message: 'first here' }];
          e.fail('EBM2044', { name: name.text }, name.span, { related });
        }
        owner.set(parameter, name);
      }
    }
  }
  if (groups.some(({ over }) => !over)) return;
  const free = parameters.find((parameter) => !owner.has(parameter));
  if (free) e.fail('EBM2045', { name: ownerOf(free) }, item.name.span);
}
