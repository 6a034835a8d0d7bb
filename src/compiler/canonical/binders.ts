/** Indices that formulas run over: substitution, closing under names that depend on the structure alone, and reductions. */
import type { Algebra } from './algebra.js';
import {
  boundName,
  type Expression,
  type Lambda,
  type Part,
  type Reduction,
  type Tensor,
  type Variable,
} from './expression.js';

/** Variables of one size whose order is tried in every way; more stay as they come. */
const permuted = 3;

export class Binders {
  constructor(readonly algebra: Algebra) {}

  /** Free variables replaced. */
  substitute(root: Expression, by: ReadonlyMap<string, Expression>): Expression {
    const done = new Map<Part, Part>();
    const names = [...by.keys()];
    const visit = <P extends Part>(part: P): P => {
      if (part.free.size === 0 || !names.some((name) => part.free.has(name))) return part;
      let result = done.get(part);
      if (!result) {
        result = this.rebuilt(part, visit, by);
        done.set(part, result);
      }
      return result as P;
    };
    return visit(root);
  }

  private rebuilt(part: Part, visit: <P extends Part>(p: P) => P, by: ReadonlyMap<string, Expression>): Part {
    const { algebra } = this;
    switch (part.kind) {
      case 'number':
        return part;
      case 'variable':
        return by.get(part.name) ?? part;
      case 'sum':
        return algebra.add(
          part.terms.map(({ term, coefficient }) => ({ term: visit(term), coefficient })),
          part.constant,
        );
      case 'product':
        return algebra.multiply(part.factors.map(({ factor, exponent }) => ({ factor: visit(factor), exponent })));
      case 'call':
        return algebra.call(part.name, part.args.map(visit));
      case 'at':
        return this.element(visit(part.tensor), part.indices.map(visit));
      case 'tensor':
        return algebra.tensor(part.operation, part.attributes, part.args.map(visit), part.leaf);
      case 'reduce': {
        const { over, body } = areFlat(by.values()) ? part : this.opened(part);
        return this.reduce(part.by, over, this.substitute(body, by));
      }
      case 'lambda': {
        const { over, body } = areFlat(by.values()) ? part : this.opened(part);
        return this.lambda(over, this.substitute(body, by));
      }
    }
  }

  /** A binder's variables made free. */
  private opened({ over, body }: { readonly over: readonly Variable[]; readonly body: Expression }) {
    const free = over.map(({ size, shown }) => this.fresh(size, shown));
    return { over: free, body: this.substitute(body, new Map(over.map(({ name }, i) => [name, free[i]!]))) };
  }

  private freshCount = 0;

  fresh(size: number, shown: string): Variable {
    return this.algebra.variable(`~${this.freshCount++}`, size, shown);
  }

  lambda(over: readonly Variable[], body: Expression): Lambda {
    const names = over.map(({ size, shown }, i) =>
      this.algebra.variable(boundName(body.height + i + 1, shown), size, shown),
    );
    return this.algebra.closedLambda(names, this.renamed(body, over, names));
  }

  private renamed(body: Expression, from: readonly Variable[], to: readonly Variable[]): Expression {
    const changed = from.flatMap((v, i) => (v === to[i] ? [] : [[v.name, to[i]!] as const]));
    return changed.length === 0 ? body : this.substitute(body, new Map(changed));
  }

  /** An element; of joined parts at a place that is known, the part's. */
  element(tensor: Tensor, indices: readonly Expression[]): Expression {
    if (tensor.operation === 'concat') {
      const axis = Number(tensor.attributes);
      const index = indices[axis]!;
      if (index.kind === 'number') {
        let start = 0;
        for (const part of tensor.args) {
          const size = part.over[axis]!.size;
          if (index.value < start + size)
            return this.applied(part, indices.with(axis, this.algebra.number(index.value - start)));
          start += size;
        }
      }
    }
    return this.algebra.at(tensor, indices);
  }

