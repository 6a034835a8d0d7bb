import * as tf from '@tensorflow/tfjs-core';

/** [rows, columns]. */
type Pair = readonly [number, number];
/** Zeros around an image: top, bottom, left, right. */
type Padding = readonly [number, number, number, number];
type Shape4D = [number, number, number, number];

/** A convolution of the images `x` [n, h, w, c], or of one image, with `filter` [kh, kw, c, o]. */
export function conv2d(x: tf.Tensor, filter: tf.Tensor, strides: Pair, padding: Padding, dilations: Pair): tf.Tensor {
  return tf.tidy(() => convolve(x, filter, strides, padding, dilations));
}

/** The gradient of a convolution's `filter`, of shape `filterShape`, from its images `x` and the gradient `dy` of its result. */
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

/** The gradient of a convolution's images, of shape `inputShape`, from the gradient `dy` of its result and its `filter`. */
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

/** A convolution of dy, its elements `strides` apart, with the filter turned half way round and its channels exchanged. */
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

/** Every `stride`-th tap from `first`, the last first. */
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

/** The images with `strides - 1` zeros between neighbours. */
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
