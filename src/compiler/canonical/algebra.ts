/**
 * Makes formulas in normal form. What it identifies:
 * - the order and nesting of sums and products, `a - b` and `a + -1 · b`, `x / c` and `1/c · x`, `x · x` and `x²`, roots and reciprocals as powers;
 * - numbers: folded, gathered in front of a term, out of products, powers, roots, logarithms and reductions; (a - b)² and (b - a)²;
 * - a mean and its sum over n, a variance and its definition, logsumexp and log Σ exp, softplus, sigmoid, log1p and relu and theirs;
 * - products of matrices and sums of products; the names and order of what is summed over; sums over joined parts and the sum of their sums;
 * - shapes that differ by axes of one element, transposition, broadcasting, selection;
 * - a stopped gradient of what no parameter moves.
 * What it does not: products multiplied out, sums exchanged with products that share their index (associativity of matrix products), exp of sums, roots
 * of products, trigonometry, anything inside encoders, views and masks, whose order of operations is theirs. Numerical stability is not meaning:
 * values and gradients are equal where both sides are defined.
 */
import {
  commutative,
  compareParts,
  type Expression,
  hashText,
  type Lambda,
  type Leaf,
  type Raised,
  type Reduction,
  rounded,
  type Shared,
  type Tensor,
  thisExample,
  type Variable,
  type Weighted,
} from './expression.js';

type Plain = Omit<Shared, 'id'>;
const none: ReadonlySet<string> = new Set();

export class Algebra {
  private readonly table = new Map<string, Expression | Tensor | Lambda>();
  private made = 0;
  private readonly leafNumbers = new Map<Leaf, number>();

  /** `keyOf`: what stands for a leaf in hashes. */
  constructor(private readonly keyOf: (leaf: Leaf) => string) {}

  number(value: number): Expression {
    const v = rounded(value);
    const text = `number ${Object.is(v, -0) ? 0 : v}`;
    return this.shared(text, () => ({
      ...{ hash: hashText(text), skeleton: hashText('number'), free: none, height: 0, weight: 1, moves: false },
      ...{ kind: 'number', value: v === 0 ? 0 : value },
    }));
  }

  variable(name: string, size: number, shown: string): Variable {
    const text = `variable ${name} ${shown}`;
    return this.shared(text, () => {
      // A free variable's name says nothing: it is given away when the formula is closed.
      const hash = hashText(name.startsWith('~') ? `variable ${shown}` : text);
      const plain = { hash, skeleton: hash, free: new Set([name]), height: 0, weight: 1, moves: false };
      return { ...plain, kind: 'variable', name, size, shown };
    });
  }

  add(terms: readonly Weighted[], constant = 0): Expression {
    const found = new Map<Expression, Total>();
    const rest = new Total(constant);
    const put = (term: Expression, coefficient: number): void => {
      if (term.kind === 'number') rest.add(coefficient * term.value);
      else if (term.kind === 'sum') {
        rest.add(coefficient * term.constant);
        for (const inner of term.terms) put(inner.term, coefficient * inner.coefficient);
      } else {
        const total = found.get(term);
        if (total) total.add(coefficient);
        else found.set(term, new Total(coefficient));
      }
    };
    for (const { term, coefficient } of terms) put(term, coefficient);
    const kept = [...found]
      .map(([term, total]) => ({ term, coefficient: total.value }))
      .filter(({ coefficient }) => coefficient !== 0);
    return this.combination(kept, rest.value);
  }

  private combination(kept: Weighted[], rest: number): Expression {
    if (kept.length === 0) return this.number(rest);
    if (kept.length === 1 && rest === 0 && rounded(kept[0]!.coefficient) === 1) return kept[0]!.term;
    kept.sort((a, b) => compareParts(a.term, b.term) || a.coefficient - b.coefficient);
    const show = (part: (term: Expression) => number, c: (x: number) => string): string =>
      `sum ${c(rest)} ${kept.map(({ term, coefficient }) => `${c(coefficient)}*${part(term)}`).join(' ')}`;
    const key = show((t) => t.id, shown);
    return this.shared(key, () => ({
      ...this.joined(kept.map(({ term }) => term)),
      ...{ hash: hashText(show((t) => t.hash, shown)), skeleton: hashText(show((t) => t.skeleton, sign)) },
      ...{ kind: 'sum', terms: kept, constant: rest },
    }));
  }

