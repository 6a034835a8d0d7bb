/** The text of `support.ts`: the files of `support/`. Made by test/targets/support-text.test.ts. */
export const supportText = `/**
 * What the generated model is built from beside tfjs itself. Copied by ebmc; the same for every model.
 */
import * as tf from '@tensorflow/tfjs-core';

/** The first operation whose result held a number that is not finite. */
export class NotFinite extends Error {
  override readonly name = 'NotFinite';

  constructor(
    readonly scope: string,
    readonly operation: string,
    readonly value: number,
  ) {
    super(\`\${operation}\${scope === '' ? '' : \` in \${scope}\`} gave \${value}\`);
  }
}

export function checkFinite(tensor: tf.Tensor, scope: string, operation: string): void {
  const value = tensor.dataSync().find((x: number) => !Number.isFinite(x));
  if (value !== undefined) throw new NotFinite(scope, operation, value);
}

/** Rows and columns added around an image: top, bottom, left, right. */
export type Padding = readonly [top: number, bottom: number, left: number, right: number];
export type Strides = readonly [rows: number, columns: number];

type Shape4D = [number, number, number, number];

/** A convolution of \`x\` [n, h, w, c] with \`filter\` [kh, kw, c, o]. */
export function conv2d(x: tf.Tensor, filter: tf.Tensor, strides: Strides, padding: Padding): tf.Tensor4D {
  return tf.conv2d(x as tf.Tensor4D, filter as tf.Tensor4D, [...strides], explicitPadding(padding));
}

/** The gradient of a convolution's \`filter\`, of shape \`filterShape\`, from its argument \`x\` and the gradient \`dy\` of its result. */
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

/** The gradient of a convolution's argument, of shape \`inputShape\`, from the gradient \`dy\` of its result and its \`filter\`. */
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
    // A convolution of dy, its elements \`strides\` apart, with the filter turned half way round and its channels exchanged.
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

/** The image's elements with \`strides - 1\` zeros between neighbours. */
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

  /** A permutation of 0..count-1: the order of as many uniform numbers. */
  permutation(site: string, count: number): Int32Array {
    const keys = this.uniform(site, count);
    return Int32Array.from(keys.keys()).sort((a, b) => (keys[a] as number) - (keys[b] as number) || a - b);
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

/** FNV-1a over the UTF-16 units of a text. */
function hash32(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}

export function randomUniform(draws: Draws, site: string, shape: number[]): tf.Tensor {
  return tf.tensor(draws.uniform(site, tf.util.sizeFromShape(shape)), shape, 'float32');
}

export function randomNormal(draws: Draws, site: string, shape: number[]): tf.Tensor {
  return tf.tensor(draws.normal(site, tf.util.sizeFromShape(shape)), shape, 'float32');
}

export function randomPermutation(draws: Draws, site: string, count: number): tf.Tensor1D {
  return tf.tensor1d(draws.permutation(site, count), 'int32');
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
