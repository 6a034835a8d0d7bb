/** audio(): forms of files, resampling as torchaudio, windows, and what is wrong with the files. */
import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeEach, describe, expect, test } from 'vitest';
import { decodeAudio } from '../../src/runtime/data/audio/decode-audio.js';
import { resample } from '../../src/runtime/data/audio/resample.js';
import { batches } from '../../src/runtime/data/index.js';
import { fixture } from '../reference/models.js';
import { openText, warnings } from './data/opening.js';
import { failure } from './support.js';

const sounds = fileURLToPath(new URL('fixtures/sounds', import.meta.url));
const speech = '/usr/share/asterisk/sounds/en_US_f_Allison';
if (!existsSync(speech)) spawnSync('sh', ['scripts/install-asterisk-sounds.sh'], { stdio: 'ignore' });
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ebmc-audio-'));
});

/** A WAV file of 16 bits. */
function wav(samples: readonly number[], rate = 8000): Buffer {
  const header = Buffer.alloc(44);
  header.write('RIFF', 0);
  header.writeUInt32LE(36 + 2 * samples.length, 4);
  header.write('WAVEfmt ', 8);
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(1, 20);
  header.writeUInt16LE(1, 22);
  header.writeUInt32LE(rate, 24);
  header.writeUInt32LE(2 * rate, 28);
  header.writeUInt16LE(2, 32);
  header.writeUInt16LE(16, 34);
  header.write('data', 36);
  header.writeUInt32LE(2 * samples.length, 40);
  return Buffer.concat([header, Buffer.from(Int16Array.from(samples).buffer)]);
}

const ramp = (n: number): number[] => Array.from({ length: n }, (_, i) => i + 1);

function write(name: string, content: Uint8Array): void {
  mkdirSync(join(folder, name, '..'), { recursive: true });
  writeFileSync(join(folder, name), content);
}

const open = (loader: string, fields: string, strict = false) =>
  openText(loader, fields, { baseDirectory: folder, strict });

describe('forms', () => {
  const tones = (i: number): number => {
    const t = i / 16000;
    return (0.5 * Math.sin(2 * Math.PI * 500 * t) + 0.25 * Math.sin(2 * Math.PI * 1200 * t)) / 2;
  };
  test.each([
    ['tones16.wav', 1e-4],
    ['tones24.wav', 1e-6],
    ['tonesfloat.wav', 1e-6],
    ['tones.flac', 1e-4],
    ['tones.ogg', 0.1],
    ['tones.mp3', 0.1],
  ])('%s', async (name, tolerance) => {
    const { rate, samples } = await decodeAudio(join(sounds, name));
    expect(rate).toBe(16000);
    expect(Math.abs(samples.length - 4000)).toBeLessThan(name.endsWith('mp3') ? 3000 : 1);
    // MP3 puts silence before the sound: the best of the shifts that are possible.
    const shifts = name.endsWith('mp3') ? Array.from({ length: 2500 }, (_, k) => k) : [0];
    const worst = Math.min(
      ...shifts.map((shift) => {
        let most = 0;
        for (let i = 500; i < 1400; i++) most = Math.max(most, Math.abs(samples[i + shift]! - tones(i)));
        return most;
      }),
    );
    expect(worst).toBeLessThan(tolerance);
  });
});

test.each<{ from: number; to: number; x: number[]; out: number[] }>(fixture('audio').resampled)(
  'resampling from $from to $to is torchaudio’s',
  ({ from, to, x, out }) => {
    const found = resample(Float32Array.from(x), from, to);
    expect(found.length).toBe(out.length);
    for (const [i, v] of out.entries()) expect(Math.abs(found[i]! - v), `sample ${i}`).toBeLessThan(1e-6);
  },
);

