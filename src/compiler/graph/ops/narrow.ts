/** Products of numbers rounded to 16 bits: bfloat16 has the exponents of float32 and 8 bits of fraction, float16 has 11 bits of fraction and ends at 65504. */
import type { Node, Precision } from '../types.js';
import type { NdArray, TensorflowContext } from './op.js';

export type NarrowType = 'bfloat16' | 'float16';

interface NarrowFormat {
  /** Bits of fraction that are written down. */
  readonly fraction: number;
  /** The exponent of the smallest number that has all of them. */
  readonly lowest: number;
  readonly largest: number;
}

export const narrowFormats: { readonly [T in NarrowType]: NarrowFormat } = {
  bfloat16: { fraction: 7, lowest: -126, largest: (2 - 2 ** -7) * 2 ** 127 },
  float16: { fraction: 10, lowest: -14, largest: (2 - 2 ** -10) * 2 ** 15 },
};

/** What the factors of products inside layers are rounded to. */
export const narrowTypes: { readonly [P in Precision]: NarrowType | undefined } = {
  float32: undefined,
  bf16: 'bfloat16',
  fp16: 'float16',
};

/** Whether gradients of a loss that is not scaled become 0: the exponents are fewer than those of float32. */
export function hasShortRange(precision: Precision): boolean {
  const type = narrowTypes[precision];
  return type !== undefined && narrowFormats[type].lowest > narrowFormats.bfloat16.lowest;
}

/** On a product: its factors are rounded first; the result is float32, with no more than their precision and range. */
export type Narrow = { readonly narrow?: NarrowType };

/** What an operation's numbers are rounded to, if they are. */
export function narrowOf({ attrs }: Node): NarrowType | undefined {
  return (attrs as Narrow).narrow;
}

export type NarrowCast = ReturnType<typeof narrowing> | ReturnType<typeof widening>;

/** The attributes of TensorFlow's cast from float32. */
export function narrowing(type: NarrowType) {
  return { SrcT: { type: 'float32' }, DstT: { type } } as const;
}

/** And back. */
export function widening(type: NarrowType) {
  return { SrcT: { type }, DstT: { type: 'float32' } } as const;
}

/** The nearest number of the type, of two equally near the even one. */
export function rounded(value: number, type: NarrowType): number {
  if (value === 0 || !Number.isFinite(value)) return value;
  const { fraction, lowest, largest } = narrowFormats[type];
  // Half an ulp off at most at a power of two, where both steps give the same.
  const exponent = Math.max(Math.floor(Math.log2(Math.abs(value))), lowest);
  const step = 2 ** (exponent - fraction);
  const near = Math.floor(value / step);
  const rest = value / step - near;
  const result = (near + Number(rest > 0.5 || (rest === 0.5 && near % 2 !== 0))) * step;
  return Math.abs(result) > largest ? Math.sign(result) * Number.POSITIVE_INFINITY : result;
}

export function roundedIf(value: NdArray, { narrow }: Narrow): NdArray {
  return narrow ? { shape: value.shape, data: value.data.map((v) => rounded(v, narrow)) } : value;
}

/** The factors as the product takes them. */
export function factors(args: readonly NdArray[], attrs: Narrow): readonly NdArray[] {
  return args.map((arg) => roundedIf(arg, attrs));
}

/** The value rounded, in a TensorFlow graph. */
export function narrowTensor(c: TensorflowContext, x: string, type: NarrowType): string {
  return c.op('Cast', [x], narrowing(type));
}

export function wideTensor(c: TensorflowContext, x: string, type: NarrowType): string {
  return c.op('Cast', [x], widening(type));
}

/** A product lowered on factors of the wanted precision; its result is float32 either way. */
export function narrowed(c: TensorflowContext, { narrow }: Narrow, lower: (c: TensorflowContext) => string): string {
  if (!narrow) return lower(c);
  const args = c.args.map((arg) => narrowTensor(c, arg, narrow));
  return wideTensor(c, lower({ ...c, args, type: { ...c.type, dtype: narrow } }), narrow);
}
