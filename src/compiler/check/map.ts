/**
 * Applying a function along leading axes that its signature does not have (as NumPy's generalised functions do).
 *
 * What makes all-pairs energies cheap is here: where every mapped argument is the collection of all examples (`batch(u)`, or `others(u)`)
 * and nothing else differs by example, mapping is the same as evaluating once per example and collecting:
 * f(batch(u)) = batch(f(u)). The function is then evaluated on `u` itself; likewise where it is called, within something that is mapped, on an element of that collection.
 */
import type { Span } from '../../grammar/source.js';
import { type Dim, sameDim, showDim } from '../graph/dim.js';
import type { Axis, Node } from '../graph/types.js';
import type { Elaborator } from './elaborator.js';
import { missing, type Value } from './values.js';

export interface MappedArgument {
  readonly name: string;
  readonly node: Node;
  /** How many leading dimensions to map over. */
  readonly leading: number;
}

export function mapped(
  e: Elaborator,
  args: readonly MappedArgument[],
  span: Span,
  body: (nodes: ReadonlyMap<string, Node>) => Value,
  onElement?: (args: readonly Node[], result: Value) => void,
): Value {
  const depth = Math.max(0, ...args.map((a) => a.leading));
  if (depth === 0) return ofEntered(e, args, span, body, onElement) ?? body(new Map(args.map((a) => [a.name, a.node])));
  return hoisted(e, args, span, body, onElement) ?? mappedAlong(e, args, depth, span, body);
}

/** f(batch(u)) as batch(f(u)); undefined where the arguments are not of that form. */
function hoisted(
  e: Elaborator,
  args: readonly MappedArgument[],
  span: Span,
  body: (nodes: ReadonlyMap<string, Node>) => Value,
  onElement?: (args: readonly Node[], result: Value) => void,
): Value | undefined {
  const collections = args.filter((a) => a.leading > 0);
  const op = collections[0]!.node.op;
  if (op !== 'batch' && op !== 'drop_self') return undefined;
  for (const { node, leading } of collections) if (node.op !== op || leading !== 1) return undefined;
  // A value computed of the others, unlike `others(u)`, has no element to go back to.
  if (op === 'drop_self' && collections.some(({ node }) => node.args[0]!.op !== 'batch')) return undefined;
  const element = (node: Node): Node => (op === 'batch' ? node : node.args[0]!).args[0]!;
  const axis = exampleAxisOf(element(collections[0]!.node));
  if (!axis || collections.some(({ node }) => exampleAxisOf(element(node)) !== axis)) return undefined;
  for (const { node, leading } of args)
    if (leading === 0 && node.axes.some((a) => a.kind === 'example')) return undefined;
  const single = args.map((a) => [a.name, a.leading > 0 ? element(a.node) : a.node] as const);
  const result = onSingle(single, body, onElement);
  return mapTensors(result, (node) => {
    const all = collect(e, node, axis, span);
    if (!all || op === 'batch') return all;
    return e.node('drop_self', [all], { axis: e.exampleAxis }, span, withAxis(all.axes, e.exampleAxis));
  });
}

/**
 * f of an element of batch(u), inside a body that is mapped over its axis, as that element of batch(f(u)); undefined where the arguments are not of that form. So
 * an encoder that other code calls on u runs once.
 */
function ofEntered(
  e: Elaborator,
  args: readonly MappedArgument[],
  span: Span,
  body: (nodes: ReadonlyMap<string, Node>) => Value,
  onElement?: (args: readonly Node[], result: Value) => void,
): Value | undefined {
  const isElement = ({ node }: MappedArgument): boolean => node.op === 'enter' && node.args[0]!.op === 'batch';
  const elements = args.filter(isElement);
  if (elements.length === 0) return undefined;
  const { axis: entered } = elements[0]!.node.attrs as { readonly axis: Axis };
  const element = (node: Node): Node => node.args[0]!.args[0]!;
  const axis = exampleAxisOf(element(elements[0]!.node));
  const isSame = ({ node }: MappedArgument): boolean =>
    (node.attrs['axis'] as Axis).id === entered.id && exampleAxisOf(element(node)) === axis;
  if (!axis || !elements.every(isSame)) return undefined;
  if (args.some((a) => !isElement(a) && a.node.axes.length > 0)) return undefined;
  const outerDraws = e.drawAxes;
  e.drawAxes = outerDraws.filter(({ id }) => id !== entered.id);
  const single = args.map((a) => [a.name, isElement(a) ? element(a.node) : a.node] as const);
  const result = onSingle(single, body, onElement);
  e.drawAxes = outerDraws;
  return mapTensors(result, (node) => {
    const all = collect(e, node, axis, span);
    return all && e.builder.op('enter', [all], { axis: entered }, { span, axes: withAxis(all.axes, entered) });
  });
}

