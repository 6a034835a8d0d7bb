import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { describe, expect, test } from 'vitest';
import {
  decodeSafetensors,
  encodeSafetensors,
  loadCheckpoint,
  lockFolder,
  type Manifest,
  requireSameStates,
  saveCheckpoint,
} from '../../src/runtime/checkpoint/index.js';
import { writeWhole } from '../../src/runtime/files/index.js';
import type { HostTensor } from '../../src/runtime/model.js';
import { train } from '../../src/runtime/train/index.js';
import { failure, temporaryFolders, tinyModel, tinyRun, tinySettings } from './support.js';

const newFolder = temporaryFolders();
const { span: _, microBatch: _all, ...settings } = tinySettings;

function about(step: number): Omit<Manifest, 'format' | 'file' | 'sha256'> {
  const order = { dataset: 'd', split: 'train', examples: 8, epoch: 0, stepOfEpoch: step };
  return { model: 'M', program: 'p', seed: 1, step, batch: 4, order, settings, versions: {} };
}

function statesOf(value: number, size = 6): Record<string, HostTensor> {
  return {
    w: { shape: [size], data: new Float32Array(size).fill(value) },
    n: { shape: [], data: Int32Array.of(value) },
  };
}

function bytesOf(chunks: readonly Uint8Array[]): Buffer {
  return Buffer.concat(chunks);
}

