/** The data beside a program: 4×4 squares as IDX files, the same cut short, pictures of which one is damaged, a file in the way. */
import sharp from 'sharp';

type Files = Record<string, string | Uint8Array>;

export async function dataFor(program: string): Promise<Files> {
  if (program === 'truncated-idx.ebm') return truncated();
  if (program === 'corrupt-picture.ebm') return pictures();
  return { ...squares('squares', program === 'memory.ebm' ? 8000 : 32), 'a-file': 'not a folder\n' };
}

function squares(folder: string, examples = 32): Files {
  const split = (name: string, count: number): Files => ({
    [`${folder}/${name}-images-idx3-ubyte`]: idx([count, 4, 4], 0x0803, (i) => (i * 37) % 251),
    [`${folder}/${name}-labels-idx1-ubyte`]: idx([count], 0x0801, (i) => i % 2),
  });
  return { ...split('train', examples), ...split('t10k', 8) };
}

function truncated(): Files {
  const files = squares('truncated');
  const name = 'truncated/train-images-idx3-ubyte';
  return { ...files, [name]: (files[name] as Uint8Array).subarray(0, 100) };
}

async function pictures(): Promise<Files> {
  const files: Files = { 'pictures/dark/damaged.png': 'not a picture' };
  for (const [name, value] of [
    ['dark', 20],
    ['bright', 220],
  ] as const) {
    for (let i = 0; i < 20; i++) {
      const pixels = Uint8Array.from({ length: 48 }, (_, k) => value / 2 + (((k + 1) * (i + 3) * 29) % 120));
      files[`pictures/${name}/${i}.png`] = await sharp(pixels, { raw: { width: 4, height: 4, channels: 3 } })
        .png()
        .toBuffer();
    }
  }
  return files;
}

function idx(shape: readonly number[], magic: number, valueAt: (i: number) => number): Uint8Array {
  const count = shape.reduce((product, size) => product * size, 1);
  const bytes = new Uint8Array(4 + 4 * shape.length + count);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, magic);
  shape.forEach((size, k) => {
    view.setUint32(4 + 4 * k, size);
  });
  for (let i = 0; i < count; i++) bytes[4 + 4 * shape.length + i] = valueAt(i);
  return bytes;
}
