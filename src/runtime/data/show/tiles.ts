/** Values as tiles of a contact sheet: pictures as they are, sounds as waveforms, spectrograms as grey pictures. */
import { isPicture, type Tile } from './contact-sheet.js';

const waveform = { height: 64, width: 192 } as const;
/** A spectrogram may be so long or so high. */
const mostOfPicture = 512;

/** `sound`: numbers in a row are samples in -1..1. Undefined where nothing can be drawn. */
export function tileOf(shape: readonly number[], values: ArrayLike<number>, sound: boolean): Tile | undefined {
  if (isPicture(shape)) return { shape, values };
  if (!sound) return undefined;
  if (shape.length === 1) return waveformTile(values);
  const [frames = 0, bands = 0] = shape;
  return shape.length === 2 && Math.max(frames, bands) <= mostOfPicture
    ? spectrogramTile(frames, bands, values)
    : undefined;
}

/** From left to right; each column of pixels reaches from the lowest to the highest sample of its time. */
function waveformTile(samples: ArrayLike<number>): Tile {
  const { height, width } = waveform;
  const pixels = new Float32Array(height * width);
  for (let x = 0; x < width; x++) {
    const from = Math.floor((x * samples.length) / width);
    const to = Math.max(from + 1, Math.floor(((x + 1) * samples.length) / width));
    let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    for (let i = from; i < to && i < samples.length; i++) {
      low = Math.min(low, samples[i]!);
      high = Math.max(high, samples[i]!);
    }
    for (let y = rowOf(high); y <= rowOf(low); y++) pixels[y * width + x] = 1;
  }
  return { shape: [height, width, 1], values: pixels };
}

/** 1 is above, -1 below. */
function rowOf(sample: number): number {
  const { height } = waveform;
  return Math.max(0, Math.min(height - 1, Math.round(((1 - sample) / 2) * (height - 1))));
}

/** Time from left to right, low bands below; the smallest value is black, the largest white. */
function spectrogramTile(frames: number, bands: number, values: ArrayLike<number>): Tile {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let i = 0; i < frames * bands; i++) {
    low = Math.min(low, values[i]!);
    high = Math.max(high, values[i]!);
  }
  const span = high > low ? high - low : 1;
  const pixels = Float32Array.from({ length: frames * bands }, (_, place) => {
    const [band, frame] = [bands - 1 - Math.floor(place / frames), place % frames];
    return (values[frame * bands + band]! - low) / span;
  });
  return { shape: [bands, frames, 1], values: pixels };
}