  applied(lambda: Lambda, indices: readonly Expression[]): Expression {
    if (areFlat(indices))
      return this.substitute(lambda.body, new Map(indices.map((index, i) => [lambda.over[i]!.name, index])));
    const { over, body } = this.opened(lambda);
    return this.substitute(body, new Map(indices.map((index, i) => [over[i]!.name, index])));
  }

  reduce(by: Reduction, over: readonly Variable[], body: Expression): Expression {
    const used = over.filter(({ name }) => body.free.has(name));
    const { algebra } = this;
    if (by === 'sum') return this.sum(over, used, body);
    if (used.length === 0) return body;
    if (body.kind === 'sum' && (body.constant !== 0 || (body.terms.length === 1 && body.terms[0]!.coefficient !== 1))) {
      if (body.terms.length === 1) {
        const { term, coefficient } = body.terms[0]!;
        const inner = coefficient > 0 ? by : by === 'max' ? 'min' : 'max';
        return algebra.add([{ term: this.reduce(inner, used, term), coefficient }], body.constant);
      }
      const rest = algebra.add(body.terms);
      return algebra.add([{ term: this.reduce(by, used, rest), coefficient: 1 }], body.constant);
    }
    const parts = this.split(used, body);
    if (parts) {
      const name = by === 'max' ? 'maximum' : 'minimum';
      return parts.map((part) => this.reduce(by, part.over, part.body)).reduce((a, b) => algebra.call(name, [a, b]));
    }
    if (body.kind === 'reduce' && body.by === by) {
      const inner = this.opened(body);
      return this.close(by, [...used, ...inner.over], inner.body);
    }
    return this.close(by, used, body);
  }

  private sum(over: readonly Variable[], used: readonly Variable[], body: Expression): Expression {
    const { algebra } = this;
    const times = over.filter((v) => !used.includes(v)).reduce((n, { size }) => n * size, 1);
    if (used.length === 0) return algebra.scale(body, times);
    if (times !== 1) return algebra.scale(this.sum(used, used, body), times);
    if (body.kind === 'sum')
      return algebra.add(
        body.terms.map(({ term, coefficient }) => ({ term: this.reduce('sum', used, term), coefficient })),
        body.constant * used.reduce((n, { size }) => n * size, 1),
      );
    if (body.kind === 'product') {
      const outside = body.factors.filter(({ factor }) => !used.some(({ name }) => factor.free.has(name)));
      if (outside.length > 0) {
        const inside = body.factors.filter((factor) => !outside.includes(factor));
        const inner = this.reduce('sum', used, algebra.multiply(inside));
        return algebra.multiply([...outside, { factor: inner, exponent: 1 }]);
      }
    }
    const parts = this.split(used, body);
    if (parts)
      return algebra.add(parts.map((part) => ({ term: this.reduce('sum', part.over, part.body), coefficient: 1 })));
    if (body.kind === 'reduce' && body.by === 'sum') {
      const inner = this.opened(body);
      return this.close('sum', [...used, ...inner.over], inner.body);
    }
    return this.close('sum', used, body);
  }

  /** The body over each part of the tensor whose parts one of the variables goes along. */
  private split(over: readonly Variable[], body: Expression) {
    for (const variable of over) {
      const sizes = joinedAlong(body, variable.name);
      if (!sizes) continue;
      let start = 0;
      return sizes.map((part, k) => {
        const own = this.fresh(part.size, part.shown);
        const offset = start;
        start += part.size;
        return {
          over: over.map((v) => (v === variable ? own : v)),
          body: this.atPart(body, variable.name, sizes, k, own, offset),
        };
      });
    }
    return undefined;
  }

