/** Weights that were trained elsewhere as states of an encoder. */
import { readFileSync } from 'node:fs';
import type { TypedModel } from '../../compiler/index.js';
import { EbmcError, nearest, report } from '../../diagnostics/index.js';
import { decodeSafetensors } from '../checkpoint/index.js';
import type { HostTensor } from '../model.js';
import { type NameList, sourceOf } from './names.js';

type States = Readonly<Record<string, HostTensor>>;

/**
 * Values of all parameters and moving averages of `encoder`, and of the states that follow them (moving-average targets, which start equal).
 * Throws EBM5054 where there is no such encoder, EBM5055 where a tensor is missing or of another shape.
 */
export function importWeights(
  { states, encoders }: TypedModel,
  encoder: string,
  path: string,
  names: NameList,
): States {
  const own = states.filter(({ name, role }) => name.startsWith(`${encoder}/`) && role !== 'target');
  if (own.length === 0) {
    const known = encoders.map(({ name }) => name);
    throw new EbmcError([report('EBM5054', { encoder, known, suggestion: nearest(encoder, known) })]);
  }
  const sources = own.map(({ name, type }) => {
    const source = sourceOf(names, name.slice(encoder.length + 1));
    if (source === undefined) throw unfit(path, `the list of names has none for \`${name}\``);
    return { name, shape: type.shape.map(Number), ...source };
  });
  const { prefixes = [''] } = names;
  const asked = sources.flatMap((source) => source.names);
  const tensors = readTensors(path, new Set(prefixes.flatMap((prefix) => asked.map((name) => prefix + name))));
  const prefix = prefixes.find((each) => asked.some((name) => tensors[each + name])) ?? prefixes[0] ?? '';
  const found: Record<string, HostTensor> = {};
  for (const { name, shape, names: theirs, isTable } of sources) {
    const parts = theirs.map((each) => {
      const tensor = tensors[prefix + each];
      if (tensor === undefined) throw unfit(path, `it has no \`${prefix + each}\`, which \`${name}\` is to be`);
      const same = names.layout === 'torch' && !isTable ? fromTorch(tensor) : tensor;
      return withoutLeadingOnes(same, shape.length);
    });
    const value = sideBySide(parts);
    const [wanted, got] = [shape.join(', '), value?.shape.join(', ')];
    if (value === undefined || wanted !== got) {
      const what = theirs.map((each) => `\`${prefix + each}\``).join(', ');
      const is = value === undefined ? 'do not fit side by side' : `is [${got}] in our order of axes`;
      throw unfit(path, `${what} ${is}, and \`${name}\` is [${wanted}]`);
    }
    found[name] = value;
  }
  for (const { name, copy } of states) if (copy && found[copy.source]) found[name] = found[copy.source]!;
  return found;
}

function readTensors(path: string, wanted: ReadonlySet<string>): States {
  try {
    return decodeSafetensors(readFileSync(path), (name) => wanted.has(name)).tensors;
  } catch (error) {
    throw unfit(path, (error as Error).message);
  }
}

function unfit(path: string, problem: string): EbmcError {
  return new EbmcError([report('EBM5055', { path, problem })]);
}

/** [1, 1, d] as [d] where that many axes are wanted. */
function withoutLeadingOnes({ shape, data }: HostTensor, rank: number): HostTensor {
  const surplus = Math.max(0, shape.length - rank);
  return shape.slice(0, surplus).every((size) => size === 1) ? { shape: shape.slice(surplus), data } : { shape, data };
}

/** Joined along the last axis; undefined where other axes differ. */
function sideBySide(parts: readonly HostTensor[]): HostTensor | undefined {
  const [first] = parts;
  if (!first || parts.length === 1) return first;
  const leading = first.shape.slice(0, -1);
  if (parts.some(({ shape }) => shape.slice(0, -1).join() !== leading.join())) return undefined;
  const widths = parts.map(({ shape }) => shape.at(-1) ?? 1);
  const width = widths.reduce((a, b) => a + b, 0);
  const rows = leading.reduce((a, b) => a * b, 1);
  const data = new Float32Array(rows * width);
  let start = 0;
  for (const [k, part] of parts.entries()) {
    const own = widths[k]!;
    for (let row = 0; row < rows; row++) data.set(part.data.subarray(row * own, (row + 1) * own), row * width + start);
    start += own;
  }
  return { shape: [...leading, width], data };
}

/** [out, in, height, width] as [height, width, in, out], [out, in] as [in, out]. */
function fromTorch(tensor: HostTensor): HostTensor {
  if (tensor.shape.length !== 2 && tensor.shape.length !== 4) return tensor;
  const [out, into, height = 1, width = 1] = tensor.shape as readonly [number, number, number?, number?];
  const data = new Float32Array(tensor.data.length);
  let from = 0;
  for (let o = 0; o < out; o++)
    for (let i = 0; i < into; i++)
      for (let h = 0; h < height; h++)
        for (let w = 0; w < width; w++) data[((h * width + w) * into + i) * out + o] = tensor.data[from++]!;
  return { shape: tensor.shape.length === 2 ? [into, out] : [height, width, into, out], data };
}
