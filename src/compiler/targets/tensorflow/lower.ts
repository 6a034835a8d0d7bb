/** A graph of ours as operations of a TensorFlow graph, from the op table. */
import { ops, type ProcessorContext, type TensorflowContext } from '../../graph/ops/index.js';
import { narrowOf } from '../../graph/ops/narrow.js';
import { adamwArguments } from '../../graph/ops/optimizer-steps.js';
import { hash32 } from '../../graph/random.js';
import { rootsOf, scheduleGraph } from '../../graph/schedule.js';
import type { Graph, Node } from '../../graph/types.js';
import { callFunction } from './fuse/call-function.js';
import { callCompiled, compiledFunction, writerOf } from './fuse/compiled.js';
import type { Region } from './fuse/regions.js';
import { dataType, GraphDef } from './graph-def.js';

/** Where a lowered graph finds what it does not compute. */
export interface Sources {
  /** The tensor of an `input` node. */
  input(node: Node): string;
  /** The tensor of a state's value at the start of the call. */
  state(name: string): string;
  /** The tensor of a parameter's value after the optimizer's step, which is written in place. */
  stepped(name: string): string;
  /** Rows of such a value, where it is large and only they are wanted; undefined where it is to be read as a whole. */
  rows(state: string, index: string): string | undefined;
  /** Seed (int32) and step (two int32 words, the low one first): where random numbers come from. */
  readonly seed: () => string;
  readonly step: () => string;
}

export interface LoweringOptions {
  /** Computed by one call each. */
  readonly regions?: readonly Region[];
  /** See TensorflowContext. */
  readonly onProcessor?: boolean;
}

/** Adds a graph's operations, their names below `prefix`; returns the tensor of every node that a root needs. */
export function lowerGraph(
  to: GraphDef,
  graph: Graph,
  prefix: string,
  sources: Sources,
  { regions = [], onProcessor = false }: LoweringOptions = {},
): (node: Node) => string {
  const tensors = new Map<Node, string>();
  const tensorOf = (node: Node): string => {
    if (node.op === 'state') return sources.state(String(node.attrs['name']));
    if (node.op === 'adamw_step') return sources.stepped(String(adamwArguments(node.args).parameter.attrs['name']));
    return tensors.get(node)!;
  };
  const draws = drawsOf(to, prefix, sources);
  const written = new Set(
    Object.entries(graph.updates).flatMap(([name, node]) => (rowsWritten(name, node) ? [node] : [])),
  );
  const regionOf = new Map(regions.flatMap((region) => region.outputs.map((node) => [node, region] as const)));
  const inside = new Set(regions.flatMap((region) => region.nodes));
  const alone = scheduleGraph(graph).filter((node) => !inside.has(node));
  const takenOf = (nodes: readonly Node[]): readonly Node[] => nodes.flatMap(({ args }) => args);
  const wanted = {
    narrow: new Map(
      alone.flatMap((node) => {
        const type = narrowOf(node);
        return type ? node.args.map((arg) => [arg, type] as const) : [];
      }),
    ),
    wide: new Set([
      ...rootsOf(graph),
      ...takenOf(alone.filter((node) => !narrowOf(node))),
      ...regions.flatMap((region) => region.inputs),
    ]),
  };
  /** A region may run before operations that stand before its last one, so what it takes may not be there yet. */
  const lower = (node: Node): void => {
    // Those are written where they are assigned, or within a function alone.
    if (node.op === 'state' || node.op === 'adamw_step' || written.has(node) || tensors.has(node)) return;
    const region = regionOf.get(node);
    if (region) {
      region.inputs.forEach(lower);
      const results = callFunction(to, region, `${placeOf(node, prefix)}/fused`, tensorOf, wanted);
      for (const [output, tensor] of results) tensors.set(output, tensor);
    } else {
      node.args.forEach(lower);
      tensors.set(node, lowerNode(to, node, prefix, sources, tensorOf, draws, onProcessor));
    }
  };
  for (const node of scheduleGraph(graph)) if (regionOf.has(node) || !inside.has(node)) lower(node);
  return tensorOf;
}

function placeOf({ scope }: Node, prefix: string): string {
  return scope === '' ? prefix : `${prefix}/${scope}`;
}

