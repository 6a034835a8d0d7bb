/**
 * Convolution by 3 × 3 filters and its gradients with 16 instead of 36 multiplications for each 2 × 2 results: F(2 × 2, 3 × 3) of Lavin and
 * Gray 2016, after Winograd 1980. With d a 4 × 4 tile of the images, g the filter and m its 2 × 2 results,
 *
 *     m = Aᵀ [(G g Gᵀ) ⊙ (Bᵀ d B)] A      Bᵀ = 1  0 -1  0     G = 1  0  0      Aᵀ = 1  1  1  0
 *                                              0  1  1  0        ½  ½  ½           0  1 -1 -1
 *                                              0 -1  1  0        ½ -½  ½
 *                                              0  1  0 -1        0  0  1
 *
 * and ⊙ a matrix product over channels for each of the 16 places. The gradient for the images is such a convolution by the filter turned
 * around, whose transform is that of the filter with rows 0 and 3 exchanged; that of the filter is Gᵀ [(Bᵀ d B) ⊙ (A dm Aᵀ)] G.
 * Differences to the sum as it is written are those of rounding: a few units of 1e-7 of the largest result.
 */
import type { ConvAttrs } from './conv.js';
import type { Four, Plan } from './conv-tensorflow.js';
import type { FunctionWriter, TensorflowContext } from './op.js';
import { padTensor, reshapeTensor, stridedSliceTensor, transposeTensor } from './shape.js';
import { range } from './shapes.js';

/**
 * Below it the tiles, which have four times the numbers of the images, take as long as is saved. Of processor time, AVX-512, batch 128: 69
 * and 47 ms (4 × 4 × 512; images' gradient 69 and 52, filter's 90 and 55), 75 and 52 (8 × 8 × 256), 81 and 65 (16 × 16 × 128), but
 * 87 and 114 (32 × 32 × 64).
 */
const fewestChannels = 128;
/** Compiling the transforms takes about a second: as many multiplications are worth it. */
const leastWork = 2 ** 29;

const places = range(16);

export function isWinograd(
  c: TensorflowContext,
  { images, filter }: Plan,
  { stride, pad, dilation }: ConvAttrs,
): boolean {
  const [n, h, w, channels] = images;
  const [kh, kw, , results] = filter;
  return (
    c.processor !== undefined &&
    c.type.dtype === 'float32' &&
    kh === 3 &&
    kw === 3 &&
    [...stride, ...pad, ...dilation].every((size) => size === 1) &&
    h % 2 === 0 &&
    w % 2 === 0 &&
    Math.min(channels, results) >= fewestChannels &&
    n * h * w * 9 * channels * results >= leastWork
  );
}

export function winogradConv(c: TensorflowContext, images: string, filter: string, plan: Plan): string {
  const [, , channels, results] = plan.filter;
  const tiles = tilesOf(c, images, plan.images);
  const factors = filterPlaces(c, filter, channels, results);
  const [n, h, w] = plan.images;
  return fromTiles(
    c,
    places.map((k) => product(c, tiles[k]!, factors[k]!)),
    [n, h, w, results],
  );
}

export function winogradInputGradient(c: TensorflowContext, cotangent: string, filter: string, plan: Plan): string {
  const [, , channels, results] = plan.filter;
  const [n, h, w] = plan.images;
  const tiles = tilesOf(c, cotangent, [n, h, w, results]);
  // Transposed before and not as part of the product, which takes a third longer so.
  const transposed = transposeTensor(c, filter, [0, 1, 3, 2]);
  const factors = filterPlaces(c, transposed, results, channels);
  const turned = [3, 1, 2, 0];
  return fromTiles(
    c,
    places.map((k) => product(c, tiles[k]!, factors[4 * turned[k >> 2]! + turned[k & 3]!]!)),
    plan.images,
  );
}

export function winogradFilterGradient(c: TensorflowContext, images: string, cotangent: string, plan: Plan): string {
  const [n, h, w] = plan.images;
  const [, , channels, results] = plan.filter;
  // Once more, and not kept from the forward pass: they are four times as large as the images.
  const tiles = tilesOf(c, images, plan.images);
  const spread = spreadTiles(c, cotangent, [n, h, w, results]);
  const products = places.map((k) => product(c, tiles[k]!, spread[k]!, true));
  const all = c.op('Pack', products, { T, N: { i: 16 }, axis: { i: 0 } });
  const rows = reshapeTensor(c, all, [16, channels * results]);
  return reshapeTensor(c, product(c, filterTransform(c), rows, true), plan.filter);
}

const T = { type: 'float32' } as const;

function product(c: TensorflowContext, x: string, y: string, transposed = false): string {
  return c.op('MatMul', [x, y], { T, transpose_a: { b: transposed }, transpose_b: { b: false } });
}

const G = [
  [1, 0, 0],
  [0.5, 0.5, 0.5],
  [0.5, -0.5, 0.5],
  [0, 0, 1],
] as const;

