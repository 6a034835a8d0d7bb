/**
 * Pipelines and networks as lists of operations: what views, masks and encoders are. Equal where the operations are, whatever the names
 * of states, draws and axes and the order of commutative operands; the order of operations is theirs.
 */
import type { Copy, TypedState } from '../check/elaborator.js';
import { isWeight, type TypedModel } from '../check/typed-model.js';
import { showShape } from '../graph/dim.js';
import { topological } from '../graph/schedule.js';
import { splat } from '../graph/simplify.js';
import type { Attrs, AttrValue, Axis, Node } from '../graph/types.js';
import { hashText, rounded, showSize } from './expression.js';
import { isDraw } from './leaves.js';

export interface Structure {
  /** One line an operation, which begins with its number. */
  readonly lines: readonly string[];
  /** Boundary nodes in the order of first use. */
  readonly boundary: readonly Node[];
  /** Numbers of the pipeline, in the order of use. */
  readonly constants: readonly number[];
  readonly operations: number;
  readonly draws: number;
  /** Parameters in the order of use, each with the operation that reads it. */
  readonly parameters: readonly { readonly operation: string; readonly shape: string; readonly count: number }[];
}

/** `nameOf`: how a node that is not looked into is written; undefined for all others. */
export function structureOf(model: TypedModel, root: Node, nameOf: (node: Node) => string | undefined): Structure {
  const reached = within(root, nameOf);
  const order = topological([root]).filter((node) => reached.has(node));
  const nameless = namelessHashes(order, nameOf);
  return new Writer(model, nameOf, nameless).write(root);
}

/** What is needed without what is only needed by boundary nodes. */
function within(root: Node, nameOf: (node: Node) => string | undefined): ReadonlySet<Node> {
  const seen = new Set<Node>();
  const stack = [root];
  while (stack.length > 0) {
    const node = stack.pop()!;
    if (seen.has(node)) continue;
    seen.add(node);
    if (nameOf(node) === undefined) stack.push(...node.args);
  }
  return seen;
}

const commutative = new Set(['add', 'mul', 'maximum', 'minimum', 'equal', 'logical_and', 'logical_or']);
const unnamed = new Set(['name', 'site', 'dtype']);

function showAttrs(attrs: Attrs, axisName: (axis: Axis) => string): string {
  return Object.keys(attrs)
    .filter((name) => !unnamed.has(name))
    .sort()
    .map((name) => `${name}: ${showAttr(attrs[name]!, axisName)}`)
    .join(', ');
}

function showAttr(value: AttrValue | readonly AttrValue[], axisName: (axis: Axis) => string): string {
  if (typeof value === 'number') return String(rounded(value));
  if (typeof value === 'string' || typeof value === 'boolean') return String(value);
  if (Array.isArray(value)) return `[${(value as readonly AttrValue[]).map((v) => showAttr(v, axisName)).join(', ')}]`;
  if ('kind' in (value as object)) return axisName(value as Axis);
  return showSize(value as never);
}

type Hashes = ReadonlyMap<Node, readonly [skeleton: number, whole: number]>;

function compareHashes(a: readonly [number, number], b: readonly [number, number]): number {
  return a[0] - b[0] || a[1] - b[1];
}

/** Of each operation and what it is made of, without names. */
function namelessHashes(order: readonly Node[], nameOf: (node: Node) => string | undefined): Hashes {
  const hashes = new Map<Node, readonly [skeleton: number, whole: number]>();
  for (const node of order) {
    const name = nameOf(node);
    const { op, attrs, type } = node;
    const args = name === undefined ? node.args.map((arg) => hashes.get(arg)!) : [];
    if (commutative.has(op)) args.sort(compareHashes);
    const axes = node.axes.map(({ kind, size }) => `${kind}${showSize(size)}`).sort();
    const shown = name ?? `${op} ${showAttrs(attrs, ({ kind, size }) => `${kind}${showSize(size)}`)}`;
    const text = (own: string, k: 0 | 1): number =>
      hashText(`${own} ${type.dtype}${showShape(type.shape)} ${axes.join()} ${args.map((arg) => arg[k]).join()}`);
    // Without numbers first, so that another number does not put operands in another order.
    hashes.set(node, [text(name ?? op, 0), text(shown, 1)]);
  }
  return hashes;
}

