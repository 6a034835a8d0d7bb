/** The text of `support.ts`: the files of `support/`. Made by test/targets/support-text.test.ts. */
export const supportText = `/**
 * What the generated model is built from beside tfjs itself. Copied by ebmc; the same for every model.
 */
import * as tf from '@tensorflow/tfjs-core';

/** \`size\` elements along each axis, from \`begin\` on, \`strides\` apart. */
export function stridedSlice(x: tf.Tensor, begin: number[], size: number[], strides: number[]): tf.Tensor {
  const end = begin.map((from, i) => from + ((size[i] as number) - 1) * (strides[i] as number) + 1);
  return tf.stridedSlice(x, begin, end, strides);
}

/** Zeros before, after and (\`interior\` of them) between the elements along each axis. */
export function padInterior(x: tf.Tensor, before: number[], after: number[], interior: number[]): tf.Tensor {
  return tf.tidy(() => {
    let result = tf.clone(x);
    interior.forEach((between, axis) => {
      const size = result.shape[axis] as number;
      if (between === 0 || size < 2) return;
      // Each element with its zeros behind it; then without those of the last.
      const head = tf.util.sizeFromShape(result.shape.slice(0, axis + 1));
      const tail = tf.util.sizeFromShape(result.shape.slice(axis + 1));
      const shape = result.shape.map((n, i) => (i === axis ? n * (between + 1) : n));
      const cells = tf.pad(tf.reshape(result, [head, 1, tail]), [
        [0, 0],
        [0, between],
        [0, 0],
      ]);
      const kept = shape.map((n, i) => (i === axis ? n - between : n));
      result = tf.slice(
        tf.reshape(cells, shape),
        kept.map(() => 0),
        kept,
      );
    });
    return tf.pad(
      result,
      before.map((n, i) => [n, after[i] as number]),
    );
  });
}

/** Elements of \`x\` along \`axis\`, picked by \`index\`; the first \`batchDims\` axes of both go together. */
export function gatherBatched(x: tf.Tensor, index: tf.Tensor, axis: number, batchDims: number): tf.Tensor {
  return tf.tidy(() => {
    const rows = tf.reshape(x, [-1, tf.util.sizeFromShape(x.shape.slice(axis + 1))]);
    const picked = tf.gather(rows, flatPlaces(index, x.shape, axis, batchDims));
    return tf.reshape(picked, [...x.shape.slice(0, axis), ...index.shape.slice(batchDims), ...x.shape.slice(axis + 1)]);
  });
}

/** Zeros of \`shape\` with \`updates\` added where \`index\` says: the transpose of gathering with the same settings. */
export function scatterAdd(
  updates: tf.Tensor,
  index: tf.Tensor,
  shape: number[],
  axis: number,
  batchDims: number,
): tf.Tensor {
  return tf.tidy(() => {
    const places = tf.expandDims(flatPlaces(index, shape, axis, batchDims), 1);
    const run = tf.util.sizeFromShape(shape.slice(axis + 1));
    const rows = tf.util.sizeFromShape(shape.slice(0, axis + 1));
    return tf.reshape(tf.scatterND(places, tf.reshape(updates, [-1, run]), [rows, run]), shape);
  });
}

/** A table of \`shape\` is rows of what lies behind \`axis\`; the numbers of the rows that the index picks, one after another. */
function flatPlaces(index: tf.Tensor, shape: number[], axis: number, batchDims: number): tf.Tensor1D {
  const outer = tf.util.sizeFromShape(shape.slice(0, batchDims));
  const middle = tf.util.sizeFromShape(shape.slice(batchDims, axis));
  const size = shape[axis] as number;
  const starts = tf.range(0, outer * middle * size, size, 'int32');
  const places = tf.add(tf.reshape(starts, [outer, middle, 1]), tf.reshape(index, [outer, 1, -1]));
  return tf.reshape(places, [-1]);
}

/** An operation's result held a number that is not finite; the message says which operation. */
export class NotFinite extends Error {
  override readonly name = 'NotFinite';
}

/** \`largest\`: of numbers of 16 bits, which tfjs computes in float32. */
export function checkFinite(tensor: tf.Tensor, place: string, largest = Number.MAX_VALUE): void {
  for (const x of tensor.dataSync()) {
    if (!Number.isFinite(x)) throw new NotFinite(place);
    if (Math.abs(x) > largest) throw new NotFinite(\`\${place}, beyond \${largest}\`);
  }
}

/** [rows, columns]. */
type Pair = readonly [number, number];
/** Zeros around an image: top, bottom, left, right. */
type Padding = readonly [number, number, number, number];
type Shape4D = [number, number, number, number];

/** A convolution of the images \`x\` [n, h, w, c], or of one image, with \`filter\` [kh, kw, c, o]. */
export function conv2d(x: tf.Tensor, filter: tf.Tensor, strides: Pair, padding: Padding, dilations: Pair): tf.Tensor {
  return tf.tidy(() => convolve(x, filter, strides, padding, dilations));
}

/** The gradient of a convolution's \`filter\`, of shape \`filterShape\`, from its images \`x\` and the gradient \`dy\` of its result. */
export function conv2dFilterGradient(
  x: tf.Tensor,
  dy: tf.Tensor,
  filterShape: Shape4D,
  strides: Pair,
  padding: Padding,
  dilations: Pair,
): tf.Tensor {
  return tf.tidy(() => {
    const [images, gradient] = [asImages(x), asImages(dy)];
    if (tf.getBackend() === 'tensorflow' && isOne(dilations)) {
      const same = isSame(images.shape, filterShape, strides, padding);
      const inputs = { x: same ? images : padImages(images, padding), dy: gradient };
      const attributes = { strides: [...strides], pad: same ? 'same' : 'valid', dataFormat: 'NHWC', filterShape };
      return tf.engine().runKernel('Conv2DBackpropFilter', inputs, attributes) as tf.Tensor;
    }
    // With batch and channels exchanged it is a convolution of the images with dy; strides and dilations change places.
    const channelsFirst = tf.transpose(images, [3, 1, 2, 0]);
    const kernel = tf.transpose(gradient, [1, 2, 0, 3]);
    const result = convolve(channelsFirst, kernel, dilations, padding, strides);
    const [kh, kw] = filterShape;
    return tf.transpose(tf.slice(result, [0, 0, 0, 0], [-1, kh, kw, -1]), [1, 2, 0, 3]);
  });
}

/** The gradient of a convolution's images, of shape \`inputShape\`, from the gradient \`dy\` of its result and its \`filter\`. */
export function conv2dInputGradient(
  dy: tf.Tensor,
  filter: tf.Tensor,
  inputShape: number[],
  strides: Pair,
  padding: Padding,
  dilations: Pair,
): tf.Tensor {
  return tf.tidy(() => {
    const gradient = asImages(dy);
    const [height, width, channels] = inputShape.slice(-3) as [number, number, number];
    const images: Shape4D = [gradient.shape[0], height, width, channels];
    const isNative = tf.getBackend() === 'tensorflow' && isOne(dilations);
    const result = isNative
      ? nativeInputGradient(gradient, filter, images, strides, padding)
      : convolvedInputGradient(gradient, filter, images, strides, padding, dilations);
    return tf.reshape(result, inputShape);
  });
}

function nativeInputGradient(
  dy: tf.Tensor4D,
  filter: tf.Tensor,
  images: Shape4D,
  strides: Pair,
  padding: Padding,
): tf.Tensor {
  const [n, height, width, channels] = images;
  const [top, bottom, left, right] = padding;
  const same = isSame(images, filter.shape as Shape4D, strides, padding);
  const inputShape = same ? images : [n, height + top + bottom, width + left + right, channels];
  const attributes = { strides: [...strides], pad: same ? 'same' : 'valid', dataFormat: 'NHWC', inputShape };
  const gradient = tf.engine().runKernel('Conv2DBackpropInput', { dy, filter }, attributes) as tf.Tensor;
  return same ? gradient : tf.slice(gradient, [0, top, left, 0], images);
}

/** A convolution of dy, its elements \`strides\` apart, with the filter turned half way round and its channels exchanged. */
function convolvedInputGradient(
  dy: tf.Tensor4D,
  filter: tf.Tensor,
  images: Shape4D,
  strides: Pair,
  padding: Padding,
  dilations: Pair,
): tf.Tensor {
  const [kh, kw] = filter.shape as Shape4D;
  const phases =
    isOne(strides) || !isOne(dilations) ? undefined : inputGradientByPhases(dy, filter, images, strides, padding);
  if (phases !== undefined) return phases;
  const spread = spreadImages(dy, strides);
  const turned = tf.transpose(tf.reverse(filter, [0, 1]), [0, 1, 3, 2]);
  const top = (kh - 1) * dilations[0] - padding[0];
  const left = (kw - 1) * dilations[1] - padding[2];
  const bottom = images[1] + padding[0] - spread.shape[1];
  const right = images[2] + padding[2] - spread.shape[2];
  // Where a side would be padded by less than nothing, it is cut.
  const [cutTop, cutLeft] = [Math.max(0, -top), Math.max(0, -left)];
  const height = spread.shape[1] - cutTop - Math.max(0, -bottom);
  const width = spread.shape[2] - cutLeft - Math.max(0, -right);
  const cut = tf.slice(spread, [0, cutTop, cutLeft, 0], [-1, height, width, -1]);
  const around: Padding = [Math.max(0, top), Math.max(0, bottom), Math.max(0, left), Math.max(0, right)];
  return convolve(cut, turned, [1, 1], around, dilations);
}

/**
 * The same, one convolution for each place that a pixel can have between two strides: no product with a zero in between.
 * Undefined where the last results lie outside the images.
 */
function inputGradientByPhases(
  dy: tf.Tensor4D,
  filter: tf.Tensor,
  [n, height, width, channels]: Shape4D,
  [down, across]: Pair,
  [top, , left]: Padding,
): tf.Tensor | undefined {
  const rows = Math.ceil((top + height) / down);
  const columns = Math.ceil((left + width) / across);
  const [below, right] = [rows - dy.shape[1], columns - dy.shape[2]];
  if (below < 0 || right < 0) return undefined;
  const phase = (r: number, q: number): tf.Tensor => {
    const taken = [taps(r, filter.shape[0] as number, down), taps(q, filter.shape[1] as number, across)] as const;
    const [tall, wide] = [taken[0].length, taken[1].length];
    if (tall === 0 || wide === 0) return tf.zeros([n, rows, columns, channels]);
    const part = tf.gather(tf.gather(filter, taken[0], 0), taken[1], 1);
    return convolve(dy, tf.transpose(part, [0, 1, 3, 2]), [1, 1], [tall - 1, below, wide - 1, right], [1, 1]);
  };
  // Side by side as channels, the phases of a row are its pixels in order; rows side by side are the image.
  const lines = Array.from({ length: down }, (_, r) => {
    const parts = Array.from({ length: across }, (_, q) => phase(r, q));
    return tf.reshape(tf.concat(parts, 3), [n, rows, columns * across, channels]);
  });
  const all = tf.reshape(tf.concat(lines, 2), [n, rows * down, columns * across, channels]);
  return tf.slice(all, [0, top, left, 0], [n, height, width, channels]);
}

/** Every \`stride\`-th tap from \`first\`, the last first. */
function taps(first: number, size: number, stride: number): number[] {
  const all: number[] = [];
  for (let k = first; k < size; k += stride) all.unshift(k);
  return all;
}

function convolve(x: tf.Tensor, filter: tf.Tensor, strides: Pair, padding: Padding, dilations: Pair): tf.Tensor {
  // tfjs takes strides or dilations, not both: then the filter gets its zeros itself.
  const spread = !isOne(strides) && !isOne(dilations);
  const kernel = spread ? spreadFilter(filter as tf.Tensor4D, dilations) : (filter as tf.Tensor4D);
  const [top, bottom, left, right] = padding;
  const around: 'valid' | tf.backend_util.ExplicitPadding = padding.every((n) => n === 0)
    ? 'valid'
    : [
        [0, 0],
        [top, bottom],
        [left, right],
        [0, 0],
      ];
  const result = tf.conv2d(asImages(x), kernel, [...strides], around, 'NHWC', spread ? 1 : [...dilations]);
  return x.shape.length === 3 ? tf.squeeze(result, [0]) : result;
}

function asImages(x: tf.Tensor): tf.Tensor4D {
  return (x.shape.length === 3 ? tf.expandDims(x, 0) : x) as tf.Tensor4D;
}

/** The images with \`strides - 1\` zeros between neighbours. */
function spreadImages(x: tf.Tensor4D, [rows, columns]: Pair): tf.Tensor4D {
  const [n, h, w, c] = x.shape;
  if (rows === 1 && columns === 1) return x;
  const cells = tf.reshape(x, [n * h, 1, w, c]);
  const down = tf.reshape(padAfter(cells, [0, rows - 1, 0, 0]), [n * h * rows * w, 1, c]);
  const spread = tf.reshape(padAfter(down, [0, columns - 1, 0]), [n, h * rows, w * columns, c]);
  return tf.slice(spread as tf.Tensor4D, [0, 0, 0, 0], [n, (h - 1) * rows + 1, (w - 1) * columns + 1, c]);
}

function spreadFilter(filter: tf.Tensor4D, dilations: Pair): tf.Tensor4D {
  return tf.transpose(spreadImages(tf.transpose(filter, [3, 0, 1, 2]), dilations), [1, 2, 3, 0]);
}

function padAfter(x: tf.Tensor, after: readonly number[]): tf.Tensor {
  return after.every((n) => n === 0)
    ? x
    : tf.pad(
        x,
        after.map((n) => [0, n]),
      );
}

function padImages(x: tf.Tensor4D, [top, bottom, left, right]: Padding): tf.Tensor4D {
  if (top + bottom + left + right === 0) return x;
  return tf.pad4d(x, [
    [0, 0],
    [top, bottom],
    [left, right],
    [0, 0],
  ]);
}

function isOne([rows, columns]: Pair): boolean {
  return rows === 1 && columns === 1;
}

/** Whether the padding is TensorFlow's 'SAME', which the native gradient kernels know beside 'VALID'. */
function isSame(images: Shape4D, filter: Shape4D, strides: Pair, padding: Padding): boolean {
  const total = (axis: 0 | 1): number =>
    Math.max(0, (Math.ceil(images[axis + 1]! / strides[axis]) - 1) * strides[axis] + filter[axis] - images[axis + 1]!);
  const [rows, columns] = [total(0), total(1)];
  const same = [rows >> 1, rows - (rows >> 1), columns >> 1, columns - (columns >> 1)];
  return same.every((n, i) => n === padding[i]);
}

/**
 * The random numbers of one step. Every draw is a function of the seed, the step, the place in the program (\`site\`) and the
 * index of the number, through the counter-based generator Philox4x32-10: nothing depends on what was drawn before.
 */
export class Draws {
  constructor(
    readonly seed: number,
    readonly step: number,
  ) {}

  /** \`count\` numbers, uniform in [0, 1). */
  uniform(site: string, count: number): Float32Array {
    const values = new Float32Array(count);
    const bits = new Uint32Array(values.buffer);
    this.fill(site, bits);
    for (let i = 0; i < count; i++) bits[i] = ((bits[i] as number) & 0x7fffff) | 0x3f800000;
    for (let i = 0; i < count; i++) values[i] = (values[i] as number) - 1;
    return values;
  }

  /** \`count\` numbers from the standard normal distribution, by Box and Muller's method. */
  normal(site: string, count: number): Float32Array {
    const values = this.uniform(site, count + (count % 2));
    for (let i = 0; i < values.length; i += 2) {
      const radius = Math.sqrt(-2 * Math.log(Math.max(values[i] as number, 1e-7)));
      const angle = 2 * Math.PI * (values[i + 1] as number);
      values[i] = radius * Math.sin(angle);
      values[i + 1] = radius * Math.cos(angle);
    }
    return values.subarray(0, count);
  }

  /** \`rows\` permutations of 0..size-1, one behind the other: each the order of as many uniform numbers. */
  permutations(site: string, rows: number, size: number): Int32Array {
    const keys = this.uniform(site, rows * size);
    const orders = new Int32Array(rows * size);
    for (let start = 0; start < orders.length; start += size) {
      const key = (i: number): number => keys[start + i] as number;
      orders.set(
        Int32Array.from({ length: size }, (_, i) => i).sort((a, b) => key(a) - key(b) || a - b),
        start,
      );
    }
    return orders;
  }

  /** Philox4x32-10 of the key (seed, site) and the counters (0, 0), (1, 0), …, each with the step: four words a counter. */
  private fill(site: string, words: Uint32Array): void {
    const siteKey = hash32(site);
    const stepLow = this.step >>> 0;
    const stepHigh = Math.floor(this.step / 2 ** 32) >>> 0;
    for (let block = 0; block * 4 < words.length; block++) {
      let c0 = block >>> 0;
      let c1 = 0;
      let c2 = stepLow;
      let c3 = stepHigh;
      let k0 = this.seed >>> 0;
      let k1 = siteKey;
      for (let round = 0; round < 10; round++) {
        const high0 = multiplyHigh(0xd2511f53, c0);
        const low0 = Math.imul(0xd2511f53, c0);
        const high1 = multiplyHigh(0xcd9e8d57, c2);
        const low1 = Math.imul(0xcd9e8d57, c2);
        c0 = high1 ^ c1 ^ k0;
        c1 = low1;
        c2 = high0 ^ c3 ^ k1;
        c3 = low0;
        k0 = (k0 + 0x9e3779b9) | 0;
        k1 = (k1 + 0xbb67ae85) | 0;
      }
      // Past the end of \`words\` a typed array ignores what is written.
      words[block * 4] = c0;
      words[block * 4 + 1] = c1;
      words[block * 4 + 2] = c2;
      words[block * 4 + 3] = c3;
    }
  }
}

/** The upper half of the 64-bit product of two unsigned 32-bit numbers. */
function multiplyHigh(a: number, b: number): number {
  const aLow = a & 0xffff;
  const aHigh = a >>> 16;
  const bLow = b & 0xffff;
  const bHigh = b >>> 16;
  const middle = aHigh * bLow + ((aLow * bLow) >>> 16);
  const cross = aLow * bHigh + (middle & 0xffff);
  return (aHigh * bHigh + Math.floor(middle / 65536) + Math.floor(cross / 65536)) | 0;
}

/** FNV-1a over the UTF-16 units of a text, with murmur3's finaliser. */
function hash32(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

export function randomUniform(draws: Draws, site: string, shape: number[]): tf.Tensor {
  return tf.tensor(draws.uniform(site, tf.util.sizeFromShape(shape)), shape, 'float32');
}

export function randomNormal(draws: Draws, site: string, shape: number[]): tf.Tensor {
  return tf.tensor(draws.normal(site, tf.util.sizeFromShape(shape)), shape, 'float32');
}

/** Permutations along the last axis. */
export function randomPermutation(draws: Draws, site: string, shape: number[]): tf.Tensor {
  const size = shape[shape.length - 1] as number;
  return tf.tensor(draws.permutations(site, tf.util.sizeFromShape(shape) / size, size), shape, 'int32');
}

/** The sum over axes of which the last is not one. */
export function sumOver(x: tf.Tensor, axes: number[], keepDims: boolean): tf.Tensor {
  const first = axes[0] ?? 0;
  const isBlock = axes.every((axis, i) => axis === first + i);
  if (tf.getBackend() !== 'wasm' || x.dtype !== 'float32' || !isBlock) return tf.sum(x, axes, keepDims);
  // The wasm backend moves the summed axes to the end before it sums. Products with ones are many times faster; taken first
  // over one axis, then over the others, they also round less.
  return tf.tidy(() => {
    const outer = tf.util.sizeFromShape(x.shape.slice(0, first));
    const inner = tf.util.sizeFromShape(x.shape.slice(first + axes.length));
    const count = x.shape[first] as number;
    const others = tf.util.sizeFromShape(x.shape.slice(first + 1, first + axes.length));
    const partial = sumMiddle(x, outer, count, others * inner);
    const sum = others === 1 ? partial : sumMiddle(partial, outer, others, inner);
    const shape = x.shape.flatMap((size, i) => (!axes.includes(i) ? [size] : keepDims ? [1] : []));
    return tf.reshape(sum, shape);
  });
}

/** The mean over axes of which the last is not one. */
export function meanOver(x: tf.Tensor, axes: number[], keepDims: boolean): tf.Tensor {
  if (tf.getBackend() !== 'wasm') return tf.mean(x, axes, keepDims);
  const count = axes.reduce((product, axis) => product * (x.shape[axis] as number), 1);
  return tf.tidy(() => tf.div(sumOver(x, axes, keepDims), count));
}

/** The sum over the middle of three axes of these sizes. */
function sumMiddle(x: tf.Tensor, outer: number, count: number, inner: number): tf.Tensor {
  if (outer === 1) return tf.matMul(tf.ones([1, count]), tf.reshape(x, [count, inner]));
  return tf.matMul(tf.ones([outer, 1, count]), tf.reshape(x, [outer, count, inner]));
}

/** The mean of (x - mean)² over axes. */
export function variance(x: tf.Tensor, axes: number[], keepDims: boolean): tf.Tensor {
  return tf.tidy(() => tf.mean(tf.square(tf.sub(x, tf.mean(x, axes, true))), axes, keepDims));
}

/** log Σ e^x over axes, with the largest taken out first. */
export function logSumExp(x: tf.Tensor, axes: number[], keepDims: boolean): tf.Tensor {
  return tf.tidy(() => {
    const largest = tf.max(x, axes, true);
    const sum = tf.log(tf.sum(tf.exp(tf.sub(x, largest)), axes, keepDims));
    return tf.add(tf.reshape(largest, sum.shape), sum);
  });
}

/** Positions along the last axis in ascending order of value; equal ones keep their order. */
export function argsort(x: tf.Tensor): tf.Tensor {
  return tf.tidy(() => tf.topk(tf.neg(x), x.shape[x.shape.length - 1], true).indices);
}

/** A tensor whose shape its type tells. */
export type Shaped<Shape extends readonly number[]> = tf.Tensor & { readonly shape: Shape };

/** The tensor itself, once its shape is seen to be \`shape\`. */
export function shaped<const Shape extends readonly number[]>(tensor: tf.Tensor, shape: Shape): Shaped<Shape> {
  if (tensor.shape.length !== shape.length || tensor.shape.some((size, i) => size !== shape[i])) {
    throw new Error(\`expected a tensor of shape [\${shape.join(', ')}], not [\${tensor.shape.join(', ')}]\`);
  }
  return tensor as Shaped<Shape>;
}
`;