/** [16, 9]: of a filter's nine places. */
function filterTransform(c: TensorflowContext): string {
  const numbers = places.flatMap((k) => range(9).map((i) => G[k >> 2]![Math.floor(i / 3)]! * G[k & 3]![i % 3]!));
  return c.constant(numbers, [16, 9], 'float32');
}

/** G g Gᵀ: 16 matrices [channels, results]. */
function filterPlaces(c: TensorflowContext, filter: string, channels: number, results: number): readonly string[] {
  const rows = reshapeTensor(c, filter, [9, channels * results]);
  const all = reshapeTensor(c, product(c, filterTransform(c), rows), [16, channels, results]);
  const parts = c.op('Unpack', [all], { T, num: { i: 16 }, axis: { i: 0 } });
  return places.map((k) => (k === 0 ? parts : `${parts}:${k}`));
}

/** Bᵀ d B of every tile of the images with zeros around them: 16 matrices [tiles, channels]. */
function tilesOf(c: TensorflowContext, images: string, shape: Four): readonly string[] {
  const [n, h, w, channels] = shape;
  return c.processor!.compiled(`tiles of ${shape}`, [images], (writer, [x]) => {
    const inside = within(writer, shape);
    const padded = padTensor(inside, x!, [0, 1, 1, 0], [0, 1, 1, 0]);
    const at = (i: number, j: number): string => everySecond(inside, padded, i, j, shape);
    const transform = ([a, b, c, d]: readonly string[]): readonly string[] => [
      minus(inside, a!, c!),
      plus(inside, b!, c!),
      minus(inside, c!, b!),
      minus(inside, b!, d!),
    ];
    return alongBoth(transform, 4, at).map((tile) => reshapeTensor(inside, tile, [(n * h * w) / 4, channels]));
  });
}

/** A dm Aᵀ of every 2 × 2 places of the cotangent: 16 matrices [tiles, channels]. */
function spreadTiles(c: TensorflowContext, cotangent: string, shape: Four): readonly string[] {
  const [n, h, w, channels] = shape;
  return c.processor!.compiled(`tiles for ${shape}`, [cotangent], (writer, [dy]) => {
    const inside = within(writer, shape);
    const at = (i: number, j: number): string => everySecond(inside, dy!, i, j, shape);
    const transform = ([a, b]: readonly string[]): readonly string[] => [
      a!,
      plus(inside, a!, b!),
      minus(inside, a!, b!),
      inside.op('Neg', [b!], { T }),
    ];
    return alongBoth(transform, 2, at).map((tile) => reshapeTensor(inside, tile, [(n * h * w) / 4, channels]));
  });
}

/** Aᵀ m A of the 16 matrices, put side by side. */
function fromTiles(c: TensorflowContext, products: readonly string[], shape: Four): string {
  const [n, h, w, channels] = shape;
  const [result] = c.processor!.compiled(`images of tiles, ${shape}`, products, (writer, args) => {
    const inside = within(writer, shape);
    const images = args.map((arg) => reshapeTensor(inside, arg, [n, h / 2, w / 2, channels]));
    const transform = ([a, b, c, d]: readonly string[]): readonly string[] => [
      plus(inside, plus(inside, a!, b!), c!),
      minus(inside, minus(inside, b!, c!), d!),
    ];
    const [topLeft, topRight, bottomLeft, bottomRight] = alongBoth(transform, 4, (i, j) => images[4 * i + j]!);
    const pack = (parts: readonly string[], axis: number): string =>
      inside.op('Pack', parts, { T, N: { i: 2 }, axis: { i: axis } });
    const rows = [pack([topLeft!, topRight!], 3), pack([bottomLeft!, bottomRight!], 3)];
    return [reshapeTensor(inside, pack(rows, 2), shape)];
  });
  return result!;
}

/** A transform of `size` values along columns and then along rows; row by row. */
function alongBoth(
  transform: (values: readonly string[]) => readonly string[],
  size: number,
  at: (i: number, j: number) => string,
): readonly string[] {
  const columns = range(size).map((j) => transform(range(size).map((i) => at(i, j))));
  return columns[0]!.flatMap((_, i) => transform(columns.map((column) => column[i]!)));
}

type Inside = FunctionWriter & Pick<TensorflowContext, 'type'>;

function within(writer: FunctionWriter, shape: Four): Inside {
  return { ...writer, type: { dtype: 'float32', shape } };
}

/** Every second row from the i-th and column from the j-th on, as many as there are tiles of images of this shape. */
function everySecond(c: Inside, x: string, i: number, j: number, [n, h, w, channels]: Four): string {
  return stridedSliceTensor(c, x, [0, i, j, 0], [n, h / 2, w / 2, channels], [1, 2, 2, 1]);
}

function plus(c: Inside, x: string, y: string): string {
  return c.op('AddV2', [x, y], { T });
}

function minus(c: Inside, x: string, y: string): string {
  return c.op('Sub', [x, y], { T });
}
