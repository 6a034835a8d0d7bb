/** The pipelines and networks of a model, each cut where another one, data or a state of the model begins. */
import type { InstanceCall } from '../check/elaborator.js';
import { belongsTo, type TypedModel } from '../check/typed-model.js';
import { topological } from '../graph/schedule.js';
import type { Node } from '../graph/types.js';
import { hashText, type Leaf } from './expression.js';
import { findLeaves, type Leaves } from './leaves.js';
import { type Structure, structureOf } from './structure.js';

export interface Structures {
  readonly leaves: Leaves;
  /** Of views and masks (a mask's field by field), states and parameters (how they begin, then what becomes of them between steps). */
  readonly pipelines: ReadonlyMap<Leaf, readonly Structure[]>;
  /** Of each encoder, the forms that its body has in the objective, or where it has no part in it, in the representation. */
  readonly bodies: ReadonlyMap<Leaf, readonly Structure[]>;
  /** Of each encoder, the forms in the representation: on the data, which need not have the sizes of views. */
  readonly represented: ReadonlyMap<Leaf, readonly Structure[]>;
}

export function findStructures(model: TypedModel): Structures {
  const { calls, forms, represented, formOf } = formsOf(model);
  const leaves = findLeaves(model, calls, formOf);
  const bodies = new Map<Leaf, readonly Structure[]>();
  for (const [name, leaf] of leaves.encoders) bodies.set(leaf, forms.get(name) ?? []);
  const nodesOf = new Map<Leaf, Node[]>();
  for (const [node, { leaf }] of leaves.cuts)
    if (leaf.kind === 'view' || leaf.kind === 'mask') nodesOf.set(leaf, [...(nodesOf.get(leaf) ?? []), node]);
  for (const { name, initial } of model.states) {
    const leaf = leaves.all.find(
      ({ kind, declared }) => (kind === 'state' || kind === 'parameter') && declared === name,
    );
    if (leaf) nodesOf.set(leaf, [initial, ...betweenSteps(model, name)]);
  }
  const inRepresentation = new Map<Leaf, readonly Structure[]>();
  for (const [name, leaf] of leaves.encoders) inRepresentation.set(leaf, represented.get(name) ?? []);
  const pipelines = new Map<Leaf, readonly Structure[]>();
  for (const [leaf, nodes] of nodesOf)
    pipelines.set(
      leaf,
      nodes.map((root) => structureOf(model, root, (node) => boundaryName(leaves, node, root))),
    );
  return { leaves, pipelines, bodies, represented: inRepresentation };
}

/** What a state becomes between steps, and the values of single examples that this is made of. */
function betweenSteps({ epochUpdates, gathered }: TypedModel, state: string): readonly Node[] {
  const update = epochUpdates.find((u) => u.state === state)?.node;
  if (!update) return [];
  const read = topological([update]).filter(({ op }) => op === 'input');
  return [
    update,
    ...gathered.filter(({ name }) => read.some(({ attrs }) => attrs['name'] === name)).map(({ node }) => node),
  ];
}

/** What a pipeline does not look into, by kind: which one it is, the boundary says. */
function boundaryName(leaves: Leaves, node: Node, root: Node): string | undefined {
  if (node === root) return undefined;
  const cut = leaves.cuts.get(node);
  if (cut) return `${cut.leaf.kind} ${cut.part}`;
  const leaf = leaves.of(node);
  return leaf && `${leaf.kind}`;
}

/** Whether the result is made of the call's arguments. A call on a whole batch, which is one on each example, is not: that one is recorded too. */
function isOwn({ args, result }: InstanceCall): boolean {
  if (args.includes(result)) return false;
  const seen = new Set<Node>();
  const stack = [result];
  while (stack.length > 0) {
    const node = stack.pop()!;
    if (args.includes(node)) return true;
    if (seen.has(node)) continue;
    seen.add(node);
    stack.push(...node.args);
  }
  return args.length === 0;
}

/** The bodies of encoders, and which of them a call has. */
function formsOf(model: TypedModel) {
  const roots = [...model.terms, ...model.updates].map(({ node }) => node);
  const trained = new Set(topological(roots));
  const used = new Set(topological([model.representation, ...model.energies.map(({ node }) => node)]));
  const representing = new Set(topological([model.representation]));
  const calls = model.calls.filter(isOwn);
  const forms = new Map<string, Structure[]>();
  const represented = new Map<string, Structure[]>();
  const ofCall = new Map<Node, string>();
  const texts = new Map<string, string[]>();
  for (const { name } of model.encoders) {
    const ofName = calls.filter(({ path }) => path === name);
    const inStep = ofName.filter(({ result }) => trained.has(result));
    const own: Structure[] = [];
    const known: string[] = [];
    const bodyOf = ({ args, result }: InstanceCall): Structure =>
      structureOf(model, result, (node) => {
        const k = args.indexOf(node);
        if (k >= 0) return `argument ${k + 1}`;
        return node.op === 'state' && !belongsTo(String(node.attrs['name']), name) ? `state of the model` : undefined;
      });
    for (const call of inStep.length > 0 ? inStep : ofName.filter(({ result: r }) => used.has(r))) {
      const body = bodyOf(call);
      const text = body.lines.join('\n');
      if (!known.includes(text)) {
        known.push(text);
        own.push(body);
      }
      ofCall.set(call.result, text);
    }
    represented.set(name, ofName.filter(({ result }) => representing.has(result)).map(bodyOf));
    forms.set(name, own);
    texts.set(name, known);
  }
  // One form needs no name. Several are numbered from the smallest, so that a number says little of what the network is.
  const formOf = (result: Node): string => {
    const call = calls.find((c) => c.result === result);
    const known = texts.get(call?.path ?? '') ?? [];
    const text = ofCall.get(result);
    if (text === undefined || known.length < 2) return '';
    const rank = (t: string): number => t.length * 1e-3 + hashText(t) * 1e-20;
    return String([...known].sort((a, b) => rank(a) - rank(b)).indexOf(text) + 1);
  };
  return { calls, forms, represented, formOf };
}
