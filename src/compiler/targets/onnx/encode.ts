/** An ONNX graph as the bytes of a file. */
import type { OnnxAttr } from '../../graph/ops/index.js';
import { opset } from './emit.js';
import type { OnnxConstant, OnnxGraph, OnnxNode, OnnxValue } from './graph.js';
import { encodeModel, typeNumber } from './proto.js';

export interface OnnxAbout {
  readonly name: string;
  readonly version: string;
  readonly description: string;
  /** What each input and output holds, by name. */
  readonly values: Readonly<Record<string, string>>;
  readonly metadata: Readonly<Record<string, string>>;
}

/** The IR version that came with opset 17. */
const irVersion = 8;

export function encodeOnnx(graph: OnnxGraph, about: OnnxAbout): Uint8Array {
  const value = ({ name, type, shape }: OnnxValue): object => ({
    name,
    docString: about.values[name] ?? '',
    type: { tensorType: { elemType: type, shape: { dim: shape.map(dimension) } } },
  });
  return encodeModel({
    irVersion,
    producerName: 'ebmc',
    producerVersion: about.version,
    docString: about.description,
    opsetImport: [{ domain: '', version: opset }],
    metadataProps: Object.entries(about.metadata).map(([key, text]) => ({ key, value: text })),
    graph: {
      name: about.name,
      node: graph.nodes.map(nodeProto),
      initializer: [...graph.constants].map(([name, constant]) => tensorProto(name, constant)),
      input: graph.inputs.map(value),
      output: graph.outputs.map(value),
    },
  });
}

function dimension(size: number | string): object {
  return typeof size === 'number' ? { dimValue: size } : { dimParam: size };
}

function nodeProto({ op, inputs, outputs, attrs }: OnnxNode): object {
  const attribute = Object.entries(attrs).map(([name, attr]) => ({ name, ...attributeProto(attr) }));
  return { input: inputs, output: outputs, name: outputs[0], opType: op, attribute };
}

function attributeProto(attr: OnnxAttr): object {
  if ('type' in attr) return { type: 'INT', i: typeNumber(attr.type) };
  if ('i' in attr) return { type: 'INT', i: attr.i };
  if ('f' in attr) return { type: 'FLOAT', f: attr.f };
  if ('s' in attr) return { type: 'STRING', s: new TextEncoder().encode(attr.s) };
  return { type: 'INTS', ints: attr.ints };
}

function tensorProto(name: string, { type, shape, data }: OnnxConstant): object {
  return { name, dims: shape, dataType: type, rawData: bytesOf(type, data) };
}

/** Little-endian, as on every machine that Node or a browser runs on. */
function bytesOf(type: OnnxConstant['type'], data: OnnxConstant['data']): Uint8Array {
  if (!Array.isArray(data)) {
    const typed = data as Exclude<OnnxConstant['data'], readonly number[]>;
    return new Uint8Array(typed.buffer, typed.byteOffset, typed.byteLength);
  }
  switch (type) {
    case 'float32':
      return new Uint8Array(Float32Array.from(data).buffer);
    case 'int32':
      return new Uint8Array(Int32Array.from(data).buffer);
    case 'int64':
      return new Uint8Array(BigInt64Array.from(data, BigInt).buffer);
    case 'bool':
      return Uint8Array.from(data, (value) => Number(value !== 0));
  }
}