describe('safetensors', () => {
  test('reads what the safetensors package writes', () => {
    const bytes = readFileSync(new URL('fixtures/example.safetensors', import.meta.url));
    const { tensors, metadata } = decodeSafetensors(bytes);
    expect(tensors['w']).toEqual({ shape: [2, 3], data: Float32Array.of(0, 1, 2, 3, 4, 5) });
    expect(tensors['count']).toEqual({ shape: [2], data: Int32Array.of(7, -1) });
    expect(metadata).toEqual({ format: 'ebmc' });
  });

  test('the bytes are those of the package, but for the order of the header', () => {
    const tensors = {
      w: { shape: [2, 3], data: Float32Array.of(0, 1, 2, 3, 4, 5) },
      none: { shape: [0, 3], data: new Float32Array(0) },
    };
    const bytes = bytesOf(encodeSafetensors({ tensors, metadata: { a: 'é' } }));
    const length = Number(bytes.readBigUInt64LE(0));
    expect(length % 8).toBe(0);
    expect(bytes.subarray(8, 8 + length).toString()).toMatch(
      /^\{"__metadata__":\{"a":"é"\},"w":\{"dtype":"F32".*\} *$/,
    );
    expect(bytes.length).toBe(8 + length + 24);
    expect(decodeSafetensors(bytes)).toEqual({ tensors, metadata: { a: 'é' } });
  });

  test('every truncation and every kind of damage says what is wrong', () => {
    const bytes = bytesOf(encodeSafetensors({ tensors: statesOf(1), metadata: {} }));
    for (let length = 0; length < bytes.length; length++) {
      expect(() => decodeSafetensors(bytes.subarray(0, length))).toThrow(/bytes|header|ends/);
    }
    expect(() => decodeSafetensors(Buffer.concat([bytes, Buffer.alloc(4)]))).toThrow(
      'describes 28 bytes of data, the file has 32',
    );
    const text = (from: string, to: string) => Buffer.from(bytes.toString('latin1').replace(from, to), 'latin1');
    expect(() => decodeSafetensors(text('F32', 'F8_'))).toThrow('w has element type F8_');
    expect(() => decodeSafetensors(text('F32', 'F16'))).toThrow('w has 24 bytes of data instead of 12');
    expect(() => decodeSafetensors(text('"shape":[6]', '"shape":[7]'))).toThrow('w has 24 bytes of data instead of 28');
    expect(() => decodeSafetensors(text('{"', '["'))).toThrow('not JSON');
  });
});

describe('checkpoints', () => {
  test('keep the one before, remove older ones and remains', async () => {
    const folder = join(newFolder(), 'a', 'run');
    for (const step of [1, 2, 3]) await saveCheckpoint(folder, statesOf(step), about(step));
    writeFileSync(join(folder, 'checkpoint-00000009-aa.safetensors.partial'), 'x');
    await saveCheckpoint(folder, statesOf(4), about(4));
    const names = readdirSync(folder).sort();
    expect(names.map((name) => name.replace(/-[0-9a-f]{8}\./, '.'))).toEqual([
      'checkpoint-00000003.safetensors',
      'checkpoint-00000004.safetensors',
      'manifest.json',
    ]);
    const { states, manifest } = await loadCheckpoint(folder);
    expect(states).toEqual(statesOf(4));
    expect(manifest).toMatchObject(about(4));
  });

  test('damage is found: a flipped bit, a missing file, a manifest that is not one', async () => {
    const folder = newFolder();
    await saveCheckpoint(folder, statesOf(1), about(1));
    const file = join(folder, readdirSync(folder).find((name) => name.endsWith('.safetensors'))!);
    const bytes = readFileSync(file);
    bytes[bytes.length - 2]! ^= 1;
    writeFileSync(file, bytes);
    expect((await failure(loadCheckpoint(folder))).message).toContain('checksum');
    writeFileSync(file, bytes.subarray(0, 40));
    expect(await failure(loadCheckpoint(folder))).toMatchObject({ code: 'EBM5007' });
    rmSync(file);
    expect(await failure(loadCheckpoint(folder))).toMatchObject({ code: 'EBM5007' });
    for (const text of ['', '{', '[]', 'null', '{"format":2}', '{"format":1,"file":"../x"}']) {
      writeFileSync(join(folder, 'manifest.json'), text);
      expect(await failure(loadCheckpoint(folder))).toMatchObject({ code: 'EBM5007' });
    }
  });

  test('of another model: the first difference in the model’s order', async () => {
    const folder = newFolder();
    await saveCheckpoint(folder, statesOf(1), about(1));
    const checkpoint = await loadCheckpoint(folder);
    const declare = (...states: [string, 'float32' | 'int32', ...number[]][]) =>
      states.map(([name, dtype, ...shape]) => ({ name, type: { dtype, shape }, role: 'parameter' as const }));
    const attempt = (...states: Parameters<typeof declare>) =>
      failure(async () => requireSameStates(checkpoint, declare(...states))).then(({ message }) => message);
    expect(await attempt(['v', 'float32', 6], ['n', 'int32'])).toContain('`v` is float32[6] in the model and absent');
    expect(await attempt(['n', 'int32'])).toContain('`w` is absent in the model and float32[6] in the checkpoint');
    expect(await attempt(['n', 'float32'], ['w', 'float32', 6])).toContain('`n` is float32[] in the model and int32[]');
    requireSameStates(checkpoint, declare(['w', 'float32', 6], ['n', 'int32']));
  });

  test('a full disk: the old file stays, nothing partial is left', async () => {
    const path = join(newFolder(), 'file');
    writeWhole(path, 'old');
    symlinkSync('/dev/full', `${path}.partial`);
    expect(await failure(async () => writeWhole(path, [Buffer.alloc(100_000)]))).toMatchObject({ code: 'EBM5004' });
    expect(readFileSync(path, 'utf8')).toBe('old');
    expect(readdirSync(dirname(path))).toEqual(['file']);
  });

  test('a folder in the way, a read-only place', async () => {
    const folder = newFolder();
    mkdirSync(join(folder, 'manifest.json'));
    expect(await failure(saveCheckpoint(folder, statesOf(1), about(1)))).toMatchObject({ code: 'EBM5005' });
    expect(await failure(saveCheckpoint('/proc/none/run', statesOf(1), about(1)))).toMatchObject({ code: 'EBM5005' });
  });

  test('a small disk that fills up during training: the last good checkpoint is kept', async (context) => {
    const disk = newFolder();
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', disk], { stdio: 'ignore' });
    } catch {
      context.skip('mounting a file system is not allowed here');
    }
    try {
      // Each checkpoint takes 8 kB; the rest of the disk is taken after the second epoch.
      const onProgress = ({ step }: { step: number }) => {
        if (step !== 11) return;
        try {
          for (let i = 0; ; i++) writeFileSync(join(disk, `fill-${i}`), Buffer.alloc(4096));
        } catch {
          // Full.
        }
      };
      const run = tinyRun(join(disk, 'run'), { onProgress, model: tinyModel({ dimensions: 100 }) });
      expect((await failure(train(run))).code).toBe('EBM5004');
      expect((await loadCheckpoint(join(disk, 'run'))).manifest.step).toBe(10);
    } finally {
      execFileSync('umount', [disk]);
    }
  });
});