  scale(x: Expression, coefficient: number): Expression {
    return this.add([{ term: x, coefficient }]);
  }

  subtract(x: Expression, y: Expression): Expression {
    return this.add([
      { term: x, coefficient: 1 },
      { term: y, coefficient: -1 },
    ]);
  }

  multiply(factors: readonly Raised[]): Expression {
    const found = new Map<Expression, number>();
    let coefficient = 1;
    const put = (factor: Expression, exponent: number): void => {
      if (factor.kind === 'number') {
        coefficient *= factor.value ** exponent;
        return;
      }
      if (factor.kind === 'product') {
        if (factor.factors.every((inner) => mergesPowers(inner.exponent, exponent)) && distributes(factor, exponent)) {
          for (const inner of factor.factors) put(inner.factor, inner.exponent * exponent);
          return;
        }
      } else if (factor.kind === 'sum') {
        const { content, monic } = this.monic(factor, exponent);
        if (content !== 1) {
          coefficient *= content ** exponent;
          put(monic, exponent);
          return;
        }
      }
      found.set(factor, rounded((found.get(factor) ?? 0) + exponent));
    };
    for (const { factor, exponent } of factors) put(factor, exponent);
    if (coefficient === 0) return this.number(0);
    const kept = [...found].filter(([, e]) => e !== 0).map(([factor, exponent]) => ({ factor, exponent }));
    if (kept.length === 0) return this.number(coefficient);
    if (kept.length === 1 && kept[0]!.exponent === 1) return this.scale(kept[0]!.factor, coefficient);
    kept.sort((a, b) => compareParts(a.factor, b.factor) || a.exponent - b.exponent);
    const show = (part: (x: Expression) => number): string =>
      `product ${kept.map(({ factor, exponent }) => `${part(factor)}^${exponent}`).join(' ')}`;
    const product = this.shared<Expression>(
      show((f) => f.id),
      () => ({
        ...this.joined(kept.map(({ factor }) => factor)),
        ...{ hash: hashText(show((f) => f.hash)), skeleton: hashText(show((f) => f.skeleton)) },
        ...{ kind: 'product', factors: kept },
      }),
    );
    return this.scale(product, coefficient);
  }

  power(x: Expression, exponent: number): Expression {
    return this.multiply([{ factor: x, exponent }]);
  }

  /** A sum as a number times a sum whose first coefficient is 1, or ±1 where the power has no other sign. */
  private monic(sum: Extract<Expression, { kind: 'sum' }>, exponent: number): { content: number; monic: Expression } {
    // Next to a constant under a root a coefficient stays where it is read.
    if (sum.constant !== 0 && !Number.isInteger(exponent)) return { content: 1, monic: sum };
    const lead = leading(sum.terms);
    const content = Number.isInteger(exponent) ? lead : Math.abs(lead);
    if (rounded(content) === 1) return { content: 1, monic: sum };
    return { content, monic: this.scale(sum, 1 / content) };
  }

