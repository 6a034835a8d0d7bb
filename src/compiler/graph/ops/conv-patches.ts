/** The gradient of a convolution's filter among TensorFlow's operations as one product: of the patches that the filter sees, and the cotangent. */
import type { ConvAttrs } from './conv.js';
import type { Plan } from './conv-tensorflow.js';
import type { TensorflowContext } from './op.js';
import { padTensor, reshapeTensor } from './shape.js';
import { range, staticShape } from './shapes.js';

/**
 * Of 16-bit numbers, oneDNN's kernel for the gradient turns each row of the cotangent, and takes up to three times as long as the product
 * where rows are short: 13.2 instead of 5.4 ms (128 x 8 x 8 x 128 to 4 x 4 x 128), 15.5 and 11.4 (16 x 16 x 64 to 8 x 8 x 128), but
 * 13 and 17.5 (32 x 32 x 32 to 16 x 16 x 64); of processor time, AVX-512 with bfloat16.
 */
const longestRow = 8;
/** Patches are not written out beyond this many numbers. */
const mostNumbers = 2 ** 27;

export function isProductOfPatches(c: TensorflowContext, { filter }: Plan, { dilation }: ConvAttrs): boolean {
  const [n, height, width] = rowsOf(c);
  const [kh, kw, channels] = filter;
  return (
    c.processor !== undefined &&
    c.type.dtype === 'bfloat16' &&
    kh * kw > 1 &&
    dilation.every((d) => d === 1) &&
    width <= longestRow &&
    n * height * width * kh * kw * channels <= mostNumbers
  );
}

/** Examples, height and width of the cotangent. */
function rowsOf(c: TensorflowContext): readonly [number, number, number] {
  const shape = staticShape(c.argTypes[1]!.shape).slice(0, -1);
  return (shape.length === 2 ? [1, ...shape] : shape) as unknown as readonly [number, number, number];
}

export function productOfPatches(c: TensorflowContext, images: string, plan: Plan, attrs: ConvAttrs): string {
  const [kh, kw, channels, results] = plan.filter;
  const [n, height, width] = rowsOf(c);
  const rows = n * height * width;
  const patches = reshapeTensor(c, patchesOf(c, images, plan, attrs), [rows, kh * kw * channels]);
  const cotangent = reshapeTensor(c, c.args[1]!, [rows, results]);
  const product = c.op('MatMul', [patches, cotangent], {
    T: { type: c.type.dtype },
    transpose_a: { b: true },
    transpose_b: { b: false },
  });
  return reshapeTensor(c, product, plan.filter);
}

/**
 * [n, height, 1, width, kh * kw * channels]. Rows and columns are seen in blocks as long as the stride, so that what one place of the filter
 * meets lies in runs: TensorFlow takes every second element many times slower than a run.
 */
function patchesOf(c: TensorflowContext, images: string, plan: Plan, { stride, pad }: ConvAttrs): string {
  const [n, h, w, channels] = plan.images;
  const [kh, kw] = plan.filter;
  const [, height, width] = rowsOf(c);
  const [down, right] = stride as readonly [number, number];
  const blocks = (count: number, kernel: number, step: number): number =>
    Math.ceil(((count - 1) * step + kernel) / step);
  const [high, wide] = [blocks(height, kh, down), blocks(width, kw, right)];
  const [top, left] = [pad[0]!, pad[2]!];
  const size = [high * down, wide * right] as const;
  const whole = padTensor(
    c,
    images,
    [0, top, left, 0],
    [0, Math.max(0, size[0] - top - h), Math.max(0, size[1] - left - w), 0],
  );
  const cut = top + h > size[0] || left + w > size[1] ? slice(c, whole, [0, 0, 0, 0], [n, ...size, channels]) : whole;
  const inBlocks = reshapeTensor(c, cut, [n, high, down, wide, right * channels]);
  const parts = range(kh).flatMap((u) =>
    range(Math.ceil(kw / right)).map((block) => {
      const columns = Math.min(right, kw - block * right);
      const begin = [0, Math.floor(u / down), u % down, block, 0];
      return slice(c, inBlocks, begin, [n, height, 1, width, columns * channels]);
    }),
  );
  return c.op('ConcatV2', [...parts, c.ints(4)], {
    T: { type: c.type.dtype },
    Tidx: { type: 'int32' },
    N: { i: parts.length },
  });
}

function slice(c: TensorflowContext, x: string, begin: readonly number[], size: readonly number[]): string {
  const types = { T: { type: c.type.dtype }, Index: { type: 'int32' } } as const;
  return c.op('Slice', [x, c.ints(begin), c.ints(size)], types);
}