describe('the lock of a folder', () => {
  test('is taken once and given back', async () => {
    const folder = newFolder();
    const unlock = lockFolder(folder);
    expect((await failure(async () => lockFolder(folder))).message).toContain(`process ${process.pid}`);
    unlock();
    lockFolder(folder)();
    expect(existsSync(join(folder, 'lock'))).toBe(false);
  });

  test('of a process that is gone, or of another one with its number, does not count', () => {
    const folder = newFolder();
    const stale = (content: string) => {
      writeFileSync(join(folder, 'lock'), content);
      lockFolder(folder)();
    };
    const gone = Number(execFileSync(process.execPath, ['-p', 'process.pid']));
    const own = lockFolder(folder);
    const { host, started } = JSON.parse(readFileSync(join(folder, 'lock'), 'utf8')) as {
      host: string;
      started?: string;
    };
    own();
    stale(JSON.stringify({ pid: gone, host }));
    if (started) stale(JSON.stringify({ pid: process.pid, host, started: '1' }));
    stale('');
  });
});

/** Saves checkpoints as fast as it can, each full of its step's number, from the step after the one it finds. */
const saver = `
import { loadCheckpoint, saveCheckpoint } from './runtime/checkpoint/index.js';
const [folder, aboutJson] = process.argv.slice(2);
const about = JSON.parse(aboutJson);
let step = await loadCheckpoint(folder).then(({ manifest }) => manifest.step, () => 0);
console.log('ready');
for (;;) {
  step++;
  const states = { w: { shape: [200000], data: new Float32Array(200000).fill(step) }, n: { shape: [], data: Int32Array.of(step) } };
  await saveCheckpoint(folder, states, { ...about, step });
  console.log(step);
}
`;

test('killed at any moment, a folder holds a good checkpoint, no older than the last one reported', async () => {
  const [code, folder] = [newFolder(), newFolder()];
  transpile(['runtime/checkpoint', 'runtime/files', 'diagnostics', 'grammar/source.ts'], code);
  writeFileSync(join(code, 'saver.js'), saver);
  let kills = 0;
  for (let round = 0; round < 15; round++) {
    const child = spawn(process.execPath, [join(code, 'saver.js'), folder, JSON.stringify(about(0))]);
    let output = '';
    let errors = '';
    child.stdout.on('data', (chunk: Buffer) => {
      output += chunk.toString();
    });
    child.stderr.on('data', (chunk: Buffer) => {
      errors += chunk.toString();
    });
    await Promise.race([once(child.stdout, 'data'), once(child, 'exit')]);
    await new Promise((resume) => setTimeout(resume, 5 + Math.random() * 60));
    child.kill('SIGKILL');
    await once(child, 'close');
    expect(errors).toBe('');
    kills++;
    const reported = Number(
      output
        .trimEnd()
        .split('\n')
        .filter((line) => line !== 'ready')
        .at(-1) ?? 0,
    );
    if (!existsSync(join(folder, 'manifest.json'))) {
      expect(reported).toBe(0);
      continue;
    }
    const { manifest, states } = await loadCheckpoint(folder);
    expect(manifest.step).toBeGreaterThanOrEqual(reported);
    expect(states['n']!.data[0]).toBe(manifest.step);
    expect(states['w']!.data.every((value) => value === manifest.step)).toBe(true);
  }
  expect(kills).toBe(15);
  expect((await loadCheckpoint(folder)).manifest.step).toBeGreaterThan(0);
});

/** Sources as plain modules, in the same folders below `to`. */
function transpile(paths: readonly string[], to: string): void {
  const src = fileURLToPath(new URL('../../src', import.meta.url));
  writeFileSync(join(to, 'package.json'), '{"type":"module"}');
  const files = paths.flatMap((path) => {
    const whole = join(src, path);
    if (path.endsWith('.ts')) return [whole];
    return (readdirSync(whole, { recursive: true }) as string[])
      .filter((name) => name.endsWith('.ts'))
      .map((name) => join(whole, name));
  });
  const compilerOptions = { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022 };
  for (const file of files) {
    const target = join(to, relative(src, file)).replace(/\.ts$/, '.js');
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, ts.transpileModule(readFileSync(file, 'utf8'), { compilerOptions }).outputText);
  }
}