  call(name: string, args: readonly Expression[], folded?: (...values: readonly number[]) => number): Expression {
    if (folded && args.every((arg) => arg.kind === 'number')) {
      const value = folded(...args.map((arg) => (arg.kind === 'number' ? arg.value : 0)));
      if (Number.isFinite(value)) return this.number(value);
    }
    if (name === 'log') {
      const [x] = args as [Expression];
      if (x.kind === 'call' && x.name === 'exp') return x.args[0]!;
      if (x.kind === 'sum' && x.constant === 0 && x.terms.length === 1 && x.terms[0]!.coefficient > 0)
        return this.add(
          [{ term: this.call('log', [x.terms[0]!.term]), coefficient: 1 }],
          Math.log(x.terms[0]!.coefficient),
        );
    }
    if (name === 'stop') {
      const [x] = args as [Expression];
      if (!x.moves || (x.kind === 'call' && x.name === 'stop')) return x;
      if (x.kind === 'sum')
        return this.add(
          x.terms.map(({ term, coefficient }) => ({ term: this.call('stop', [term]), coefficient })),
          x.constant,
        );
      if (x.kind === 'product')
        return this.multiply(
          x.factors.map(({ factor, exponent }) => ({ factor: this.call('stop', [factor]), exponent })),
        );
    }
    const ordered = commutative.has(name) ? [...args].sort(compareParts) : args;
    const show = (part: (x: Expression) => number): string => `${name} ${ordered.map(part).join(' ')}`;
    return this.shared(`call ${show((x) => x.id)}`, () => {
      const [hash, skeleton] = [hashText(show((x) => x.hash)), hashText(show((x) => x.skeleton))];
      const joined = this.joined(ordered);
      const moves = name === 'pin' || (joined.moves && name !== 'stop');
      return { ...joined, hash, skeleton, moves, kind: 'call', name, args: ordered };
    });
  }

  leaf(leaf: Leaf): Tensor {
    let number = this.leafNumbers.get(leaf);
    if (number === undefined) {
      number = this.leafNumbers.size;
      this.leafNumbers.set(leaf, number);
    }
    return this.shared(`leaf ${number}`, () => ({
      ...{ hash: hashText(`leaf ${leaf.kind} ${this.keyOf(leaf)}`), skeleton: hashText(`leaf ${leaf.kind}`) },
      ...{ free: none, height: 0, weight: 1, moves: leaf.moves },
      ...{ kind: 'tensor', leaf, operation: '', attributes: '', args: [] },
    }));
  }

  tensor(operation: string, attributes: string, args: readonly Lambda[], leaf?: Leaf): Tensor {
    const show = (part: (x: Lambda) => number): string => `${operation} ${attributes} ${args.map(part).join(' ')}`;
    const identity = leaf ? this.leaf(leaf).id : -1;
    return this.shared(`tensor ${identity} ${show((x) => x.id)}`, () => {
      const key = leaf ? `${leaf.kind} ${this.keyOf(leaf)}` : '';
      const hash = hashText(`${show((x) => x.hash)} ${key}`);
      const skeleton = hashText(`${operation} ${leaf?.kind} ${args.map((x) => x.skeleton).join(' ')}`);
      const joined = this.joined(args);
      const moves = leaf ? leaf.moves || (joined.moves && leaf.kind !== 'encoder') : joined.moves;
      return { ...joined, hash, skeleton, moves, kind: 'tensor', leaf, operation, attributes, args };
    });
  }

  at(tensor: Tensor, indices: readonly Expression[]): Expression {
    const show = (part: (x: Shared) => number): string => `at ${part(tensor)} ${indices.map(part).join(' ')}`;
    return this.shared(
      show((x) => x.id),
      () => ({
        ...this.joined([tensor, ...indices]),
        ...{ hash: hashText(show((x) => x.hash)), skeleton: hashText(show((x) => x.skeleton)) },
        ...{ moves: tensor.moves, kind: 'at', tensor, indices },
      }),
    );
  }

  /** With names that are final: see `binders.ts`. */
  closedReduce(by: Reduction, over: readonly Variable[], body: Expression): Expression {
    return this.binder(`reduce ${by}`, over, body, (plain) => ({ ...plain, kind: 'reduce', by, over, body }));
  }

  closedLambda(over: readonly Variable[], body: Expression): Lambda {
    return this.binder('lambda', over, body, (plain) => ({ ...plain, kind: 'lambda', over, body }));
  }

