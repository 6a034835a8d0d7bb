/** `ebmc data`: what a data set holds, and pictures of it. */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import { ebmc, folderWith } from './run.js';
import { tinyFiles } from './tiny.js';

describe('data', () => {
  test('counts, values, classes; sheets of examples and of their views', async () => {
    const folder = folderWith(tinyFiles());
    const { status, stdout } = await ebmc(['data', 'tiny.ebm', '--out', 'sheets', '--json', '--backend', 'cpu'], {
      cwd: folder,
    });
    expect(status).toBe(0);
    const { datasets } = JSON.parse(stdout) as { datasets: [{ splits: unknown[]; written: string[] }] };
    expect(datasets[0].splits).toMatchObject([
      {
        split: 'train',
        examples: 96,
        fields: [
          { name: 'x', type: 'Image[8, 8, 1]', values: { min: expect.any(Number) } },
          {
            name: 'label',
            type: 'Class[2]',
            classes: [
              { label: 0, count: 48 },
              { label: 1, count: 48 },
            ],
          },
        ],
      },
      { split: 'test', examples: 48 },
    ]);
    expect(datasets[0].written).toEqual([
      'sheets/pictures.train.x.png',
      'sheets/pictures.test.x.png',
      'sheets/pictures.Tiny.views.png',
    ]);
    // Eight examples with two views each, 8 × 8 pixels shown as 64 × 64 with gaps of 2.
    const sheet = await sharp(join(folder, 'sheets/pictures.Tiny.views.png'))
      .raw()
      .toBuffer({ resolveWithObject: true });
    expect([sheet.info.height, sheet.info.width]).toEqual([8 * 66 + 2, 3 * 66 + 2]);
    const at = (tile: number) => sheet.data[(4 * sheet.info.width + 4 + 66 * tile) * 3]!;
    // A view is the example with noise of 0.1.
    for (const view of [1, 2]) expect(Math.abs(at(view) - at(0))).toBeLessThan(0.6 * 255);
    expect(at(1)).not.toBe(at(2));
  });

  test('a table with damaged rows, for people; what does not fit', async () => {
    const program = 'dataset t = csv("t.csv", split: 0.5, limit: 3) {\n  x: [2]\n  kind: Class[2]\n}\n';
    const folder = folderWith({ 'a.ebm': program, 't.csv': `a,b,kind\n${'1,2,u\n3,4,v\n'.repeat(4)}?,1,u\n` });
    const { status, stdout, stderr } = await ebmc(['data', 'a.ebm', '--no-color'], { cwd: folder });
    expect([status, stderr]).toEqual([0, expect.stringContaining('EBM4025')]);
    expect(stdout).toContain('t.train: 3 examples');
    expect(stdout).toMatch(/kind +Class\[2\] +2 classes in use/);
    const strict = await ebmc(['data', 'a.ebm', '--strict'], { cwd: folder });
    expect([strict.status, strict.stderr]).toEqual([1, expect.stringContaining('EBM4026')]);
    const unknown = await ebmc(['data', 'a.ebm', '--dataset', 's'], { cwd: folder });
    expect([unknown.status, unknown.stderr]).toEqual([1, expect.stringContaining('EBM7011')]);
    expect(existsSync(join(folder, 'runs'))).toBe(false);
  });

  test('texts and what is hidden of them; sounds and spectrograms as pictures', async () => {
    const texts = `use std.text { bert_mask }
use std.energies { sequence_cross_entropy }
model Hidden {
  data x: Tokens[12, 259]
  mask m over x = bert_mask(vocab: 259, mask: 2, special: 3)
  param w: [259, 259] = zeros([259, 259])
  energy E(a, b) = sequence_cross_entropy(w[a], b, m.weight)
  minimize { hidden: E(m.tokens[m.hidden], x[m.hidden]) }
  representation mean(w[x], axis: 0)
}
dataset t = csv("t.csv") { x: Tokens[12, 259] }
train Hidden on t.train { batch: 4 }
`;
    const sounds = `use std.audio { gain, log_mel }
model Heard {
  data x: Audio[800]
  view a of x = gain()
  view bands of x = log_mel(rate: 8000, size: 200, hop: 80, mels: 16)
  param w: [800] = zeros([800])
  energy E(u) = square(sum(w * u) - 1)
  minimize { fit: E(a) + 0 * sum(bands) }
  representation w * x
}
dataset s = audio("clips/*.wav", test: 0) { x: Audio[800] }
train Heard on s.train { batch: 4 }
`;
    const folder = folderWith({
      'texts.ebm': texts,
      'sounds.ebm': sounds,
      't.csv': 'x\nhello\n"a, b"\nlonger than twelve\n',
    });
    const said = await ebmc(['data', 'texts.ebm', '--out', 'sheets', '--backend', 'cpu', '--no-color'], {
      cwd: folder,
    });
    expect(said.stderr).toBe('');
    expect(said.stdout).toContain('x  "hello"\nx  "a, b"\nx  "longer than"\n');
    expect(said.stdout.match(/^m\.tokens {2}".*"$/gm)).toHaveLength(3);
    mkdirSync(join(folder, 'clips'));
    // A quarter of full scale up and down, in two clips of a tenth of a second.
    for (const k of [1, 2])
      writeFileSync(
        join(folder, `clips/${k}.wav`),
        wav(800, (i) => Math.sin(i * k) / 4),
      );
    const drawn = await ebmc(['data', 'sounds.ebm', '--out', 'sheets', '--backend', 'cpu', '--no-color'], {
      cwd: folder,
    });
    expect(drawn.stdout).toMatch(/wrote sheets\/s\.train\.x\.png\n.*wrote sheets\/s\.Heard\.views\.png\n/s);
    const { data, info } = await sharp(join(folder, 'sheets/s.train.x.png'))
      .raw()
      .toBuffer({ resolveWithObject: true });
    expect([info.height, info.width]).toEqual([64 + 4, 2 * 194 + 2]);
    const column = Array.from({ length: 64 }, (_, y) => data[((2 + y) * info.width + 100) * 3]!);
    const white = column.flatMap((value, y) => (value === 255 ? [y] : []));
    // From a quarter above the middle, which is at 31.5, to a quarter below.
    expect(white.length).toBeGreaterThan(3);
    expect(Math.min(...white)).toBeGreaterThanOrEqual(23);
    expect(Math.max(...white)).toBeLessThanOrEqual(40);
  }, 60_000);
});

/** 16 bits, 8,000 samples a second. */
function wav(samples: number, at: (i: number) => number): Buffer {
  const bytes = Buffer.alloc(44 + 2 * samples);
  bytes.write('RIFF\0\0\0\0WAVEfmt ', 0, 'latin1');
  bytes.writeUInt32LE(36 + 2 * samples, 4);
  bytes.writeUInt32LE(16, 16);
  bytes.writeUInt16LE(1, 20);
  bytes.writeUInt16LE(1, 22);
  bytes.writeUInt32LE(8000, 24);
  bytes.writeUInt32LE(16000, 28);
  bytes.writeUInt16LE(2, 32);
  bytes.writeUInt16LE(16, 34);
  bytes.write('data', 36);
  bytes.writeUInt32LE(2 * samples, 40);
  for (let i = 0; i < samples; i++) bytes.writeInt16LE(Math.round(32767 * at(i)), 44 + 2 * i);
  return bytes;
}