class Writer {
  private readonly lines: string[] = [];
  private readonly names = new Map<Node, string>();
  private readonly boundary: Node[] = [];
  private readonly constants: number[] = [];
  private readonly states = new Map<string, string>();
  private readonly sites = new Map<string, number>();
  private readonly axes = new Map<number, string>();
  private readonly parameters: { operation: string; shape: string; count: number }[] = [];
  private operations = 0;

  constructor(
    private readonly model: TypedModel,
    private readonly nameOf: (node: Node) => string | undefined,
    private readonly nameless: Hashes,
  ) {}

  write(root: Node): Structure {
    const result = this.visit(root);
    this.lines.push(`result ${result}`);
    const { lines, boundary, constants, operations, parameters } = this;
    return { lines, boundary, constants, operations, draws: this.sites.size, parameters };
  }

  private visit(root: Node): string {
    const stack: Node[] = [root];
    while (stack.length > 0) {
      const node = stack.at(-1)!;
      if (this.names.has(node)) {
        stack.pop();
        continue;
      }
      const missing = this.nameOf(node) === undefined ? this.ordered(node).filter((arg) => !this.names.has(arg)) : [];
      if (missing.length > 0) stack.push(...missing.reverse());
      else {
        this.names.set(node, this.line(node));
        stack.pop();
      }
    }
    return this.names.get(root)!;
  }

  private ordered(node: Node): Node[] {
    if (!commutative.has(node.op)) return [...node.args];
    const hash = (arg: Node): readonly [number, number] => this.nameless.get(arg) ?? [0, 0];
    return [...node.args].sort((a, b) => compareHashes(hash(a), hash(b)));
  }

  private line(node: Node): string {
    const name = this.nameOf(node);
    if (name !== undefined) {
      this.boundary.push(node);
      return name;
    }
    const value = splat(node);
    if (value !== undefined && node.type.shape.length === 0) {
      this.constants.push(rounded(value));
      return String(rounded(value));
    }
    if (node.op === 'state') return this.state(node);
    const args = this.ordered(node).map((arg) => this.names.get(arg)!);
    for (const arg of node.args) {
      const state = arg.op === 'state' ? this.model.states.find(({ name: n }) => n === arg.attrs['name']) : undefined;
      if (state && isWeight(this.model, state))
        this.parameters.push({ operation: node.op, shape: showShape(state.type.shape), count: countOf(state) });
    }
    const own = [node.op, ...args];
    if (isDraw(node)) own.push(`draw ${numbered(this.sites, String(node.attrs['site']))}`);
    if (node.op === 'running') own.push(this.stateNamed(String(node.attrs['name'])));
    const attrs = showAttrs(node.attrs, (axis) => this.axis(axis));
    const axes = node.axes.map((axis) => this.axis(axis)).sort();
    this.operations += 1;
    const number = `%${this.operations}`;
    this.lines.push(
      `${number}: ${node.type.dtype}${showShape(node.type.shape)} over ${axes.join()} = ${own.join(' ')} {${attrs}}`,
    );
    return number;
  }

  private axis({ id, kind, size }: Axis): string {
    const known = this.axes.get(id);
    if (known) return known;
    const name = `${kind}${this.axes.size}:${showSize(size)}`;
    this.axes.set(id, name);
    return name;
  }

  private state({ attrs }: Node): string {
    return this.stateNamed(String(attrs['name']));
  }

  /** A state's number; where it is met first, with how it begins. */
  private stateNamed(name: string): string {
    const known = this.states.get(name);
    if (known) return known;
    const state = this.model.states.find((s) => s.name === name)!;
    const trained = isWeight(this.model, state);
    const own = `${trained ? 'parameter' : state.role} ${this.states.size + 1}`;
    this.states.set(name, own);
    this.lines.push(`${own}: ${showShape(state.type.shape)} begins as ${this.initialOf(state)}`);
    return own;
  }

  /** A copy begins as what it follows. */
  private initialOf(state: TypedState): string {
    let source: TypedState | undefined = state;
    while (source?.copy) {
      const copy: Copy = source.copy;
      source = this.model.states.find(({ name }) => name === copy.source);
    }
    return source ? this.visit(source.initial) : 'nothing';
  }
}

function countOf(state: TypedState): number {
  return state.type.shape.reduce<number>((n, d) => n * Number(d), 1);
}

function numbered(numbers: Map<string, number>, name: string): number {
  let number = numbers.get(name);
  if (number === undefined) {
    number = numbers.size + 1;
    numbers.set(name, number);
  }
  return number;
}
