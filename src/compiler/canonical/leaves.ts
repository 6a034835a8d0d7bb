/** What formulas do not look into: data, views, masks, calls of encoders, states and draws. */
import type { InstanceCall } from '../check/elaborator.js';
import { belongsTo, ownerOf, type TypedModel } from '../check/typed-model.js';
import { topological } from '../graph/schedule.js';
import type { Node } from '../graph/types.js';
import type { Leaf, LeafKind } from './expression.js';

/** A node that a leaf stands for; of a call, with what the encoder is called on. */
export interface Cut {
  readonly leaf: Leaf;
  /** Of a call and of a mask: which of its tensors, and of which form of the encoder's body. */
  readonly part: string;
  readonly args: readonly Node[];
}

export interface Leaves {
  readonly all: readonly Leaf[];
  readonly cuts: ReadonlyMap<Node, Cut>;
  /** Of a state outside encoders, and of a draw; undefined for others. */
  of(node: Node): Leaf | undefined;
  readonly encoders: ReadonlyMap<string, Leaf>;
  /** Of each energy. Their nodes may be those of data of the same name. */
  readonly parameters: readonly (readonly Leaf[])[];
}

const drawn = new Set(['random_uniform', 'random_normal', 'random_permutation']);

export function isDraw(node: Node): boolean {
  return drawn.has(node.op);
}

/** `formOf`: which form of an encoder's body a call has, where it has several. */
export function findLeaves(
  model: TypedModel,
  calls: readonly InstanceCall[],
  formOf: (result: Node) => string,
): Leaves {
  const all: Leaf[] = [];
  const cuts = new Map<Node, Cut>();
  const add = (kind: LeafKind, declared: string, moves: boolean): Leaf => {
    const leaf = { kind, declared, moves };
    all.push(leaf);
    return leaf;
  };
  const cut = (node: Node, leaf: Leaf, part = '', args: readonly Node[] = []): void => {
    if (!cuts.has(node)) cuts.set(node, { leaf, part, args });
  };
  for (const { name, node } of model.inputs) cut(node, add('data', name, false));
  const parameters = model.energies.map(({ name, parameters: own }) =>
    own.map((parameter) => add('argument', `${name}(${parameter.name})`, false)),
  );
  const encoders = new Map<string, Leaf>();
  for (const { name } of model.encoders) {
    const isCopy = model.states.some((state) => state.copy && belongsTo(state.name, name));
    encoders.set(name, add('encoder', name, !isCopy));
  }
  for (const { path, args, result, output } of calls) {
    const leaf = encoders.get(path);
    if (leaf) cut(result, leaf, `${formOf(result)}.${output}`, args);
  }
  const moves = (root: Node): boolean =>
    topological([root]).some(
      (node) =>
        node.op === 'state' &&
        model.states.some(({ name, role }) => name === node.attrs['name'] && role === 'parameter'),
    );
  for (const { name, node } of model.views) if (!cuts.has(node)) cut(node, add('view', name, moves(node)));
  for (const { name, fields } of model.masks) {
    const own = fields.filter(({ node }) => !cuts.has(node));
    if (own.length === 0) continue;
    const leaf = add('mask', name, false);
    for (const [k, { node }] of own.entries()) cut(node, leaf, String(k));
  }
  const byName = new Map<string, Leaf>();
  for (const { name, role } of model.states)
    if (!encoders.has(ownerOf(name)))
      byName.set(name, add(role === 'parameter' ? 'parameter' : 'state', name, role === 'parameter'));
  const bySite = new Map<string, Leaf>();
  const of = (node: Node): Leaf | undefined => {
    if (node.op === 'state') return byName.get(String(node.attrs['name']));
    return isDraw(node) ? bySite.get(String(node.attrs['site'])) : undefined;
  };
  // Draws that formulas see: those not inside a view, a mask or an encoder.
  const roots = [...model.terms, ...model.updates, ...model.energies, { node: model.representation }];
  const outside = reachableOutside(
    roots.map(({ node }) => node),
    cuts,
  );
  for (const node of outside) {
    const site = String(node.attrs['site']);
    if (isDraw(node) && !bySite.has(site)) bySite.set(site, add('draw', site, false));
  }
  return { all, cuts, of, encoders, parameters };
}

function reachableOutside(roots: readonly Node[], cuts: ReadonlyMap<Node, Cut>): ReadonlySet<Node> {
  const seen = new Set<Node>();
  const stack = [...roots];
  while (stack.length > 0) {
    const node = stack.pop()!;
    if (seen.has(node)) continue;
    seen.add(node);
    stack.push(...(cuts.get(node)?.args ?? node.args));
  }
  return seen;
}