/** The body on single examples, which stands for it on all of them. */
function onSingle(
  args: readonly (readonly [name: string, node: Node])[],
  body: (nodes: ReadonlyMap<string, Node>) => Value,
  onElement: ((args: readonly Node[], result: Value) => void) | undefined,
): Value {
  const result = body(new Map(args));
  onElement?.(
    args.map(([, node]) => node),
    result,
  );
  return result;
}

const mappedHelp = [
  'leading axes that a signature does not have are gone over together, each value of the one with that of the other: they must be as long',
  'for every value of the one with every value of the other, ask an energy, or a function, that goes over the one inside: of `E(x, batch(y))` one is asked of each example, whatever its body does with x',
];

function mappedAlong(
  e: Elaborator,
  args: readonly MappedArgument[],
  depth: number,
  span: Span,
  body: (nodes: ReadonlyMap<string, Node>) => Value,
): Value {
  // `others(u)` is mapped as `batch(u)`, and this example dropped from the result: one product for all pairs.
  const dropped = args.every((a) => a.leading === 0 || (a.leading === depth && a.node.op === 'drop_self'));
  const whole = dropped ? args.map((a) => (a.leading > 0 ? { ...a, node: a.node.args[0]! } : a)) : args;
  const axes: Axis[] = [];
  for (let k = depth - 1; k >= 0; k--) {
    let size: Dim | undefined;
    for (const { node, leading } of whole) {
      if (leading <= k) continue;
      const dim = node.type.shape[leading - 1 - k]!;
      if (size !== undefined && !sameDim(size, dim)) {
        return e.fail(
          'EBM2010',
          { message: `arguments are mapped along axes of ${showDim(size)} and ${showDim(dim)}` },
          span,
          { help: mappedHelp },
        );
      }
      size = dim;
    }
    const kind = typeof size !== 'number' && size!.text.includes('batch') ? 'example' : 'map';
    axes.push(e.mappedAxis(e.frames.length, k, size!, kind));
  }
  const nodes = new Map<string, Node>();
  for (const { name, node, leading } of whole) {
    let entered = node;
    for (const axis of axes.slice(depth - leading)) {
      entered = e.builder.op('enter', [entered], { axis }, { span, axes: withAxis(entered.axes, axis) });
    }
    nodes.set(name, entered);
  }
  const outerDraws = e.drawAxes;
  e.drawAxes = [...outerDraws, ...axes];
  const result = body(nodes);
  e.drawAxes = outerDraws;
  return mapTensors(result, (node) => {
    let left = node;
    for (const axis of [...axes].reverse()) {
      left = e.builder.op('leave', [left], { axis }, { span, axes: left.axes.filter((a) => a.id !== axis.id) });
    }
    if (!dropped) return left;
    return e.node('drop_self', [left], { axis: e.exampleAxis }, span, withAxis(left.axes, e.exampleAxis));
  });
}

/** `batch(e)`: the value for every example along a new leading axis; the same again where it does not differ by example. */
export function collect(e: Elaborator, node: Node, axis: Axis, span: Span): Node | undefined {
  if (!node.axes.some((a) => a.id === axis.id))
    return e.node('broadcast_to', [node], { shape: [axis.size, ...node.type.shape] }, span);
  const axes = node.axes.filter((a) => a.id !== axis.id);
  return e.builder.op('batch', [node], { size: axis.size, axis }, { span, axes });
}

/** The one axis of examples that a value runs over; undefined where there is none or more than one. */
export function exampleAxisOf(node: Node): Axis | undefined {
  const axes = node.axes.filter((a) => a.kind === 'example');
  return axes.length === 1 ? axes[0] : undefined;
}

function withAxis(axes: readonly Axis[], axis: Axis): Axis[] {
  return [...axes.filter((a) => a.id !== axis.id), axis].sort((a, b) => a.id - b.id);
}

function mapTensors(value: Value, change: (node: Node) => Node | undefined): Value {
  if (value.kind === 'tensor') {
    const node = change(value.node);
    return node ? { kind: 'tensor', node } : missing;
  }
  if (value.kind === 'record') {
    return { kind: 'record', fields: new Map([...value.fields].map(([name, v]) => [name, mapTensors(v, change)])) };
  }
  return value;
}