  private binder<P extends Expression | Tensor | Lambda>(
    what: string,
    over: readonly Variable[],
    body: Expression,
    make: (plain: Plain) => Omit<P, 'id'>,
  ): P {
    const names = over.map(({ name, shown }) => `${name}:${shown}`).join();
    const show = (part: number): string => `${what} ${names} ${part}`;
    return this.shared(show(body.id), () => {
      const free = new Set([...body.free].filter((name) => !over.some((v) => v.name === name)));
      // A tensor written out by its elements binds nothing that matters.
      const isWhole = what === 'lambda' && body.kind === 'at' && isElements(body, over);
      const height = isWhole ? body.tensor.height : body.height + over.length;
      const { weight, moves } = body;
      // As in print, the sizes of a tensor that is passed on as it is are not said.
      const [hash, skeleton] = isWhole
        ? [hashText(`whole ${body.tensor.hash}`), hashText(`whole ${body.tensor.skeleton}`)]
        : [hashText(show(body.hash)), hashText(show(body.skeleton))];
      return make({ hash, skeleton, free, height, weight: weight + 1, moves });
    });
  }

  private joined(parts: readonly Shared[]): Omit<Plain, 'hash' | 'skeleton'> {
    let free = none;
    let height = 0;
    let weight = 1;
    for (const part of parts) {
      free = union(free, part.free);
      if (part.height > height) height = part.height;
      weight += part.weight;
    }
    return { free, height, weight, moves: parts.some((part) => part.moves) };
  }

  private shared<P extends Expression | Tensor | Lambda>(key: string, make: () => Omit<P, 'id'>): P {
    const found = this.table.get(key);
    if (found) return found as P;
    const part = { ...make(), id: this.made++ } as unknown as P;
    this.table.set(key, part);
    return part;
  }
}

/** Whether an element is that of the tensor at these indices, after those of this example. */
export function isElements(x: Extract<Expression, { kind: 'at' }>, over: readonly Variable[]): boolean {
  const lead = x.indices.length - over.length;
  return (
    lead >= 0 &&
    over.every((v, i) => x.indices[lead + i] === v && !x.tensor.free.has(v.name)) &&
    x.indices.slice(0, lead).every((index) => index.kind === 'variable' && index.name === thisExample)
  );
}

/** One of the two where it holds the other. */
function union(a: ReadonlySet<string>, b: ReadonlySet<string>): ReadonlySet<string> {
  if (a === b || b.size === 0) return a;
  const [small, large] = a.size < b.size ? [a, b] : [b, a];
  for (const name of small) if (!large.has(name)) return new Set([...large, ...small]);
  return large;
}

/** A sum of numbers, which is 0 where nothing but rounding is left. */
class Total {
  private largest: number;

  constructor(private sum: number) {
    this.largest = Math.abs(sum);
  }

  add(x: number): void {
    this.sum += x;
    this.largest = Math.max(this.largest, Math.abs(x));
  }

  get value(): number {
    return Math.abs(this.sum) <= 1e-12 * this.largest ? 0 : this.sum;
  }
}

function shown(value: number): string {
  return String(rounded(value));
}

function sign(value: number): string {
  return value < 0 ? '-' : value > 0 ? '+' : '0';
}

/** The coefficient of the first term; of terms that nothing tells apart, the largest. */
function leading(terms: readonly Weighted[]): number {
  const first = terms[0]!;
  const alike = terms.filter(({ term }) => term.hash === first.term.hash);
  return Math.max(...alike.map(({ coefficient }) => coefficient));
}

/** Whether (x^a)^b is x^(a b) for every x: of a square's root it is not. */
function mergesPowers(inner: number, outer: number): boolean {
  return Number.isInteger(outer) || !(Number.isInteger(inner) && inner % 2 === 0);
}

/** Whether (x y)^b is x^b y^b: of roots only where there is one factor. */
function distributes(product: Extract<Expression, { kind: 'product' }>, exponent: number): boolean {
  return Number.isInteger(exponent) || product.factors.length === 1;
}
