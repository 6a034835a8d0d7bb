/** From typed nodes to formulas: an element of a value at given indices, for given places along the axes that it runs over. */
import { belongsTo, isWeight, ownerOf, type TypedModel } from '../check/typed-model.js';
import { dimValue } from '../check/values.js';
import type { Dim } from '../graph/dim.js';
import { ops } from '../graph/ops/index.js';
import { splat } from '../graph/simplify.js';
import type { Axis, Node } from '../graph/types.js';
import { Algebra } from './algebra.js';
import { Binders } from './binders.js';
import {
  type Expression,
  type Lambda,
  type Leaf,
  showSize,
  type Tensor,
  thisExample,
  type Variable,
} from './expression.js';
import type { Leaves } from './leaves.js';

type Indices = readonly Expression[];
/** Axis → the place along it. */
type Places = ReadonlyMap<number, Expression>;

/** Operations of a formula from which on sums of it are not written out where they are used. */
const longest = 200;

export class Translation {
  readonly algebra: Algebra;
  readonly binders: Binders;
  private readonly known = new Map<string, Expression>();
  private readonly lambdas = new Map<string, Lambda>();
  private readonly reductions = new Map<Node, Lambda>();
  readonly example: Variable;
  private readonly indices = new Map<string, Variable>();

  constructor(
    readonly model: TypedModel,
    private readonly leaves: Leaves,
    keyOf: (leaf: Leaf) => string,
  ) {
    this.algebra = new Algebra(keyOf);
    this.binders = new Binders(this.algebra);
    this.example = this.algebra.variable(thisExample, model.batch, 'N');
  }

  /** A value of this example, as a function of its own indices. */
  value(node: Node): Lambda {
    const { variables, places } = this.start(node);
    return this.binders.lambda(variables, this.element(node, variables, places));
  }

  /** A scalar of this example. */
  scalar(node: Node): Expression {
    return this.element(node, [], this.start(node).places);
  }

  /** The names that a tensor node is made of, as it would be printed: for what is not a formula. */
  private start(node: Node) {
    const places = new Map<number, Expression>(
      node.axes.map((axis) => [
        axis.id,
        axis.id === this.model.exampleAxis.id ? this.example : this.indexOf(axis.size),
      ]),
    );
    return { variables: this.indicesOf(node), places };
  }

  private indexOf(size: Dim): Variable {
    const index = this.binders.fresh(dimValue(size, this.model.batch), showSize(size));
    this.indices.set(index.name, index);
    return index;
  }

  private indicesOf({ type }: Node): Variable[] {
    return type.shape.map((size) => this.indexOf(size));
  }

  /** The free variables of these names. */
  variablesNamed(names: readonly string[]): Variable[] {
    return names.flatMap((name) => this.indices.get(name) ?? []);
  }

  isThisExample({ id }: Axis): boolean {
    return id === this.model.exampleAxis.id;
  }

  isCut(node: Node): boolean {
    return this.leaves.cuts.has(node);
  }

  private size(dim: Dim): number {
    return dimValue(dim, this.model.batch);
  }

  private element(node: Node, indices: Indices, places: Places): Expression {
    let key = String(node.id);
    for (const index of indices) key += `,${index.id}`;
    for (const axis of node.axes) key += `;${places.get(axis.id)?.id}`;
    let result = this.known.get(key);
    if (!result) {
      result = this.make(node, indices, places);
      this.known.set(key, result);
    }
    return result;
  }

