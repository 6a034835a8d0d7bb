/** Products of numbers rounded to bfloat16: 8 bits of fraction, the exponents of float32. */
import type { Node } from '../types.js';
import type { NdArray, TensorflowContext } from './op.js';

/** On a product: its factors are rounded to bfloat16 first; the result is float32, with no more than bfloat16's precision. */
export type Narrow = { readonly narrow?: boolean };

/** Whether an operation takes, or holds, numbers rounded to bfloat16. */
export function isNarrow({ attrs }: Node): boolean {
  return attrs['narrow'] === true;
}

/** The attributes of TensorFlow's cast from float32 to bfloat16, and back. */
export const narrowing = { SrcT: { type: 'float32' }, DstT: { type: 'bfloat16' } } as const;
export const widening = { SrcT: { type: 'bfloat16' }, DstT: { type: 'float32' } } as const;

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

/** The value rounded to bfloat16, in a TensorFlow graph. */
export function narrowTensor(c: TensorflowContext, x: string): string {
  return c.op('Cast', [x], narrowing);
}

export function wideTensor(c: TensorflowContext, x: string): string {
  return c.op('Cast', [x], widening);
}

/** A product lowered on factors of the wanted precision; its result is float32 either way. */
export function narrowed(c: TensorflowContext, { narrow }: Narrow, lower: (c: TensorflowContext) => string): string {
  if (!narrow) return lower(c);
  const args = c.args.map((arg) => narrowTensor(c, arg));
  return wideTensor(c, lower({ ...c, args, type: { ...c.type, dtype: 'bfloat16' } }));
}
