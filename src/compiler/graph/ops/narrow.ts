/** Products of numbers rounded to bfloat16: 8 bits of fraction, the exponents of float32. */
import type { NdArray, TensorflowContext } from './op.js';

/** On a product: its factors are rounded to bfloat16 first; the result is float32, with no more than bfloat16's precision. */
export type Narrow = { readonly narrow?: boolean };

const float = new Float32Array(1);
const bits = new Uint32Array(float.buffer);

/** The nearest bfloat16, of two equally near the even one. */
export function toBfloat16(value: number): number {
  float[0] = value;
  if (!Number.isFinite(value)) return float[0];
  const word = bits[0]!;
  bits[0] = (word + 0x7fff + ((word >>> 16) & 1)) & 0xffff0000;
  return float[0];
}

/** The factors as the product takes them. */
export function factors(args: readonly NdArray[], { narrow }: Narrow): readonly NdArray[] {
  return narrow ? args.map(({ shape, data }) => ({ shape, data: data.map(toBfloat16) })) : args;
}

/** The value in another precision, in a TensorFlow graph. */
export function castTensor(
  c: TensorflowContext,
  x: string,
  from: 'float32' | 'bfloat16',
  to: 'float32' | 'bfloat16',
): string {
  return c.op('Cast', [x], { SrcT: { type: from }, DstT: { type: to } });
}

/** A product lowered on factors of the wanted precision; its result is float32 either way. */
export function narrowed(c: TensorflowContext, { narrow }: Narrow, lower: (c: TensorflowContext) => string): string {
  if (!narrow) return lower(c);
  const args = c.args.map((arg) => castTensor(c, arg, 'float32', 'bfloat16'));
  return castTensor(c, lower({ ...c, args, type: { ...c.type, dtype: 'bfloat16' } }), 'bfloat16', 'float32');
}