  private make(node: Node, indices: Indices, places: Places): Expression {
    const { algebra } = this;
    const cut = this.leaves.cuts.get(node);
    const along = node.axes.map((axis) => places.get(axis.id)!);
    if (cut && cut.args.length > 0) {
      const args = cut.args.map((arg) => this.overExamples(arg, places));
      return algebra.at(algebra.tensor('call', cut.part, args, cut.leaf), [...along, ...indices]);
    }
    if (cut)
      return algebra.at(cut.part === '' ? algebra.leaf(cut.leaf) : algebra.tensor('field', cut.part, [], cut.leaf), [
        ...along,
        ...indices,
      ]);
    const leaf = this.leaves.of(node);
    if (leaf) return algebra.at(algebra.leaf(leaf), [...along, ...indices]);
    const weight = node.op === 'state' ? this.weight(String(node.attrs['name'])) : undefined;
    if (weight) return algebra.at(weight, indices);
    const rule = rules[node.op];
    if (rule && binding.has(node.op)) return this.cutWhereLong(rule, node, indices, places);
    if (rule) return rule({ node, indices, places, t: this });
    if (ops[node.op].batching === 'elementwise')
      return algebra.call(
        node.op,
        node.args.map((arg) => this.broadcast(arg, indices, places)),
      );
    // Everything else is a tensor of its arguments.
    const args = node.args.map((arg) => this.opaque(arg, places));
    return algebra.at(algebra.tensor(node.op, this.attributes(node), args), indices);
  }

  /** A state that an encoder has, read outside of it: its place among the encoder's says which, whatever its layers are called. */
  private weight(name: string): Tensor | undefined {
    const owner = ownerOf(name);
    const leaf = this.leaves.encoders.get(owner);
    if (!leaf) return undefined;
    const all = this.model.states.filter((state) => belongsTo(state.name, owner));
    const trained = all.filter((state) => isWeight(this.model, state));
    const isOwn = trained.some((state) => state.name === name);
    // A frozen copy has the weights alone.
    const own = isOwn ? trained : all.filter((state) => !trained.includes(state));
    const place = own.findIndex((state) => state.name === name);
    return this.algebra.tensor(isOwn ? 'weight' : 'kept', String(place), [], leaf);
  }

  /**
   * What sums and the like make of long formulas stays a tensor of its own: written out in each place that reads it, at other indices, it
   * would double with every further step of an iteration.
   */
  private cutWhereLong(rule: Rule, node: Node, indices: Indices, places: Places): Expression {
    let whole = this.reductions.get(node);
    if (!whole) {
      const along = node.axes.map(({ size }) => this.indexOf(size));
      const own = this.indicesOf(node);
      const inner = new Map([...places, ...node.axes.map((axis, i) => [axis.id, along[i]!] as const)]);
      whole = this.binders.lambda([...along, ...own], rule({ node, indices: own, places: inner, t: this }));
      this.reductions.set(node, whole);
    }
    const all = [...node.axes.map((axis) => places.get(axis.id)!), ...indices];
    if (whole.weight <= longest) return this.binders.applied(whole, all);
    return this.algebra.at(this.algebra.tensor('value', '', [whole]), all);
  }

  /** Of a node whose values for other examples matter too. */
  private overExamples(node: Node, places: Places): Lambda {
    return this.closed(
      node,
      places,
      node.axes.filter((axis) => this.isThisExample(axis)),
    );
  }

  private opaque(node: Node, places: Places): Lambda {
    return this.closed(node, places, []);
  }

  private closed(node: Node, places: Places, over: readonly Axis[]): Lambda {
    const outside = node.axes.filter((axis) => !over.includes(axis));
    const key = `${node.id} ${over.length} ${outside.map(({ id }) => places.get(id)!.id).join()}`;
    let lambda = this.lambdas.get(key);
    if (!lambda) {
      const along = over.map(({ size }) => this.indexOf(size));
      const variables = this.indicesOf(node);
      const inner = new Map([...places, ...over.map((axis, i) => [axis.id, along[i]!] as const)]);
      lambda = this.binders.lambda([...along, ...variables], this.element(node, variables, inner));
      this.lambdas.set(key, lambda);
    }
    return lambda;
  }

  /** An argument of something that acts element by element: the last axes are aligned, those of one element repeated. */
  private broadcast(arg: Node, indices: Indices, places: Places): Expression {
    const { shape } = arg.type;
    const own = indices.slice(indices.length - shape.length);
    return this.element(
      arg,
      own.map((index, i) => (shape[i] === 1 ? this.algebra.number(0) : index)),
      places,
    );
  }

