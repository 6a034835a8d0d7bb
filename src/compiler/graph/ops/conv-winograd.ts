/**
 * Convolution by 3 × 3 filters and its gradients with fewer multiplications: F(m × m, 3 × 3) of Lavin and Gray 2016, after Winograd 1980
 * and Toom and Cook. With d a tile of the images, m + 2 places high and wide, g the filter and y its m × m results,
 *
 *     y = Aᵀ [(G g Gᵀ) ⊙ (Bᵀ d B)] A
 *
 * and ⊙ a matrix product over channels for each of the (m + 2)² places: 4 multiplications for a result with m = 2 and 2.25 with m = 4, where
 * the sum as it is written takes 9. The gradient for the images is such a convolution by the filter turned around; that of the filter is
 * Gᵀ [(Bᵀ d B) ⊙ (A dy Aᵀ)] G.
 */
import type { ConvAttrs } from './conv.js';
import type { Four, Plan } from './conv-tensorflow.js';
import type { FunctionWriter, TensorflowContext } from './op.js';
import { reduceTensor } from './reduce.js';
import { padTensor, reshapeTensor, stridedSliceTensor, transposeTensor } from './shape.js';
import { range } from './shapes.js';

type Matrix = readonly (readonly number[])[];

interface Transform {
  /** Rows and columns of results that a tile gives. */
  readonly size: number;
  /** With fewer, of images or of results, the tiles take as long as is saved. */
  readonly fewestChannels: number;
  readonly A: Matrix;
  readonly B: Matrix;
  readonly G: Matrix;
}

/** At the points 0, 1, -1 and infinity: rounding adds about as much again to a result's error. */
const two: Transform = {
  size: 2,
  fewestChannels: 256,
  A: [
    [1, 0],
    [1, 1],
    [1, -1],
    [0, -1],
  ],
  B: [
    [1, 0, 0, 0],
    [0, 1, -1, 1],
    [-1, 1, 1, 0],
    [0, 0, 0, -1],
  ],
  G: [
    [1, 0, 0],
    [1 / 2, 1 / 2, 1 / 2],
    [1 / 2, -1 / 2, 1 / 2],
    [0, 0, 1],
  ],
};

/**
 * At 0, 1, -1, 1/2, -2 and infinity, the points of the least error in Barabasz and others 2020: 4e-6 of the largest result, where the
 * sum as it is written has 4e-7 (256 channels).
 */
const four: Transform = {
  size: 4,
  fewestChannels: 128,
  A: [
    [1, 0, 0, 0],
    [1, 1, 1, 1],
    [1, -1, 1, -1],
    [1, 1 / 2, 1 / 4, 1 / 8],
    [1, -2, 4, -8],
    [0, 0, 0, 1],
  ],
  B: [
    [1, 0, 0, 0, 0, 0],
    [-3 / 2, -1, 1, -2, 1 / 2, 1],
    [-2, 1 / 2, -5 / 2, -1, -1, -3 / 2],
    [3 / 2, 5 / 2, 1 / 2, 2, -1 / 2, -2],
    [1, 1, 1, 1, 1, 3 / 2],
    [0, 0, 0, 0, 0, 1],
  ],
  G: [
    [1, 0, 0],
    [1 / 3, 1 / 3, 1 / 3],
    [-1 / 3, 1 / 3, -1 / 3],
    [-16 / 15, -8 / 15, -4 / 15],
    [1 / 15, -2 / 15, 4 / 15],
    [0, 0, 1],
  ],
};

/** As many multiplications, as the sum is written, are worth a tenth of a second to compile the transform of tiles. */
const leastWork = 2 ** 29;
/** So many tiles are transformed and multiplied together: what lies between them stays near the processor. */
const fewestTiles = 512;

