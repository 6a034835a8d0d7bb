/** Collects the operations of an ONNX graph. */
import type { OnnxAttr, OnnxType } from '../../graph/ops/index.js';

export interface OnnxNode {
  readonly op: string;
  readonly inputs: readonly string[];
  /** Names of its results; the first is the operation's own. */
  readonly outputs: readonly string[];
  readonly attrs: Readonly<Record<string, OnnxAttr>>;
}

export interface OnnxConstant {
  readonly type: OnnxType;
  readonly shape: readonly number[];
  readonly data: Float32Array | Int32Array | Uint8Array | readonly number[];
}

/** A value from or for the caller. A size that is a name is free. */
export interface OnnxValue {
  readonly name: string;
  readonly type: OnnxType;
  readonly shape: readonly (number | string)[];
}

export interface OnnxGraph {
  readonly nodes: readonly OnnxNode[];
  readonly constants: ReadonlyMap<string, OnnxConstant>;
  readonly inputs: readonly OnnxValue[];
  readonly outputs: readonly OnnxValue[];
}

/** Elements of a constant of one number that is written out. */
const largestConstant = 4096;

export class OnnxGraphBuilder {
  readonly nodes: OnnxNode[] = [];
  readonly constants = new Map<string, OnnxConstant>();
  private readonly names = new Set<string>();
  private readonly known = new Map<string, string>();

  /** Keeps a name from being given to anything else. */
  reserve(name: string): string {
    this.names.add(name);
    return name;
  }

  /** Adds an operation under a name like `wanted`, unless the same is there already; returns the name of its first result. */
  share(
    wanted: string,
    op: string,
    inputs: readonly string[],
    attrs: Readonly<Record<string, OnnxAttr>>,
    results = 1,
  ): string {
    const key = `${op}|${inputs.join(',')}|${JSON.stringify(attrs)}`;
    return this.once(key, () => {
      const name = this.fresh(wanted);
      this.add(op, inputs, [name, ...Array.from({ length: results - 1 }, (_, i) => `${name}:${i + 1}`)], attrs);
      return name;
    });
  }

  add(
    op: string,
    inputs: readonly string[],
    outputs: readonly string[],
    attrs: Readonly<Record<string, OnnxAttr>> = {},
  ): void {
    this.nodes.push({ op, inputs, outputs, attrs });
  }

  /** A constant; equal ones are one. */
  constant(value: number | readonly number[], shape: readonly number[], type: OnnxType): string {
    const list = typeof value === 'number' ? `all ${numberKey(value)}` : value.map(numberKey).join(',');
    return this.once(`${type}|${shape.join(',')}|${list}`, () => {
      const count = shape.reduce((product, size) => product * size, 1);
      if (typeof value === 'number' && count > largestConstant)
        return this.share(
          'fill',
          'Expand',
          [this.constant(value, [], type), this.constant(shape, [shape.length], 'int64')],
          {},
        );
      const name = this.fresh('constant');
      const data = typeof value === 'number' ? new Array<number>(count).fill(value) : value;
      this.constants.set(name, { type, shape, data });
      return name;
    });
  }

  /** A weight under its own name, or one like it. */
  weight(wanted: string, constant: OnnxConstant): string {
    const name = this.fresh(wanted);
    this.constants.set(name, constant);
    return name;
  }

  private once(key: string, make: () => string): string {
    const found = this.known.get(key);
    if (found !== undefined) return found;
    const name = make();
    this.known.set(key, name);
    return name;
  }

  private fresh(wanted: string): string {
    let name = wanted;
    for (let i = 1; this.names.has(name); i++) name = `${wanted}_${i}`;
    this.names.add(name);
    return name;
  }
}

function numberKey(value: number): string {
  return Object.is(value, -0) ? '-0' : String(value);
}