  private attributes({ attrs, type }: Node): string {
    const shown = Object.entries(attrs)
      .filter(([name]) => name !== 'site' && name !== 'axis' && name !== 'shape')
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, value]) => `${name}: ${JSON.stringify(value)}`);
    return [...shown, `[${type.shape.map(showSize).join(', ')}]`].join(', ');
  }

  /** For the rules. */
  readonly tools = {
    algebra: (): Algebra => this.algebra,
    binders: (): Binders => this.binders,
    element: (node: Node, indices: Indices, places: Places): Expression => this.element(node, indices, places),
    broadcast: (node: Node, indices: Indices, places: Places): Expression => this.broadcast(node, indices, places),
    index: (size: Dim): Variable => this.indexOf(size),
    size: (dim: Dim): number => this.size(dim),
    opaque: (node: Node, places: Places): Lambda => this.opaque(node, places),
    overExamples: (node: Node, places: Places): Lambda => this.overExamples(node, places),
    attributes: (node: Node): string => this.attributes(node),
  };
}

interface Site {
  readonly node: Node;
  readonly indices: Indices;
  readonly places: Places;
  readonly t: Translation;
}

type Rule = (site: Site) => Expression;

/** The arguments at these indices, and the algebra. */
function parts({ node, indices, places, t }: Site) {
  const { algebra, binders, broadcast, element } = t.tools;
  return {
    ...{ a: algebra(), b: binders() },
    args: () => node.args.map((arg) => broadcast(arg, indices, places)),
    x: () => broadcast(node.args[0]!, indices, places),
    at: (k: number, own: Indices, where: Places = places) => element(node.args[k]!, own, where),
  };
}

const unary =
  (make: (a: Algebra, x: Expression) => Expression): Rule =>
  (site) => {
    const { a, x } = parts(site);
    return make(a, x());
  };

const binary =
  (make: (a: Algebra, x: Expression, y: Expression) => Expression): Rule =>
  (site) => {
    const { a, args } = parts(site);
    const [x, y] = args() as [Expression, Expression];
    return make(a, x, y);
  };

const called = (name: string, f: (...values: readonly number[]) => number): Rule => {
  return (site) => {
    const { a, args } = parts(site);
    return a.call(name, args(), f);
  };
};

const one = (x: Expression) => ({ term: x, coefficient: 1 });

function exp(a: Algebra, x: Expression): Expression {
  return a.call('exp', [x], Math.exp);
}

function sigmoid(a: Algebra, x: Expression): Expression {
  return a.power(a.add([one(exp(a, a.scale(x, -1)))], 1), -1);
}

/** The argument's indices with new ones on the axes that a reduction takes. */
function reducedOver({ node, indices, t }: Site) {
  const axes = node.attrs['axes'] as readonly number[];
  const keeps = node.attrs['keepdims'] === true;
  const { shape } = node.args[0]!.type;
  const over: Variable[] = [];
  let next = 0;
  const own = shape.map((size, i) => {
    if (!axes.includes(i)) return indices[next++]!;
    if (keeps) next++;
    const index = t.tools.index(size);
    over.push(index);
    return index;
  });
  return { over, own, count: over.reduce((n, { size }) => n * size, 1) };
}

const reduced =
  (make: (b: Binders, over: readonly Variable[], x: Expression, count: number) => Expression): Rule =>
  (site) => {
    const { b, at } = parts(site);
    const { over, own, count } = reducedOver(site);
    return make(b, over, at(0, own), count);
  };

const placed =
  (change: (indices: Indices, node: Node, site: Site) => Indices): Rule =>
  (site) =>
    parts(site).at(0, change(site.indices, site.node, site));