/** The transform for images of this size with so many channels, the fewest multiplications first. */
function transformOf([, h, w]: Four, channels: number): Transform | undefined {
  return [four, two].find((each) => h % each.size === 0 && w % each.size === 0 && channels >= each.fewestChannels);
}

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
    transformOf(images, Math.min(channels, results)) !== undefined &&
    n * h * w * 9 * channels * results >= leastWork
  );
}

export function winogradConv(c: TensorflowContext, images: string, filter: string, plan: Plan): string {
  const { transform, tiling, channels, results } = waysOf(plan);
  const tiles = tilesOf(c, transform, images, tiling, channels);
  const factors = filterPlaces(c, places(transform.G), filter, channels, results);
  return fromTiles(c, transform, batchProduct(c, tiles, factors), tiling, results);
}

export function winogradInputGradient(c: TensorflowContext, cotangent: string, filter: string, plan: Plan): string {
  const { transform, tiling, channels, results } = waysOf(plan);
  const tiles = tilesOf(c, transform, cotangent, tiling, results);
  // Transposed before and not as part of the product, which takes a third longer so.
  const transposed = transposeTensor(c, filter, [0, 1, 3, 2]);
  const turned = places(transform.G).map((row) => [...row].reverse());
  const factors = filterPlaces(c, turned, transposed, results, channels);
  return fromTiles(c, transform, batchProduct(c, tiles, factors), tiling, channels);
}

export function winogradFilterGradient(c: TensorflowContext, images: string, cotangent: string, plan: Plan): string {
  const { transform, tiling, channels, results } = waysOf(plan);
  // Once more, and not kept from the forward pass: they are larger than the images.
  const tiles = tilesOf(c, transform, images, tiling, channels);
  const spread = spreadTiles(c, transform, cotangent, tiling, results);
  const products = batchProduct(c, tiles, spread, true);
  const sum = tiling.blocks === 1 ? products : reduceTensor(c, 'Sum', products, [0], false);
  const matrix = places(transform.G);
  const rows = reshapeTensor(c, sum, [matrix.length, channels * results]);
  return reshapeTensor(c, product(c, constantMatrix(c, matrix), rows, true), plan.filter);
}

/** How images are cut: blocks of so many, each of them into tiles. */
interface Tiling {
  readonly blocks: number;
  readonly images: number;
  /** Of an image. */
  readonly rows: number;
  readonly columns: number;
  readonly size: number;
}

interface Ways {
  readonly transform: Transform;
  readonly tiling: Tiling;
  readonly channels: number;
  readonly results: number;
}

function waysOf({ images, filter: [, , channels, results] }: Plan): Ways {
  const [n, h, w] = images;
  const transform = transformOf(images, Math.min(channels, results))!;
  const { size } = transform;
  const [rows, columns] = [h / size, w / size];
  let block = n;
  while (block % 2 === 0 && (block / 2) * rows * columns >= fewestTiles) block /= 2;
  return { transform, tiling: { blocks: n / block, images: block, rows, columns, size }, channels, results };
}

const T = { type: 'float32' } as const;

function product(c: TensorflowContext, x: string, y: string, transposed = false): string {
  return c.op('MatMul', [x, y], { T, transpose_a: { b: transposed }, transpose_b: { b: false } });
}

function batchProduct(c: TensorflowContext, x: string, y: string, transposed = false): string {
  return c.op('BatchMatMulV2', [x, y], { T, adj_x: { b: transposed }, adj_y: { b: false } });
}

/** Of a matrix for rows, and for columns, the one for both: from places to places, row by row. */
function places(matrix: Matrix): Matrix {
  return matrix.flatMap((row) => matrix.map((column) => row.flatMap((x) => column.map((y) => x * y))));
}

function transpose(matrix: Matrix): Matrix {
  return matrix[0]!.map((_, i) => matrix.map((row) => row[i]!));
}

function constantMatrix(c: TensorflowContext, matrix: Matrix): string {
  return c.constant(matrix.flat(), [matrix.length, matrix[0]!.length], 'float32');
}

