/** A program and data that train in a second: 8×8 pictures, bright above or below. */

const side = 8;

export const tinyProgram = `use std.heads { mlp }
use std.energies { mean_square }
use std.regularizers { nt_xent }

model Tiny(temperature = 0.5) {
  data x: Image[8, 8, 1]
  view a, b of x = noisy()
  encoder f = mlp(hidden: 16, out: 8)
  energy E(x, y) = mean_square(f(flat(x)), f(flat(y)))
  minimize { contrast: nt_xent(E, a, b, temperature) }
  representation f(flat(x))
}

fn flat(x: [h, w, c]) = reshape(x, [h * w * c])

fn noisy(x: [h, w, c]) = x + 0.1 * normal([h, w, c])

dataset pictures = idx("data") { x: Image[8, 8, 1], label: Class[2] }

train Tiny on pictures.train {
  epochs: 2
  batch: 16
}

evaluate Tiny on pictures {
  knn: 5
  labels: [10%, 100%]
}
`;

export function tinyFiles(trainCount = 96, testCount = 48): Record<string, string | Uint8Array> {
  return {
    'tiny.ebm': tinyProgram,
    'data/train-images-idx3-ubyte': images(trainCount, 1),
    'data/train-labels-idx1-ubyte': labels(trainCount),
    'data/t10k-images-idx3-ubyte': images(testCount, 2),
    'data/t10k-labels-idx1-ubyte': labels(testCount),
  };
}

function images(count: number, seed: number): Uint8Array {
  const bytes = new Uint8Array(16 + count * side * side);
  const view = new DataView(bytes.buffer);
  for (const [i, value] of [0x0803, count, side, side].entries()) view.setUint32(4 * i, value);
  let state = seed;
  for (let i = 0; i < count * side * side; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    const picture = Math.floor(i / (side * side));
    const upper = i % (side * side) < (side * side) / 2;
    bytes[16 + i] = (state >>> 25) + ((picture % 2 === 0) === upper ? 100 : 0);
  }
  return bytes;
}

function labels(count: number): Uint8Array {
  const bytes = new Uint8Array(8 + count);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, 0x0801);
  view.setUint32(4, count);
  for (let i = 0; i < count; i++) bytes[8 + i] = i % 2;
  return bytes;
}
