/**
 * Common corruptions of pictures at five severities. Hendrycks & Dietterich 2019, "Benchmarking Neural Network Robustness to Common Corruptions and
 * Perturbations": the constants of their CIFAR-10-C for pictures of up to 64 × 64, those of ImageNet-C for larger ones. Occlusion is not among theirs:
 * a grey square anywhere (after DeVries & Taylor 2017, "Improved Regularization of Convolutional Neural Networks with Cutout").
 */
import { drawNormal, drawUniform } from '../../compiler/graph/random.js';

export interface PictureSize {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
}

/** Which picture of which seed: decides its draws. */
export interface Place {
  readonly seed: number;
  readonly example: number;
}

interface Corruption {
  readonly small: readonly number[];
  readonly large: readonly number[];
  apply(picture: Float32Array, size: PictureSize, strength: number, place: Place): Float32Array;
}

export const corruptionNames = ['gaussian_noise', 'gaussian_blur', 'contrast', 'brightness', 'occlusion'] as const;
export type CorruptionName = (typeof corruptionNames)[number];

const largestSmall = 64;

const corruptions: Record<CorruptionName, Corruption> = {
  gaussian_noise: {
    small: [0.04, 0.06, 0.08, 0.09, 0.1],
    large: [0.08, 0.12, 0.18, 0.26, 0.38],
    apply: (picture, _, deviation, { seed, example }) => {
      const noise = drawNormal({ seed, step: example }, 'gaussian_noise', picture.length);
      return picture.map((value, i) => clip(value + deviation * noise[i]!));
    },
  },
  gaussian_blur: {
    small: [0.4, 0.6, 0.7, 0.8, 1],
    large: [1, 2, 3, 4, 6],
    apply: (picture, size, deviation) => blur(picture, size, deviation),
  },
  contrast: {
    small: [0.75, 0.5, 0.4, 0.3, 0.15],
    large: [0.4, 0.3, 0.2, 0.1, 0.05],
    apply: (picture, { channels }, factor) => {
      const means = new Float64Array(channels);
      for (let i = 0; i < picture.length; i++) means[i % channels]! += (picture[i]! * channels) / picture.length;
      return picture.map((value, i) => clip((value - means[i % channels]!) * factor + means[i % channels]!));
    },
  },
  brightness: {
    small: [0.05, 0.1, 0.15, 0.2, 0.3],
    large: [0.1, 0.2, 0.3, 0.4, 0.5],
    apply: brighten,
  },
  occlusion: {
    small: [0.2, 0.3, 0.4, 0.5, 0.6],
    large: [0.2, 0.3, 0.4, 0.5, 0.6],
    apply: occlude,
  },
};

/** A picture in 0..1, `[height, width, channels]`, corrupted at a severity of 1 to 5. */
export function corrupt(
  picture: Float32Array,
  size: PictureSize,
  name: CorruptionName,
  severity: number,
  place: Place,
): Float32Array {
  const { small, large, apply } = corruptions[name];
  const strengths = Math.max(size.height, size.width) <= largestSmall ? small : large;
  return apply(picture, size, strengths[severity - 1]!, place);
}

function clip(value: number): number {
  return Math.min(1, Math.max(0, value));
}

/** Gaussian of this deviation, cut off at four deviations, edges repeated; as scipy's `gaussian_filter` with `mode="nearest"`. */
function blur(picture: Float32Array, { height, width, channels }: PictureSize, deviation: number): Float32Array {
  const radius = Math.floor(4 * deviation + 0.5);
  const weights = Float64Array.from({ length: 2 * radius + 1 }, (_, i) =>
    Math.exp(-((i - radius) ** 2) / (2 * deviation ** 2)),
  );
  const total = weights.reduce((a, b) => a + b, 0);
  const along = (from: Float32Array, length: number, stride: number): Float32Array =>
    from.map((_, at) => {
      const place = Math.floor(at / stride) % length;
      let sum = 0;
      for (let k = -radius; k <= radius; k++) {
        const other = Math.min(length - 1, Math.max(0, place + k));
        sum += weights[k + radius]! * from[at + (other - place) * stride]!;
      }
      return sum / total;
    });
  return along(along(picture, height, width * channels), width, channels);
}

/** More of HSV's value with hue and saturation kept: all channels in proportion to the largest; of black, grey. */
function brighten(picture: Float32Array, { channels }: PictureSize, more: number): Float32Array {
  // The fourth channel of four is opacity.
  const colours = channels === 4 ? 3 : channels;
  const bright = picture.slice();
  for (let at = 0; at < picture.length; at += channels) {
    let value = 0;
    for (let c = 0; c < colours; c++) value = Math.max(value, picture[at + c]!);
    const next = clip(value + more);
    for (let c = 0; c < colours; c++) bright[at + c] = value > 0 ? (picture[at + c]! / value) * next : next;
  }
  return bright;
}

function occlude(
  picture: Float32Array,
  { height, width, channels }: PictureSize,
  share: number,
  { seed, example }: Place,
): Float32Array {
  const side = Math.max(1, Math.round(share * Math.min(height, width)));
  const [u, v] = drawUniform({ seed, step: example }, 'occlusion', 2);
  const top = Math.floor(u! * (height - side + 1));
  const left = Math.floor(v! * (width - side + 1));
  const covered = picture.slice();
  for (let row = top; row < top + side; row++)
    covered.fill(0.5, (row * width + left) * channels, (row * width + left + side) * channels);
  return covered;
}