  private atPart(
    root: Expression,
    name: string,
    sizes: readonly Variable[],
    k: number,
    own: Variable,
    offset: number,
  ): Expression {
    const shifted = this.algebra.add([{ term: own, coefficient: 1 }], offset);
    const by = new Map<string, Expression>([[name, shifted]]);
    const done = new Map<Part, Part>();
    const visit = <P extends Part>(part: P): P => {
      if (!part.free.has(name)) return part;
      let result = done.get(part);
      if (!result) {
        if (part.kind === 'at' && isJoined(part, name, sizes)) {
          const axis = Number(part.tensor.attributes);
          result = this.applied(
            part.tensor.args[k]!,
            part.indices.map((index, i) => (i === axis ? own : visit(index))),
          );
        } else result = this.rebuilt(part, visit, by);
        done.set(part, result);
      }
      return result as P;
    };
    return visit(root);
  }

  /** Bound under names and in an order that the structure decides. */
  private close(by: Reduction, over: readonly Variable[], body: Expression): Expression {
    const sorted = [...over].sort((a, b) => (a.shown < b.shown ? -1 : a.shown > b.shown ? 1 : 0));
    let best: Expression | undefined;
    for (const order of orders(sorted)) {
      const names = order.map(({ size, shown }, i) =>
        this.algebra.variable(boundName(body.height + i + 1, shown), size, shown),
      );
      const closed = this.renamed(body, order, names);
      const candidate = this.algebra.closedReduce(by, names, closed);
      if (!best || candidate.hash < best.hash) best = candidate;
    }
    return best!;
  }
}

/** Whether nothing is bound in them and nothing has a bound name, so that those of binders around them cannot be taken for others. */
function areFlat(parts: Iterable<Expression>): boolean {
  for (const { height, free } of parts) {
    if (height > 0) return false;
    for (const name of free) if (name.startsWith('#')) return false;
  }
  return true;
}

/** Sizes of the parts of joined tensors that a variable goes along; undefined where there are none, or of several kinds. */
function joinedAlong(root: Expression, name: string): readonly Variable[] | undefined {
  let found: readonly Variable[] | undefined;
  const seen = new Set<Part>();
  const stack: Part[] = [root];
  while (stack.length > 0) {
    const part = stack.pop()!;
    if (seen.has(part) || !part.free.has(name)) continue;
    seen.add(part);
    if (part.kind === 'at' && part.tensor.operation === 'concat') {
      const axis = Number(part.tensor.attributes);
      const index = part.indices[axis]!;
      if (index.kind === 'variable' && index.name === name) found ??= part.tensor.args.map((arg) => arg.over[axis]!);
    }
    if (part.kind === 'sum') stack.push(...part.terms.map(({ term }) => term));
    else if (part.kind === 'product') stack.push(...part.factors.map(({ factor }) => factor));
    else if (part.kind === 'call' || part.kind === 'tensor') stack.push(...part.args);
    else if (part.kind === 'at') stack.push(part.tensor, ...part.indices);
    else if (part.kind === 'reduce' || part.kind === 'lambda') stack.push(part.body);
  }
  return found;
}

function isJoined(part: Extract<Expression, { kind: 'at' }>, name: string, sizes: readonly Variable[]): boolean {
  if (part.tensor.operation !== 'concat') return false;
  const axis = Number(part.tensor.attributes);
  const index = part.indices[axis]!;
  const { args } = part.tensor;
  return (
    index.kind === 'variable' &&
    index.name === name &&
    args.length === sizes.length &&
    args.every((arg, i) => arg.over[axis]!.shown === sizes[i]!.shown)
  );
}

/** Every order of variables of one size, where they are few. */
function orders(sorted: readonly Variable[]): (readonly Variable[])[] {
  if (sorted.length <= 1) return [sorted];
  const alike = sorted.filter(({ shown }) => shown === sorted[0]!.shown);
  const rest = orders(sorted.slice(alike.length));
  const heads = alike.length <= permuted ? permutations(alike) : [alike];
  return heads.flatMap((head) => rest.map((tail) => [...head, ...tail]));
}

function permutations<T>(items: readonly T[]): T[][] {
  if (items.length <= 1) return [[...items]];
  return items.flatMap((item, i) => permutations(items.toSpliced(i, 1)).map((rest) => [item, ...rest]));
}
