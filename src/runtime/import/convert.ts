/** Weights that were trained elsewhere as states of an encoder. */
import { readFileSync } from 'node:fs';
import type { TypedModel } from '../../compiler/index.js';
import { EbmcError, nearest, report } from '../../diagnostics/index.js';
import { decodeSafetensors } from '../checkpoint/index.js';
import type { HostTensor } from '../model.js';
import type { NameList } from './names.js';

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
  const tensors = readTensors(path, new Set(Object.values(names.states)));
  const found: Record<string, HostTensor> = {};
  for (const { name, type } of own) {
    const below = name.slice(encoder.length + 1);
    const theirs = names.states[below];
    if (theirs === undefined) throw unfit(path, `the list of names has none for \`${name}\``);
    const tensor = tensors[theirs];
    if (tensor === undefined) throw unfit(path, `it has no \`${theirs}\`, which \`${name}\` is to be`);
    const value = names.layout === 'torch' ? fromTorch(tensor) : tensor;
    const [wanted, got] = [type.shape.join(', '), value.shape.join(', ')];
    if (wanted !== got)
      throw unfit(path, `\`${theirs}\` is [${got}] in our order of axes, and \`${name}\` is [${wanted}]`);
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
