/**
 * A frozen graph as tfjs's graph model: `model.json` (the GraphDef as JSON, its weights by name and where they are) and shards of bytes,
 * as `@tensorflow/tfjs-converter` reads them (tensorflowjs/converters/common.py and write_weights.py).
 */
import { EbmcError, report } from '../../../diagnostics/index.js';
import type { FrozenGraph } from './emit-frozen.js';
import { constantTensor, type NodeDef } from './graph-def.js';
import { signatureOf } from './saved-model.js';
import { producer } from './signatures.js';

export interface GraphModel {
  /** Without `weightsManifest`'s paths, which are the caller's. */
  json(paths: readonly string[]): string;
  /** Bytes of the weights, cut into shards. */
  readonly shards: readonly Uint8Array[];
}

/** What browsers cache well, and what the converter writes. */
const shardBytes = 4 * 1024 * 1024;

/** Operations of ours that tfjs executes on all its backends. */
const executed: ReadonlySet<string> = new Set([
  ...['Placeholder', 'Const', 'Identity', 'Cast', 'Fill', 'Shape', 'Reshape', 'Transpose', 'BroadcastTo', 'ConcatV2'],
  ...['Slice', 'StridedSlice', 'Pad', 'ReverseV2', 'GatherV2', 'SelectV2', 'ArgMax', 'TopKV2', 'ExpandDims'],
  ...['Neg', 'Exp', 'Log', 'Log1p', 'Sqrt', 'Rsqrt', 'Tanh', 'Sigmoid', 'Erf', 'Relu', 'Abs', 'Sign', 'Sin', 'Cos'],
  ...['Floor', 'Softplus', 'Square', 'Reciprocal', 'AddV2', 'Sub', 'Mul', 'RealDiv', 'Pow', 'Maximum', 'Minimum'],
  ...['Greater', 'GreaterEqual', 'Less', 'LessEqual', 'Equal', 'LogicalAnd', 'LogicalOr', 'LogicalNot', 'IsFinite'],
  ...['Sum', 'Mean', 'Max', 'Min', 'SquaredDifference', 'MatMul', 'BatchMatMulV2', 'Conv2D'],
]);

/** Throws EBM5050 at an operation that tfjs does not execute, or does not execute alike on all backends. */
export function graphModel(graph: FrozenGraph, version: string, metadata: object): GraphModel {
  for (const node of graph.nodes) {
    // The wasm backend overlooks batch_dims (4.22).
    const isBatchedGather = node.op === 'GatherV2' && (node.attr['batch_dims'] as { i?: number } | undefined)?.i;
    if (!executed.has(node.op) || isBatchedGather) throw notExecuted(node);
  }
  const constants = graph.nodes.flatMap((node) => {
    const tensor = constantTensor(node);
    return tensor ? [{ name: node.name, ...tensor }] : [];
  });
  const weights = constants.map(({ name, dtype, tensorShape }) => ({
    name,
    shape: tensorShape.dim.map(({ size }) => size),
    dtype: weightTypes[dtype],
  }));
  const shards = cut(constants.map(({ tensorContent }) => tensorContent));
  const json = (paths: readonly string[]): string =>
    JSON.stringify({
      ...{ format: 'graph-model', generatedBy: version, convertedBy: null },
      signature: withTextSizes(signatureOf(graph)),
      userDefinedMetadata: metadata,
      modelTopology: { node: graph.nodes.map(nodeJson), library: {}, versions: { producer } },
      weightsManifest: [{ paths, weights }],
    });
  return { json, shards };
}

function notExecuted({ op, name }: NodeDef): EbmcError {
  const scope = name.split('/').slice(1, -1).join('/');
  return new EbmcError([report('EBM5050', { op, scope, format: 'tfjs' })]);
}

const weightTypes: Readonly<Record<string, string>> = { DT_FLOAT: 'float32', DT_INT32: 'int32', DT_BOOL: 'bool' };

/** One after the other in shards of equal size, without gaps. */
function cut(parts: readonly Uint8Array[]): readonly Uint8Array[] {
  const total = parts.reduce((sum, { length }) => sum + length, 0);
  const shards = Array.from(
    { length: Math.max(1, Math.ceil(total / shardBytes)) },
    (_, i) => new Uint8Array(Math.min(shardBytes, total - i * shardBytes)),
  );
  let at = 0;
  for (const part of parts) {
    for (let from = 0; from < part.length; ) {
      const offset = at % shardBytes;
      const count = Math.min(part.length - from, shardBytes - offset);
      shards[Math.floor(at / shardBytes)]!.set(part.subarray(from, from + count), offset);
      from += count;
      at += count;
    }
  }
  return shards;
}

/** As protobuf's JSON has it: 64-bit numbers as text, bytes in base64. The numbers of constants are in the shards. */
function nodeJson(node: NodeDef): object {
  const { name, op, input } = node;
  const attr = Object.entries(node.attr).map(([key, value]) => [key, attrJson(value)] as const);
  return { name, op, input, attr: Object.fromEntries(attr) };
}

function attrJson(attr: object): object {
  if ('tensor' in attr) {
    const { dtype, tensorShape } = attr.tensor as { dtype: string; tensorShape: object };
    return { tensor: { dtype, tensorShape: withTextSizes(tensorShape) } };
  }
  if ('s' in attr) return { s: btoa(String.fromCharCode(...(attr.s as Uint8Array))) };
  if ('i' in attr) return { i: String(attr.i) };
  if ('list' in attr) return { list: { i: ((attr.list as { i?: readonly number[] }).i ?? []).map(String) } };
  return withTextSizes(attr);
}

function withTextSizes(value: object): object {
  return JSON.parse(JSON.stringify(value), (key, item: unknown) => (key === 'size' ? String(item) : item)) as object;
}
