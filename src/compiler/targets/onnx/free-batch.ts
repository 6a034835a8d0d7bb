// In: the same function emitted for the two numbers of examples of `probeBatches`.
// Out: one graph for any number, taken from the first input; undefined where they differ in more than sizes.
// Guarantee: for either number it computes what the emission for that number does.
import { dependsOnBatch, freeShape, type Size, shapeWithOneUnknown, sizesBetween } from '../sizes.js';
import type { OnnxConstant, OnnxGraph, OnnxNode, OnnxValue } from './graph.js';

/** The name of the free dimension. */
export const batchName = 'batch';

export function freeBatch(first: OnnxGraph, second: OnnxGraph): OnnxGraph | undefined {
  if (first.inputs.length === 0 || first.nodes.length !== second.nodes.length) return undefined;
  if (first.nodes.some((node, i) => JSON.stringify(node) !== JSON.stringify(second.nodes[i]))) return undefined;
  const free = new Map<string, readonly Size[]>();
  for (const [name, constant] of first.constants) {
    const other = second.constants.get(name);
    if (other === undefined || other.type !== constant.type) return undefined;
    if (isSame(constant, other)) continue;
    const sizes = constant.type === 'int64' ? sizesBetween([...constant.data], [...other.data]) : undefined;
    if (sizes === undefined) return undefined;
    free.set(name, sizes);
  }
  const [inputs, outputs] = [values(first.inputs, second.inputs), values(first.outputs, second.outputs)];
  if (inputs === undefined || outputs === undefined) return undefined;
  return { ...withSizes(first, free), inputs, outputs };
}

function isSame(a: OnnxConstant, b: OnnxConstant): boolean {
  if (a.data === b.data) return true;
  return a.data.length === b.data.length && a.data.every((value, i) => Object.is(value, b.data[i]));
}

function values(first: readonly OnnxValue[], second: readonly OnnxValue[]): readonly OnnxValue[] | undefined {
  const result = first.map((value, i) => {
    const shape = freeShape(value.shape.map(Number), second[i]!.shape.map(Number), batchName);
    return shape && { ...value, shape };
  });
  return result.every((value) => value !== undefined) ? result : undefined;
}

/** The graph with sizes computed from the first input's where `Reshape` does not find them itself. */
function withSizes(graph: OnnxGraph, free: ReadonlyMap<string, readonly Size[]>): OnnxGraph {
  const constants = new Map([...graph.constants].filter(([name]) => !free.has(name)));
  const before: OnnxNode[] = [];
  const add = (op: string, inputs: readonly string[], name: string, attrs: OnnxNode['attrs'] = {}): string => {
    before.push({ op, inputs, outputs: [name], attrs });
    return name;
  };
  const list = (name: string, data: readonly number[]): string => {
    constants.set(name, { type: 'int64', shape: [data.length], data });
    return name;
  };
  const made = new Map<string, string>();
  const once = (key: string, make: () => string): string => {
    const name = made.get(key) ?? make();
    made.set(key, name);
    return name;
  };
  const count = (): string =>
    once('', () => {
      const shape = add('Shape', [graph.inputs[0]!.name], 'batch.sizes/shape');
      return add('Gather', [shape, list('batch.sizes/first', [0])], 'batch.sizes/batch', { axis: { i: 0 } });
    });
  const computed = (name: string, sizes: readonly Size[]): string =>
    once(`of ${name}`, () => {
      const times = list(
        `batch.sizes/${name}/times`,
        sizes.map((size) => size.times),
      );
      const plus = list(
        `batch.sizes/${name}/plus`,
        sizes.map((size) => size.plus),
      );
      return add('Add', [add('Mul', [count(), times], `batch.sizes/${name}/multiple`), plus], `batch.sizes/${name}`);
    });
  const nodes = graph.nodes.map((node) => {
    if (!node.inputs.some((name) => free.has(name))) return node;
    const inputs = node.inputs.map((name) => {
      const sizes = free.get(name);
      if (sizes === undefined || !sizes.some(dependsOnBatch)) return name;
      const shape = node.op === 'Reshape' ? shapeWithOneUnknown(sizes) : undefined;
      return shape ? once(`shape ${name}`, () => list(`batch.sizes/${name}/shape`, shape)) : computed(name, sizes);
    });
    return { ...node, inputs };
  });
  return { ...graph, nodes: [...before, ...nodes], constants };
}