describe('windows', () => {
  test('of the middle; in training drawn from the seed and the epoch, the same after resuming', async () => {
    for (let k = 0; k < 4; k++) write(`s/${k}.wav`, wav(ramp(100)));
    const data = await open('audio("s/*.wav", test: 0)', 'x: Audio[10]');
    const { x } = await data.read('train', [0]);
    expect(x!.data[0]! * 2 ** 15).toBe(46);
    const run = async (seed: number, firstStep: number) => {
      const found: string[] = [];
      const options = { split: 'train', batch: 2, seed, firstStep, steps: 6, fields: ['x'] } as const;
      for await (const { data: batch } of batches(data, options)) found.push(Array.from(batch['x']!.data).join());
      return found;
    };
    const all = await run(1, 0);
    expect(new Set(all).size).toBe(6);
    expect(await run(1, 0)).toEqual(all);
    expect(await run(1, 3)).toEqual(all.slice(3));
    expect(await run(2, 0)).not.toEqual(all);
  });

  test('class folders, and short clips filled up where asked', async () => {
    write('a/1.wav', wav(ramp(20)));
    write('b/1.wav', wav(ramp(5)));
    const data = await open('audio("**", test: 0, pad: true)', 'x: Audio[10], label: Class[2]');
    const { x, label } = await data.read('train', [0, 1]);
    expect(Array.from(label!.data)).toEqual([0, 1]);
    expect(Array.from(x!.data.slice(15))).toEqual([0, 0, 0, 0, 0]);
  });
});

describe('what is wrong is told', () => {
  test('bad sounds are skipped, counted and named; with --strict refused', async () => {
    const good = wav(ramp(20));
    write('s/cut.wav', good.subarray(0, 60));
    write('s/empty.wav', new Uint8Array(0));
    write('s/good.wav', good);
    write('s/header.wav', good.subarray(0, 30));
    write('s/other.wav', Buffer.from('<html>not found</html>'));
    write('s/short.wav', wav(ramp(5)));
    write('s/silent.wav', wav(new Array<number>(20).fill(0)));
    write('s/torn.flac', readFileSync(join(sounds, 'tones.flac')).subarray(0, 300));
    const data = await open('audio("s/*", test: 0)', 'x: Audio[10]');
    expect(data.size('train')).toBe(1);
    const [warning] = warnings;
    expect([warning!.code, warning!.message]).toEqual([
      'EBM4042',
      'skipped 7 of 8 sounds that cannot be used: cut.wav, empty.wav, header.wav, other.wav, short.wav, silent.wav, torn.flac',
    ]);
    expect(warning!.notes.slice(0, 6)).toEqual([
      'cut.wav: it is cut off: 16 of 40 bytes of samples are there',
      'empty.wav: it is empty',
      'header.wav: its header is cut off',
      'other.wav: it is neither WAV, FLAC, Ogg nor MP3',
      'short.wav: it is too short: 5 of 10 samples at 8000 a second',
      'silent.wav: it is silent: every sample is 0',
    ]);
    expect((await failure(open('audio("s/*", test: 0)', 'x: Audio[10]', true))).code).toBe('EBM4043');
  });

  test('different rates, unless they are resampled', async () => {
    write('s/a.wav', wav(ramp(50), 8000));
    write('s/b.wav', wav(ramp(50), 16000));
    const told = await failure(open('audio("s/*", test: 0)', 'x: Audio[10]'));
    expect([told.code, told.message]).toEqual([
      'EBM4047',
      'the sounds of data set `d` have different rates: 8000, 16000 samples a second',
    ]);
    expect((await open('audio("s/*", test: 0, rate: 8000)', 'x: Audio[10]')).size('train')).toBe(2);
  });

  test('no sounds', async () => {
    write('s/a.txt', Buffer.from('a'));
    expect((await failure(open('audio("s/*")', 'x: Audio[10]'))).code).toBe('EBM4002');
  });
});

test.skipIf(!existsSync(speech))('recorded speech (Debian’s asterisk-core-sounds-en-wav)', async () => {
  mkdirSync(join(folder, 's'));
  for (const name of ['agent-alreadyon', 'agent-incorrect', 'all-circuits-busy-now'])
    copyFileSync(join(speech, `${name}.wav`), join(folder, 's', `${name}.wav`));
  const data = await open('audio("s/*.wav", rate: 16000, test: 0)', 'x: Audio[16000]');
  expect(data.size('train')).toBe(3);
  const { x } = await data.read('train', [0, 1, 2]);
  const loudest = Array.from(x!.data).reduce((most, v) => Math.max(most, Math.abs(v)), 0);
  expect(loudest).toBeGreaterThan(0.05);
  expect(loudest).toBeLessThan(1.2);
});
