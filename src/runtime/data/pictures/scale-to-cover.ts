/**
 * Scales a picture so that it covers a size, and cuts off the rest around the centre. Averages are weighted by a triangle as wide as two pixels
 * of the result, as Pillow's BILINEAR and torchvision's Resize with antialias, columns first; the sums are WebAssembly's (scale.wat).
 */
import { readFileSync } from 'node:fs';
import { builtFile } from '../built-file.js';

interface Size {
  readonly height: number;
  readonly width: number;
}

/** A weight of one. */
const one = 2 ** 14;
/** The code reads and writes up to so many bytes after a picture. */
const beyond = 16;
const page = 2 ** 16;

interface Kernel {
  readonly memory: WebAssembly.Memory;
  sumRows(rows: number, line: number, weights: number, count: number, to: number): void;
  sumPixels(
    from: number,
    channels: number,
    first: number,
    count: number,
    weights: number,
    most: number,
    places: number,
    to: number,
  ): void;
}

let loaded: Kernel | undefined;

function kernel(): Kernel {
  loaded ??= new WebAssembly.Instance(new WebAssembly.Module(readFileSync(builtFile('scale.wasm', import.meta.url))))
    .exports as unknown as Kernel;
  return loaded;
}

/** Memory where a picture of so many bytes may be written that is scaled next, and then need not be copied. */
export function scalingMemory(size: number): Uint8Array {
  return new Uint8Array(memoryOf(size + beyond), 0, size);
}

function memoryOf(size: number): ArrayBuffer {
  const { memory } = kernel();
  const missing = size - memory.buffer.byteLength;
  if (missing > 0) memory.grow(Math.ceil(missing / page));
  return memory.buffer;
}

export function scaleToCover(pixels: Uint8Array, from: Size, to: Size, channels: number): Uint8Array {
  const { memory, sumRows, sumPixels } = kernel();
  const written = pixels.buffer === memory.buffer;
  const scale = Math.max(to.height / from.height, to.width / from.width);
  const down = weightsOf(from.height, from.height * scale, to.height);
  const across = weightsOf(from.width, from.width * scale, to.width);
  const line = from.width * channels;
  const size = to.height * to.width * channels;

  let end = 0;
  const place = (bytes: number): number => {
    const start = end;
    end += Math.ceil((bytes + beyond) / beyond) * beyond;
    return start;
  };
  const [picture, row, result] = [place(from.height * line), place(line), place(size)];
  const rowWeights = place(down.values.byteLength);
  const [weights, first, count] = [across.values, across.first, across.count].map((all) => place(all.byteLength)) as [
    number,
    number,
    number,
  ];
  const buffer = memoryOf(end);
  if (!written) new Uint8Array(buffer).set(pixels, picture);
  new Int16Array(buffer, rowWeights).set(down.values);
  new Int16Array(buffer, weights).set(across.values);
  new Int32Array(buffer, first).set(across.first);
  new Int32Array(buffer, count).set(across.count);

  for (let y = 0; y < to.height; y++) {
    sumRows(picture + down.first[y]! * line, line, rowWeights + 2 * y * down.most, down.count[y]!, row);
    sumPixels(row, channels, first, count, weights, across.most, to.width, result + y * to.width * channels);
  }
  return new Uint8Array(buffer).slice(result, result + size);
}

/** For each place of the result, the first place that it is made from, how many there are, and their weights, `most` a place. */
interface Weights {
  readonly first: Int32Array;
  readonly count: Int32Array;
  readonly values: Int16Array;
  readonly most: number;
}

/** Of an axis of `size` places that is scaled to about `scaled` and cut to `kept` around its centre. */
function weightsOf(size: number, scaled: number, kept: number): Weights {
  const whole = Math.max(kept, Math.round(scaled));
  const offset = (whole - kept) >> 1;
  const step = size / whole;
  const reach = Math.max(1, step);
  const most = Math.ceil(reach) * 2 + 1;
  const [first, count] = [new Int32Array(kept), new Int32Array(kept)];
  const values = new Int16Array(kept * most);
  for (let place = 0; place < kept; place++) {
    const centre = (place + offset + 0.5) * step;
    const start = Math.max(0, Math.floor(centre - reach + 0.5));
    const end = Math.min(size, Math.floor(centre + reach + 0.5));
    const triangle = (at: number): number => Math.max(0, 1 - Math.abs(at + 0.5 - centre) / reach);
    let sum = 0;
    for (let at = start; at < end; at++) sum += triangle(at);
    for (let at = start; at < end; at++) values[place * most + at - start] = Math.round((triangle(at) / sum) * one);
    first[place] = start;
    count[place] = end - start;
  }
  return { first, count, values, most };
}
