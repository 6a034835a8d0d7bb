import * as tf from '@tensorflow/tfjs-core';

/** Rows and columns added around an image: top, bottom, left, right. */
export type Padding = readonly [top: number, bottom: number, left: number, right: number];
export type Strides = readonly [rows: number, columns: number];

type Shape4D = [number, number, number, number];

/** A convolution of `x` [n, h, w, c] with `filter` [kh, kw, c, o]. */
export function conv2d(x: tf.Tensor, filter: tf.Tensor, strides: Strides, padding: Padding): tf.Tensor4D {
  return tf.conv2d(x as tf.Tensor4D, filter as tf.Tensor4D, [...strides], explicitPadding(padding));
}

/** The gradient of a convolution's `filter`, of shape `filterShape`, from its argument `x` and the gradient `dy` of its result. */
export function conv2dFilterGradient(
  x: tf.Tensor,
  dy: tf.Tensor,
  filterShape: Shape4D,
  strides: Strides,
  padding: Padding,
): tf.Tensor4D {
  return tf.tidy(() => {
    if (tf.getBackend() === 'tensorflow') {
      const same = isSame(x.shape as Shape4D, filterShape, strides, padding);
      return tf
        .engine()
        .runKernel(
          'Conv2DBackpropFilter',
          { x: same ? x : padImage(x, padding), dy },
          { strides: [...strides], pad: same ? 'same' : 'valid', dataFormat: 'NHWC', filterShape },
        ) as tf.Tensor4D;
    }
    // Batch and channels exchanged, the filter's gradient is a convolution of x with dy, whose stride is the dilation.
    const [kh, kw] = filterShape;
    const images = tf.transpose(x as tf.Tensor4D, [3, 1, 2, 0]);
    const kernel = tf.transpose(dy as tf.Tensor4D, [1, 2, 0, 3]);
    const result = tf.conv2d(images, kernel, 1, explicitPadding(padding), 'NHWC', [...strides]);
    return tf.transpose(tf.slice(result, [0, 0, 0, 0], [-1, kh, kw, -1]), [1, 2, 0, 3]);
  });
}

/** The gradient of a convolution's argument, of shape `inputShape`, from the gradient `dy` of its result and its `filter`. */
export function conv2dInputGradient(
  dy: tf.Tensor,
  filter: tf.Tensor,
  inputShape: Shape4D,
  strides: Strides,
  padding: Padding,
): tf.Tensor4D {
  return tf.tidy(() => {
    const [batch, height, width, channels] = inputShape;
    const [top, bottom, left, right] = padding;
    if (tf.getBackend() === 'tensorflow') {
      const same = isSame(inputShape, filter.shape as Shape4D, strides, padding);
      const padded: Shape4D = [batch, height + top + bottom, width + left + right, channels];
      const gradient = tf.engine().runKernel(
        'Conv2DBackpropInput',
        { dy, filter },
        {
          strides: [...strides],
          pad: same ? 'same' : 'valid',
          dataFormat: 'NHWC',
          inputShape: same ? inputShape : padded,
        },
      ) as tf.Tensor4D;
      return same ? gradient : tf.slice(gradient, [0, top, left, 0], inputShape);
    }
    // A convolution of dy, its elements `strides` apart, with the filter turned half way round and its channels exchanged.
    const [kh, kw] = filter.shape as Shape4D;
    const [, outHeight, outWidth] = dy.shape as Shape4D;
    const spread = spreadImage(dy as tf.Tensor4D, strides);
    const turned = tf.transpose(tf.reverse(filter as tf.Tensor4D, [0, 1]), [0, 1, 3, 2]);
    // How far the result reaches beyond what dy's elements cover, at each side; negative where it is cut.
    const before = [kh - 1 - top, kw - 1 - left] as const;
    const after = [
      height + top - ((outHeight - 1) * strides[0] + 1),
      width + left - ((outWidth - 1) * strides[1] + 1),
    ] as const;
    const cut = tf.slice(
      spread,
      [0, Math.max(0, -before[0]), Math.max(0, -before[1]), 0],
      [
        -1,
        (spread.shape[1] as number) + Math.min(0, before[0]) + Math.min(0, after[0]),
        (spread.shape[2] as number) + Math.min(0, before[1]) + Math.min(0, after[1]),
        -1,
      ],
    );
    const around: Padding = [
      Math.max(0, before[0]),
      Math.max(0, after[0]),
      Math.max(0, before[1]),
      Math.max(0, after[1]),
    ];
    return tf.conv2d(cut, turned, 1, explicitPadding(around));
  });
}

/** The image's elements with `strides - 1` zeros between neighbours. */
function spreadImage(x: tf.Tensor4D, strides: Strides): tf.Tensor4D {
  const [n, h, w, c] = x.shape;
  const [rows, columns] = strides;
  if (rows === 1 && columns === 1) return x;
  const apart = tf.pad(tf.reshape(x, [n, h, 1, w, 1, c]), [
    [0, 0],
    [0, 0],
    [0, rows - 1],
    [0, 0],
    [0, columns - 1],
    [0, 0],
  ]);
  const spread = tf.reshape(apart, [n, h * rows, w * columns, c]) as tf.Tensor4D;
  return tf.slice(spread, [0, 0, 0, 0], [n, (h - 1) * rows + 1, (w - 1) * columns + 1, c]);
}

function padImage(x: tf.Tensor, [top, bottom, left, right]: Padding): tf.Tensor4D {
  if (top + bottom + left + right === 0) return x as tf.Tensor4D;
  return tf.pad4d(x as tf.Tensor4D, [
    [0, 0],
    [top, bottom],
    [left, right],
    [0, 0],
  ]);
}

/** Whether the padding is TensorFlow's 'SAME', which the native gradient kernels know beside 'VALID'. */
function isSame(input: Shape4D, filter: Shape4D, strides: Strides, padding: Padding): boolean {
  const total = (axis: 0 | 1): number => {
    const size = input[axis + 1] as number;
    return Math.max(0, (Math.ceil(size / strides[axis]) - 1) * strides[axis] + (filter[axis] as number) - size);
  };
  const [rows, columns] = [total(0), total(1)];
  const same = [rows >> 1, rows - (rows >> 1), columns >> 1, columns - (columns >> 1)];
  return same.every((n, i) => n === padding[i]);
}

function explicitPadding([top, bottom, left, right]: Padding): 'valid' | tf.backend_util.ExplicitPadding {
  if (top + bottom + left + right === 0) return 'valid';
  return [
    [0, 0],
    [top, bottom],
    [left, right],
    [0, 0],
  ];
}