const rules: { readonly [op: string]: Rule } = {
  constant({ node, indices, t }) {
    const { algebra } = t.tools;
    const value = splat(node);
    if (value !== undefined) return algebra().number(value);
    return algebra().at(algebra().tensor('constant', JSON.stringify(node.attrs['value']), []), indices);
  },
  iota: ({ indices }) => indices[0]!,
  neg: unary((a, x) => a.scale(x, -1)),
  add: binary((a, x, y) => a.add([one(x), one(y)])),
  sub: binary((a, x, y) => a.subtract(x, y)),
  mul: binary((a, x, y) => a.multiply([x, y].map((factor) => ({ factor, exponent: 1 })))),
  div: binary((a, x, y) => a.multiply([x, y].map((factor, i) => ({ factor, exponent: i === 0 ? 1 : -1 })))),
  square: unary((a, x) => a.power(x, 2)),
  sqrt: unary((a, x) => a.power(x, 0.5)),
  rsqrt: unary((a, x) => a.power(x, -0.5)),
  reciprocal: unary((a, x) => a.power(x, -1)),
  pow: binary((a, x, y) => (y.kind === 'number' ? a.power(x, y.value) : a.call('pow', [x, y]))),
  exp: unary(exp),
  log: unary((a, x) => a.call('log', [x], Math.log)),
  log1p: unary((a, x) => a.call('log', [a.add([one(x)], 1)], Math.log)),
  softplus: unary((a, x) => a.call('log', [a.add([one(exp(a, x))], 1)], Math.log)),
  sigmoid: unary(sigmoid),
  relu: unary((a, x) => a.call('maximum', [x, a.number(0)], Math.max)),
  maximum: called('maximum', Math.max),
  minimum: called('minimum', Math.min),
  greater: binary((a, x, y) => a.call('less', [y, x])),
  greater_equal: binary((a, x, y) => a.call('less_equal', [y, x])),
  stop_gradient: unary((a, x) => a.call('stop', [x])),
  cast(site) {
    const { a, x } = parts(site);
    const [from, to] = [site.node.args[0]!.type.dtype, site.node.type.dtype];
    if (to === 'int32' && from === 'float32') return a.call('whole', [x()]);
    return to === 'bool' ? a.call('truth', [x()]) : from === 'bool' ? a.call('float', [x()]) : x();
  },
  reduce_sum: reduced((b, over, x) => b.reduce('sum', over, x)),
  reduce_mean: reduced((b, over, x, n) => b.algebra.scale(b.reduce('sum', over, x), 1 / n)),
  reduce_max: reduced((b, over, x) => b.reduce('max', over, x)),
  reduce_min: reduced((b, over, x) => b.reduce('min', over, x)),
  logsumexp: reduced((b, over, x) => b.algebra.call('log', [b.reduce('sum', over, exp(b.algebra, x))], Math.log)),
  variance: reduced((b, over, x, n) => {
    const mean = b.algebra.scale(b.reduce('sum', over, x), 1 / n);
    return b.algebra.scale(b.reduce('sum', over, b.algebra.power(b.algebra.subtract(x, mean), 2)), 1 / n);
  }),
  transpose: placed((indices, { attrs }) => {
    const perm = attrs['perm'] as readonly number[];
    return perm.map((_, i) => indices[perm.indexOf(i)]!);
  }),
  broadcast_to: (site) => parts(site).x(),
  slice: placed((indices, { attrs }, { t }) => {
    const begin = attrs['begin'] as readonly Dim[];
    const strides = attrs['strides'] as readonly number[];
    const { algebra, size } = t.tools;
    return indices.map((term, i) => algebra().add([{ term, coefficient: strides[i]! }], size(begin[i]!)));
  }),
  reverse: placed((indices, { attrs, type }, { t }) => {
    const axes = attrs['axes'] as readonly number[];
    const { algebra, size } = t.tools;
    return indices.map((term, i) =>
      axes.includes(i) ? algebra().add([{ term, coefficient: -1 }], size(type.shape[i]!) - 1) : term,
    );
  }),
  reshape(site) {
    const { node, indices, places, t } = site;
    const [from, to] = [node.args[0]!.type.shape, node.type.shape];
    const { a, at } = parts(site);
    const long = (shape: readonly Dim[]): Dim[] => shape.filter((d) => d !== 1);
    if (long(from).map(showSize).join() !== long(to).map(showSize).join()) {
      // What a value is reshaped by does not matter on the way.
      let arg = node.args[0]!;
      while (arg.op === 'reshape' && !t.isCut(arg)) arg = arg.args[0]!;
      return a.at(a.tensor('reshape', `[${to.map(showSize).join(', ')}]`, [t.tools.opaque(arg, places)]), indices);
    }
    const kept = indices.filter((_, i) => to[i] !== 1);
    let next = 0;
    return at(
      0,
      from.map((d) => (d === 1 ? a.number(0) : kept[next++]!)),
    );
  },
  concat(site) {
    const { node, indices, places, t } = site;
    const { a, b } = parts(site);
    const args = node.args.map((arg) => t.tools.opaque(arg, places));
    return b.element(a.tensor('concat', String(node.attrs['axis']), args), indices);
  },
  contract(site) {
    const { a, b, at } = parts(site);
    const { node, indices, t } = site;
    const pairs = node.attrs as unknown as Record<'batch' | 'over', readonly (readonly number[])[]>;
    const over = pairs.over[0]!.map((axis) => t.tools.index(node.args[0]!.type.shape[axis]!));
    const shared = pairs.batch[0]!.length;
    let next = shared;
    const own = [0, 1].map((side) =>
      node.args[side]!.type.shape.map((_, i) => {
        const [summed, aligned] = [pairs.over[side]!.indexOf(i), pairs.batch[side]!.indexOf(i)];
        return summed >= 0 ? over[summed]! : aligned >= 0 ? indices[aligned]! : indices[next++]!;
      }),
    );
    const factors = own.map((ownIndices, side) => ({ factor: at(side, ownIndices), exponent: 1 }));
    return b.reduce('sum', over, a.multiply(factors));
  },
  gather(site) {
    const { node, indices } = site;
    const { at } = parts(site);
    const [axis, batchDims] = [Number(node.attrs['axis']), Number(node.attrs['batchDims'])];
    const picks = node.args[1]!.type.shape.length - batchDims;
    const place = at(1, [...indices.slice(0, batchDims), ...indices.slice(axis, axis + picks)]);
    return at(0, [...indices.slice(0, axis), place, ...indices.slice(axis + picks)]);
  },
  batch: (site) => throughAxis(site, site.node.attrs['axis'] as Axis),
  leave: (site) => throughAxis(site, site.node.attrs['axis'] as Axis),
  enter(site) {
    const axis = site.node.attrs['axis'] as Axis;
    return parts(site).at(0, [site.places.get(axis.id)!, ...site.indices]);
  },
  drop_self(site) {
    const axis = site.node.attrs['axis'] as Axis;
    const { a, at } = parts(site);
    const [place, ...rest] = site.indices;
    return at(0, [a.call('other', [place!, site.places.get(axis.id)!]), ...rest]);
  },
  grad(site) {
    const { node, indices, places, t } = site;
    const { algebra, overExamples, attributes } = t.tools;
    const args = node.args.map((arg) => overExamples(arg, places));
    const along = node.axes.filter((axis) => t.isThisExample(axis)).map((axis) => places.get(axis.id)!);
    return algebra().at(algebra().tensor('grad', attributes(node), args), [...along, ...indices]);
  },
  running(site) {
    const { a, x } = parts(site);
    return a.call(`running average (decay ${String(site.node.attrs['decay'])}) of`, [x()]);
  },
};

/** What gives a formula indices of its own. */
const binding = new Set([
  ...['reduce_sum', 'reduce_mean', 'reduce_max', 'reduce_min', 'logsumexp', 'variance', 'contract'],
]);

/** The leading index is the place along the axis. */
function throughAxis(site: Site, axis: Axis): Expression {
  const [first, ...rest] = site.indices;
  return parts(site).at(0, rest, new Map([...site.places, [axis.id, first!]]));
}