/** G g Gᵀ, [places, channels, results]. */
function filterPlaces(c: TensorflowContext, matrix: Matrix, filter: string, channels: number, results: number): string {
  const rows = reshapeTensor(c, filter, [9, channels * results]);
  return reshapeTensor(c, product(c, constantMatrix(c, matrix), rows), [matrix.length, channels, results]);
}

/**
 * Bᵀ d B of every tile of the images with zeros around them, [blocks, places, tiles, channels]. As one loop over all places, whatever zeros it
 * multiplies: a loop for each, without them, is no faster and takes four times as long to compile.
 */
function tilesOf(
  c: TensorflowContext,
  { B }: Transform,
  x: string,
  { blocks, images, rows, columns, size }: Tiling,
  channels: number,
): string {
  const [h, w] = [rows * size, columns * size];
  const around = padTensor(c, x, [0, 1, 1, 0], [0, 1, 1, 0]);
  const padded = reshapeTensor(c, around, [blocks, images, h + 2, w + 2, channels]);
  const matrix = places(transpose(B));
  const key = `tiles of ${[blocks, images, h, w, channels, size]}`;
  const [tiles] = c.processor!.compiled(key, [padded], (writer, [arg]) => {
    const inside: Inside = { ...writer, type: { dtype: 'float32', shape: [] } };
    const terms = range(B.length ** 2).map((k) => {
      const begin = [0, 0, Math.floor(k / B.length), k % B.length, 0];
      const every = [blocks, images, rows, columns, channels];
      const place = stridedSliceTensor(inside, arg!, begin, every, [1, 1, size, size, 1]);
      // Subtracted, since TensorFlow makes of long sums what it cannot compile.
      const factors = matrix.map((row) => (k === 0 ? row[k]! : -row[k]!));
      const factor = inside.constant(factors, [matrix.length, 1, 1, 1, 1], 'float32');
      return inside.op('Mul', [reshapeTensor(inside, place, [blocks, 1, images, rows, columns, channels]), factor], {
        T,
      });
    });
    return [terms.reduce((sum, term) => inside.op('Sub', [sum, term], { T }))];
  });
  return reshapeTensor(c, tiles!, [blocks, matrix.length, images * rows * columns, channels]);
}

/** A dy Aᵀ of every tile of the cotangent, [blocks, places, tiles, channels]. */
function spreadTiles(
  c: TensorflowContext,
  { A }: Transform,
  cotangent: string,
  { blocks, images, rows, columns, size }: Tiling,
  channels: number,
): string {
  const apart = reshapeTensor(c, cotangent, [blocks, images * rows, size, columns, size, channels]);
  const byPlace = transposeTensor(c, apart, [0, 2, 4, 1, 3, 5]);
  const tiles = images * rows * columns;
  const all = reshapeTensor(c, byPlace, [blocks, size ** 2, tiles * channels]);
  const spread = batchProduct(c, constantMatrix(c, places(A)), all);
  return reshapeTensor(c, spread, [blocks, A.length ** 2, tiles, channels]);
}

/** Aᵀ m A of the products, put side by side: images. */
function fromTiles(
  c: TensorflowContext,
  { A }: Transform,
  products: string,
  { blocks, images, rows, columns, size }: Tiling,
  channels: number,
): string {
  const all = reshapeTensor(c, products, [blocks, A.length ** 2, images * rows * columns * channels]);
  const sums = batchProduct(c, constantMatrix(c, places(transpose(A))), all);
  const byPlace = reshapeTensor(c, sums, [blocks, size, size, images * rows, columns, channels]);
  const apart = transposeTensor(c, byPlace, [0, 3, 1, 4, 2, 5]);
  return reshapeTensor(c, apart, [blocks * images, rows * size, columns * size, channels]);
}

type Inside = FunctionWriter & Pick<TensorflowContext, 'type'>;
