/**
 * A tar of many small pictures, more decoded than is kept in memory: what opening it and reading an epoch of it take, and whether a run that starts in the
 * middle reads what one from the beginning does. `node bench/run.js streaming`; COUNT and STEPS change the pictures and the batches of 256 that are read.
 * Each reading is a process of its own, whose memory is told in four places.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, statSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';
import { Header } from 'tar';
import { checkFile } from '../src/compiler/index.js';
import { batches, openDataset, stepsPerEpoch } from '../src/runtime/data/index.js';
import { FileLibrary } from '../src/runtime/library.js';

const batch = 256;
const side = 64;
const root = process.env['EBMC_ROOT'] ?? process.cwd();

interface Read {
  readonly seconds: number;
  /** MB: at the start, opened, after half of the batches, after all, the peak. */
  readonly memory: readonly number[];
  readonly opening: number;
  readonly examples: number;
  /** Of the batches from `told` on. */
  readonly digest: string;
}

const [, , folder = '', first, last = '0', told = '0'] = process.argv;
if (first !== undefined) {
  console.log(JSON.stringify(await read(folder, Number(first), Number(last), Number(told))));
  process.exit(0);
}
// Not where the pictures are read: what else it brings would be measured too.
const { machine, writeBetweenMarks } = await import('./table.js');
const describe = machine();
const count = Number(process.env['COUNT'] ?? 100_000);
const steps = Number(process.env['STEPS'] ?? Math.floor(count / batch));
const rows: string[] = [];
let same = '';
for (const examples of [count / 10, count]) {
  const made = mkdtempSync(join(tmpdir(), 'ebmc-streaming-'));
  try {
    await writeTar(join(made, 'x.tar'), examples);
    const end = Math.min(steps, Math.floor(examples / batch));
    const middle = Math.floor((end * 3) / 4);
    const whole = inChild(made, 0, end, middle);
    const { seconds, opening, memory } = whole;
    const cells = [
      `${examples.toLocaleString('en')} (${(statSync(join(made, 'x.tar')).size / 1e6).toFixed(0)} MB)`,
      opening.toFixed(1),
      ...memory.map((megabytes) => megabytes.toFixed(0)),
      (whole.examples / seconds).toFixed(0),
    ];
    rows.push(`| ${cells.join(' | ')} |`);
    console.log(rows.at(-1));
    const resumed = inChild(made, middle, end, middle);
    if (resumed.digest !== whole.digest) throw new Error('a run from the middle reads other examples');
    same = `A process that starts at batch ${middle} of ${end} read byte for byte what the first one read from there on.`;
    console.log(same);
  } finally {
    rmSync(made, { recursive: true, force: true });
  }
}
const text = [
  `${describe([])} ${same}`,
  '',
  `| JPEG files of ${side} × ${side} in a tar | opening, s | resident at the start, MB | opened | after half of the batches | after all | peak | examples/s |`,
  '| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |',
  ...rows,
].join('\n');
console.log(text);
if (process.env['COUNT'] === undefined) writeBetweenMarks(join(root, 'docs/performance.md'), 'streaming', text);
process.exit(0);

function inChild(made: string, from: number, to: number, digestFrom: number): Read {
  const args = [fileURLToPath(import.meta.url), made, String(from), String(to), String(digestFrom)];
  const { stdout, stderr, status } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout) as Read;
}

async function read(made: string, from: number, to: number, digestFrom: number): Promise<Read> {
  const memory = [resident()];
  const started = performance.now();
  // Read as what does not fit in memory is read, however many there are.
  const text = `dataset d = tar("x.tar", keep: false) { x: Image[${side}, ${side}, 3], cls: Class[10] }`;
  const path = join(made, 'd.ebm');
  const { datasets } = checkFile({ path, text }, new FileLibrary(path));
  const data = await openDataset(datasets[0]!, { baseDirectory: made, strict: true, warn: () => {} });
  const opening = (performance.now() - started) / 1000;
  memory.push(resident());
  const hash = createHash('sha256');
  const begun = performance.now();
  const end = Math.min(to, stepsPerEpoch(data.size('train'), batch));
  const order = { split: 'train', batch, seed: 3, firstStep: from, steps: end, fields: ['x', 'cls'] } as const;
  for await (const { step, data: values } of batches(data, order)) {
    if (step >= digestFrom) for (const { data: bytes } of Object.values(values)) hash.update(bytes);
    if (step === Math.floor((from + end) / 2) || step === end - 1) memory.push(resident());
  }
  const seconds = (performance.now() - begun) / 1000;
  memory.push(status('VmHWM'));
  return { seconds, memory, opening, examples: (end - from) * batch, digest: hash.digest('hex') };
}

function resident(): number {
  return status('VmRSS');
}

/** MB, as Linux tells it. */
function status(name: string): number {
  return Number(new RegExp(`${name}:\\s*(\\d+)`).exec(readFileSync('/proc/self/status', 'utf8'))?.[1]) / 1024;
}

/** Some hundred pictures, again and again: what they show is nothing to memory. */
async function writeTar(path: string, examples: number): Promise<void> {
  const noise = { type: 'gaussian' as const, mean: 128, sigma: 60 };
  const pictures: Buffer[] = [];
  for (let i = 0; i < 200; i++) {
    const small = { create: { width: 8, height: 8, channels: 3 as const, background: '#000', noise } };
    const base = await sharp(small).png().toBuffer();
    pictures.push(await sharp(base).resize(side, side, { kernel: 'cubic' }).jpeg({ quality: 90 }).toBuffer());
  }
  const file = openSync(path, 'w');
  for (let i = 0; i < examples; i += 1000) {
    const members: Buffer[] = [];
    for (let k = i; k < Math.min(examples, i + 1000); k++) {
      const name = String(k).padStart(8, '0');
      members.push(
        member(`${name}.jpg`, pictures[(k * 7) % pictures.length]!),
        member(`${name}.cls`, Buffer.from(String(k % 10))),
      );
    }
    writeSync(file, Buffer.concat(members));
  }
  writeSync(file, Buffer.alloc(1024));
  closeSync(file);
}

function member(path: string, data: Buffer): Buffer {
  const header = Buffer.alloc(512);
  new Header({ path, size: data.length, type: 'File', mode: 0o644 }).encode(header);
  return Buffer.concat([header, data, Buffer.alloc((512 - (data.length % 512)) % 512)]);
}