function lowerNode(
  to: GraphDef,
  node: Node,
  prefix: string,
  sources: Sources,
  tensorOf: (node: Node) => string,
  draws: TensorflowContext['draws'],
  onProcessor: boolean,
): string {
  if (node.op === 'input') return sources.input(node);
  const op = ops[node.op];
  const rows = rowsRead(node);
  const taken = rows && sources.rows(rows.state, tensorOf(rows.index));
  if (taken !== undefined) return taken;
  if (op.tensorflow === undefined) throw new Error(`${node.op} has no lowering to TensorFlow`);
  const place = placeOf(node, prefix);
  const context: TensorflowContext = {
    args: node.args.map(tensorOf),
    argTypes: node.args.map((arg) => arg.type),
    type: node.type,
    op: (name, inputs, attrs = {}) => to.share(`${place}/${name}`, name, inputs, attrs),
    ints: (values) =>
      typeof values === 'number'
        ? to.constant(prefix, values, [], 'int32')
        : to.constant(prefix, values, [values.length], 'int32'),
    constant: (value, shape, dtype) => to.constant(prefix, value, shape, dtype),
    draws,
    ...(onProcessor ? { processor: processorOf(to, place) } : {}),
  };
  return op.tensorflow(context, node.attrs);
}

function processorOf(to: GraphDef, place: string): ProcessorContext {
  return {
    compiled(key, args, write) {
      const type = dataType('float32');
      const definition = to.define(key, (name) => {
        const body = new GraphDef();
        const results = write(
          writerOf(body),
          args.map((_, i) => `x${i}`),
        );
        return compiledFunction(
          name,
          body,
          args.map(() => type),
          results.map((tensor) => ({ tensor, type })),
        );
      });
      return callCompiled(to, `${place}/compiled`, definition, args);
    },
  };
}

/** Where a node takes rows of a state. */
function rowsRead({ op, args, attrs }: Node): { readonly state: string; readonly index: Node } | undefined {
  const [table, index] = args;
  if (op !== 'gather' || table?.op !== 'state' || attrs['axis'] !== 0 || attrs['batchDims'] !== 0) return undefined;
  return { state: String(table.attrs['name']), index: index! };
}

/** Where a state's new value is the old one with some rows replaced: those rows, to be written in place. */
export function rowsWritten(
  state: string,
  { op, args }: Node,
): { readonly index: Node; readonly rows: Node } | undefined {
  const [table, index, rows] = args;
  if (op !== 'write_rows' || table?.op !== 'state' || table.attrs['name'] !== state) return undefined;
  return { index: index!, rows: rows! };
}

/** Philox's key is the seed and the site's hash, its counter starts at (0, step): words of 32 bits, seen as pairs of 64. */
function drawsOf(to: GraphDef, prefix: string, sources: Sources): TensorflowContext['draws'] {
  let counter: string | undefined;
  let seed: string | undefined;
  const words = { T: { type: 'DT_INT32' }, type: { type: 'DT_UINT64' } };
  const joined = (name: string, parts: readonly string[], shape: readonly number[]): string => {
    const axis = to.constant(prefix, 0, [], 'int32');
    const types = { T: { type: 'DT_INT32' }, Tidx: { type: 'DT_INT32' } };
    const all = to.add(`${prefix}/${name}/words`, 'ConcatV2', [...parts, axis], { ...types, N: { i: parts.length } });
    const shaped = to.add(`${prefix}/${name}/pairs`, 'Reshape', [all, to.constant(prefix, shape, [2], 'int32')], {
      T: { type: 'DT_INT32' },
      Tshape: { type: 'DT_INT32' },
    });
    return to.add(`${prefix}/${name}`, 'Bitcast', [shaped], words);
  };
  return (site) => {
    seed ??= to.add(`${prefix}/seed_word`, 'Reshape', [sources.seed(), to.constant(prefix, [1], [1], 'int32')], {
      T: { type: 'DT_INT32' },
      Tshape: { type: 'DT_INT32' },
    });
    counter ??= joined('counter', [to.constant(prefix, [0, 0], [2], 'int32'), sources.step()], [2, 2]);
    const hash = to.constant(prefix, [hash32(site) | 0], [1], 'int32');
    return { key: joined(`key_${site}`, [seed, hash], [1, 2]), counter };
  };
}
