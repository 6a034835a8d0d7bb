// In: the same function emitted for the two numbers of examples of `probeBatches`.
// Out: one graph for any number, taken from the first input; undefined where they differ in more than sizes.
// Guarantee: for either number it computes what the emission for that number does.
import { dependsOnBatch, freeShape, type Size, shapeWithOneUnknown, sizesBetween } from '../sizes.js';
import type { FrozenGraph, FrozenTensor } from './emit-frozen.js';
import { GraphDef, intConstant, type NodeDef, shapeProto } from './graph-def.js';

export function freeBatch(first: FrozenGraph, second: FrozenGraph): FrozenGraph | undefined {
  if (first.inputs.length === 0 || first.nodes.length !== second.nodes.length) return undefined;
  const free = new Map<string, readonly Size[]>();
  const nodes: NodeDef[] = [];
  for (const [i, node] of first.nodes.entries()) {
    const other = second.nodes[i]!;
    const isAlike = node.name === other.name && node.op === other.op && node.input.join() === other.input.join();
    if (!isAlike) return undefined;
    if (isSame(node.attr, other.attr)) nodes.push(node);
    else if (node.op === 'Placeholder') nodes.push(node);
    else {
      const sizes = sizesOf(node, other);
      if (sizes === undefined) return undefined;
      free.set(node.name, sizes);
      nodes.push(node);
    }
  }
  const [inputs, outputs] = [tensors(first.inputs, second.inputs), tensors(first.outputs, second.outputs)];
  if (inputs === undefined || outputs === undefined) return undefined;
  return { nodes: withSizes(nodes, inputs, free), inputs, outputs };
}

/** Deeply, bytes included. */
function isSame(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (a instanceof Uint8Array && b instanceof Uint8Array)
    return a.length === b.length && a.every((byte, i) => byte === b[i]);
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  const keys = Object.keys(a);
  const at = (value: object, key: string): unknown => (value as Record<string, unknown>)[key];
  return keys.length === Object.keys(b).length && keys.every((key) => isSame(at(a, key), at(b, key)));
}

function sizesOf(a: NodeDef, b: NodeDef): readonly Size[] | undefined {
  const [first, second] = [intConstant(a), intConstant(b)];
  if (first === undefined || second === undefined || !isSame(first.shape, second.shape)) return undefined;
  return sizesBetween(first.values, second.values);
}

function tensors(first: readonly FrozenTensor[], second: readonly FrozenTensor[]): readonly FrozenTensor[] | undefined {
  const result = first.map((tensor, i) => {
    const shape = freeShape(tensor.shape, second[i]!.shape, -1);
    return shape && { ...tensor, shape };
  });
  return result.every((tensor) => tensor !== undefined) ? result : undefined;
}

/** The operations with sizes computed from the first input's where `Reshape` does not find them itself. */
function withSizes(
  nodes: readonly NodeDef[],
  inputs: readonly FrozenTensor[],
  free: ReadonlyMap<string, readonly Size[]>,
): readonly NodeDef[] {
  const to = new GraphDef();
  const made = new Map<string, string>();
  const once = (key: string, make: () => string): string => {
    const name = made.get(key) ?? make();
    made.set(key, name);
    return name;
  };
  const T = { type: 'DT_INT32' };
  const ints = (values: readonly number[]): string => to.constant('sizes', values, [values.length], 'int32');
  const count = (): string =>
    once('', () => {
      const shape = to.add('sizes/shape', 'Shape', [inputs[0]!.node], {
        T: { type: inputs[0]!.dtype === 'int32' ? 'DT_INT32' : 'DT_FLOAT' },
        out_type: T,
      });
      const masks = { begin_mask: 0, end_mask: 0, ellipsis_mask: 0, new_axis_mask: 0, shrink_axis_mask: 1 };
      const attrs = Object.fromEntries(Object.entries(masks).map(([name, i]) => [name, { i }]));
      return to.add('sizes/batch', 'StridedSlice', [shape, ints([0]), ints([1]), ints([1])], { T, Index: T, ...attrs });
    });
  const computed = (name: string, sizes: readonly Size[], isScalar: boolean): string =>
    once(`of ${name}`, () => {
      const constant = (values: readonly number[]): string =>
        to.constant('sizes', values, isScalar ? [] : [values.length], 'int32');
      const multiple = to.add('sizes/multiple', 'Mul', [count(), constant(sizes.map(({ times }) => times))], { T });
      return to.add('sizes/size', 'AddV2', [multiple, constant(sizes.map(({ plus }) => plus))], { T });
    });
  const byName = new Map(nodes.map((node) => [node.name, node]));
  const changed = nodes.flatMap((node): NodeDef[] => {
    if (free.has(node.name)) return [];
    const tensor = inputs.find((input) => input.node === node.name);
    if (tensor) return [{ ...node, attr: { ...node.attr, shape: { shape: shapeProto(tensor.shape) } } }];
    const input = node.input.map((name, i) => {
      const sizes = free.get(name);
      if (sizes === undefined || !sizes.some(dependsOnBatch)) return name;
      const shape = node.op === 'Reshape' && i === 1 ? shapeWithOneUnknown(sizes) : undefined;
      return shape ? ints(shape) : computed(name, sizes, intConstant(byName.get(name)!)!.shape.length === 0);
    });
    return [{ ...node, input }];
  });
  return [...changed, ...to.nodes];
}
