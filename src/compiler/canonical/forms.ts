/** Everything that a model computes, as formulas. */
import type { TypedModel } from '../check/typed-model.js';
import { dimValue } from '../check/values.js';
import type { Node, Period } from '../graph/types.js';
import { type Expression, type Lambda, type Leaf, thisExample, type Variable } from './expression.js';
import type { Leaves } from './leaves.js';
import { Translation } from './translate.js';

export interface Forms {
  /** What each group of parameters minimises: the mean of it over examples. */
  readonly groups: readonly { readonly over: readonly Leaf[] | undefined; readonly objective: Expression }[];
  readonly terms: readonly { readonly name: string; readonly group: number; readonly value: Expression }[];
  readonly updates: readonly { readonly state: Leaf; readonly value: Lambda }[];
  readonly copies: readonly {
    readonly copy: Leaf;
    readonly source: Leaf;
    /** Of a moving average: decay · itself + (1 - decay) · what it follows. */
    readonly decay: Expression | undefined;
    /** Of a frozen copy: as what begins it is made equal to what it follows. */
    readonly since: Period | undefined;
  }[];
  readonly energies: readonly {
    readonly name: string;
    readonly parameters: readonly { readonly leaf: Leaf; readonly node: Node }[];
    /** Of several numbers: as a function of which one. */
    readonly value: Expression | Lambda;
  }[];
  readonly representation: Lambda;
}

export function formsOf(model: TypedModel, leaves: Leaves, keyOf: (leaf: Leaf) => string): Forms {
  const translation = new Translation(model, leaves, keyOf);
  const { algebra } = translation;
  const terms = model.terms.map(({ name, node, group }) => ({ name, group, value: perExample(translation, node) }));
  const named = (name: string): Leaf | undefined =>
    leaves.encoders.get(name) ?? leaves.all.find(({ declared, kind }) => declared === name && kind === 'parameter');
  const groups = model.groups.map(({ over }, k) => ({
    over: over?.flatMap(({ text }) => named(text) ?? []),
    objective: algebra.add(
      terms.filter(({ group }) => group === k).map(({ value }) => ({ term: value, coefficient: 1 })),
    ),
  }));
  const updates = model.updates.flatMap(({ state, node }) => {
    const leaf = leaves.all.find(({ kind, declared }) => kind === 'state' && declared === state);
    return leaf ? [{ state: leaf, value: translation.value(node) }] : [];
  });
  const copies = [...leaves.encoders].flatMap(([name, copy]): Forms['copies'] => {
    const state = model.states.find((s) => s.copy && s.name.startsWith(`${name}/`));
    const source = state?.copy && leaves.encoders.get(state.copy.source.split('/')[0]!);
    if (!source) return [];
    const { follows } = state.copy!;
    return follows.kind === 'average'
      ? [{ copy, source, decay: translation.scalar(follows.decay), since: undefined }]
      : [{ copy, source, decay: undefined, since: follows.of }];
  });
  const energies = model.energies.map(({ name, parameters }, k) => ({
    name,
    parameters: parameters.map((p, i) => ({ leaf: leaves.parameters[k]![i]!, node: p.node })),
    value: energyOf(model, leaves, keyOf, k, leaves.parameters[k]!),
  }));
  return { groups, terms, updates, copies, energies, representation: translation.value(model.representation) };
}

/** An energy of what stands for its parameters: themselves, or leaves of their shapes. */
export function energyOf(
  model: TypedModel,
  leaves: Leaves,
  keyOf: (leaf: Leaf) => string,
  k: number,
  args: readonly Leaf[],
): Expression | Lambda {
  const { node, parameters } = model.energies[k]!;
  const given = parameters.map((p, i) => [p.node, { leaf: args[i]!, part: '', args: [] }] as const);
  const translation = new Translation(model, { ...leaves, cuts: new Map([...leaves.cuts, ...given]) }, keyOf);
  return node.type.shape.length === 0 ? translation.scalar(node) : translation.value(node);
}

/** A term as what is averaged over examples. An average over the batch at its front is that of the examples. */
function perExample(translation: Translation, node: Node): Expression {
  const { algebra, binders, model } = translation;
  const value = translation.scalar(node);
  const others = [...value.free].filter((name) => name !== thisExample);
  const extra = node.axes.filter((axis) => !translation.isThisExample(axis));
  let mean = value;
  if (others.length > 0) {
    const count = extra.reduce((n, { size }) => n * dimValue(size, model.batch), 1);
    mean = algebra.scale(binders.reduce('sum', translation.variablesNamed(others), value), 1 / count);
  }
  const parts = mean.kind === 'sum' ? mean : { terms: [{ term: mean, coefficient: 1 }], constant: 0 };
  return algebra.add(
    parts.terms.map(({ term, coefficient }) => {
      const own = ownExample(translation, term);
      return own ? { term: own, coefficient: coefficient * model.batch } : { term, coefficient };
    }),
    parts.constant,
  );
}

/** The body of a sum over the batch, for this example. */
function ownExample(translation: Translation, term: Expression): Expression | undefined {
  if (term.kind !== 'reduce' || term.by !== 'sum' || term.free.has(thisExample)) return undefined;
  const examples = term.over.filter(({ shown }) => shown === 'N');
  if (examples.length !== 1) return undefined;
  const { binders, example } = translation;
  const rest: Variable[] = term.over.filter((v) => v !== examples[0]);
  const body = binders.substitute(term.body, new Map([[examples[0]!.name, example]]));
  const free = rest.map(({ size, shown }) => binders.fresh(size, shown));
  return binders.reduce('sum', free, binders.substitute(body, new Map(rest.map((v, i) => [v.name, free[i]!]))));
}
