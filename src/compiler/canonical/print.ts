/** Formulas as text. What is used more than once and is no short is given a name, on a line of its own before. */

import { isElements } from './algebra.js';
import {
  childrenOf,
  type Expression,
  type Lambda,
  type Leaf,
  type Part,
  rounded,
  type Tensor,
  thisExample,
  type Variable,
} from './expression.js';

const places = ['i', 'j', 'k', 'l', 'o', 'p', 'q', 'w', 'z'];
/** Operations from which on something that is used twice has a name. */
const long = 9;

export class Printer {
  readonly definitions: string[] = [];
  private readonly named = new Map<Part, string>();
  private readonly uses = new Map<Part, number>();

  constructor(
    private readonly nameOf: (leaf: Leaf) => string,
    roots: readonly Part[],
  ) {
    for (const root of roots) this.count(root);
  }

  private count(root: Part): void {
    const stack: Part[] = [root];
    while (stack.length > 0) {
      const part = stack.pop()!;
      const uses = (this.uses.get(part) ?? 0) + 1;
      this.uses.set(part, uses);
      if (uses === 1) stack.push(...childrenOf(part).map(([child]) => child));
    }
  }

  expression(x: Expression): string {
    return this.level(x, 0);
  }

  lambda({ over, body }: Lambda): string {
    if (over.length === 0) return this.level(body, 0);
    if (body.kind === 'at' && isElements(body, over)) return this.tensor(body.tensor);
    return `(${over.map((v) => `${showVariable(v)}:${v.shown}`).join(', ')} ↦ ${this.level(body, 0)})`;
  }

  /** `level`: 0 where a sum may stand, 1 a product, 2 a power, 3 an atom. */
  private level(x: Expression, level: number): string {
    if (x.weight >= long && (this.uses.get(x) ?? 0) > 1 && x.kind !== 'at') return this.definition(x);
    const [text, own] = this.written(x);
    return own < level ? `(${text})` : text;
  }

  private definition(x: Expression): string {
    const known = this.named.get(x);
    if (known) return known;
    const [text] = this.written(x);
    const free = [...x.free].filter((name) => name !== thisExample).sort();
    const name = `u${this.definitions.length + 1}${free.length > 0 ? `[${free.map(showName).join(', ')}]` : ''}`;
    this.definitions.push(`${name} = ${text}`);
    this.named.set(x, name);
    return name;
  }

  /** A long value, by name. */
  private value(tensor: Tensor): string {
    const known = this.named.get(tensor);
    if (known) return known;
    const text = this.lambda(tensor.args[0]!);
    const name = `u${this.definitions.length + 1}`;
    this.definitions.push(`${name} = ${text}`);
    this.named.set(tensor, name);
    return name;
  }

  private written(x: Expression): readonly [text: string, level: number] {
    switch (x.kind) {
      case 'number':
        return [showNumber(x.value), x.value < 0 ? 0 : 3];
      case 'variable':
        return [showVariable(x), 3];
      case 'sum': {
        const terms = x.terms.map(
          ({ term, coefficient }) => [coefficient, this.weighted(Math.abs(coefficient), term)] as const,
        );
        const all = x.constant === 0 ? terms : [...terms, [x.constant, showNumber(Math.abs(x.constant))] as const];
        const text = all
          .map(([c, t], i) => (i === 0 ? `${c < 0 ? '-' : ''}${t}` : ` ${c < 0 ? '-' : '+'} ${t}`))
          .join('');
        return [text, all.length === 1 && all[0]![0] > 0 ? 1 : 0];
      }
      case 'product':
        return [
          x.factors
            .map(({ factor, exponent }) =>
              exponent === 1 ? this.level(factor, 2) : `${this.level(factor, 3)}^${showExponent(exponent)}`,
            )
            .join(' · '),
          1,
        ];
      case 'reduce': {
        const over = x.over.map((v) => `${showVariable(v)}:${v.shown}`).join(', ');
        return [`${x.by === 'sum' ? 'Σ' : x.by}[${over}] ${this.level(x.body, x.by === 'sum' ? 1 : 3)}`, 1];
      }
      case 'call':
        return [`${x.name}(${x.args.map((arg) => this.level(arg, 0)).join(', ')})`, 3];
      case 'at': {
        const [first, ...rest] = x.indices;
        const own = first?.kind === 'variable' && first.name === thisExample ? rest : x.indices;
        const shown = own.map((index) => this.level(index, 0));
        return [`${this.tensor(x.tensor)}${shown.length > 0 ? `[${shown.join(', ')}]` : ''}`, 3];
      }
    }
  }

  /** c · term. */
  weighted(coefficient: number, term: Expression): string {
    return rounded(coefficient) === 1 ? this.level(term, 1) : `${showNumber(coefficient)} · ${this.level(term, 1)}`;
  }

  private tensor(tensor: Tensor): string {
    const { leaf, operation, attributes, args } = tensor;
    if (leaf && operation === '') return this.nameOf(leaf);
    if (leaf && operation === 'field') return `${this.nameOf(leaf)}.${Number(attributes) + 1}`;
    if (leaf && (operation === 'weight' || operation === 'kept'))
      return `${this.nameOf(leaf)}.${operation}${Number(attributes) + 1}`;
    if (operation === 'value') return this.value(tensor);
    const given = args.map((arg) => this.lambda(arg)).join(', ');
    if (leaf) {
      const [form, output] = attributes.split('.');
      return `${this.nameOf(leaf)}${form === '' ? '' : `'${form}`}(${given})${output === '0' ? '' : `.${Number(output) + 1}`}`;
    }
    return `${operation}${attributes === '' ? '' : `{${attributes}}`}(${given})`;
  }
}

export function showName(name: string): string {
  if (!name.startsWith('#')) return name;
  if (name.startsWith('#n')) return name.slice(1);
  const depth = Number(name.slice(1));
  return places[depth - 1] ?? `i${depth}`;
}

function showVariable({ name }: Variable): string {
  return showName(name);
}

/** What fractions are shown of. */
const largestAbove = 1000;
const largestBelow = 1e9;

/** 1/784 rather than 0.00127551020408. */
export function showNumber(value: number): string {
  const decimal = String(rounded(value));
  const size = Math.abs(value);
  if (decimal.length > 5 && size > 1e-9 && size < 1e3)
    for (let above = 1; above <= largestAbove; above++) {
      const below = above / size;
      if (below > largestBelow) break;
      const whole = Math.round(below);
      if (whole > 1 && rounded(below / whole) === 1) return `${value < 0 ? '-' : ''}${above}/${whole}`;
    }
  return decimal;
}

function showExponent(value: number): string {
  return value === 0.5 ? '(1/2)' : value < 0 || !Number.isInteger(value) ? `(${showNumber(value)})` : String(value);
}
