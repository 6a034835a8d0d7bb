/** `ebmc export`: what it writes, and what stands in its way. */
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { ebmc, folderWith } from './run.js';
import { tinyFiles } from './tiny.js';

const folder = folderWith(tinyFiles());

beforeAll(async () => {
  const { status, stderr } = await ebmc(
    ['train', 'tiny.ebm', '--backend', 'cpu', '--epochs', '1', '--no-evaluate', '--out', 'run'],
    { cwd: folder },
  );
  expect(status, stderr).toBe(0);
}, 120_000);

function exporting(format: string, out: string, ...more: readonly string[]) {
  return ebmc(['export', 'run', '--format', format, '--out', out, ...more], { cwd: folder });
}

describe('what it writes', () => {
  test('one file for safetensors and ONNX, a folder for the others, with what is in them', async () => {
    const said: string[] = [];
    for (const [format, out] of [
      ['safetensors', 'tiny.safetensors'],
      ['onnx', 'tiny.onnx'],
      ['saved-model', 'saved'],
      ['tfjs', 'web/tiny'],
    ] as const) {
      const { status, stdout, stderr } = await exporting(format, out);
      expect(status, stderr).toBe(0);
      said.push(stdout.replaceAll(/weights-[0-9a-f]+/g, 'weights-…'));
    }
    await expect(said.join('\n')).toMatchFileSnapshot('golden/export.txt');
    expect(readdirSync(join(folder, 'saved')).sort()).toEqual(['README.md', 'saved_model.pb']);
    await expect(readFileSync(join(folder, 'web/tiny/README.md'), 'utf8')).toMatchFileSnapshot(
      'golden/export-readme.txt',
    );
  });

  test('for a program, of four examples', async () => {
    const { stdout } = await exporting('onnx', 'four.onnx', '--json', '--batch', '4');
    expect(JSON.parse(stdout)).toMatchObject({
      ...{ ok: true, model: 'Tiny', format: 'onnx', written: ['four.onnx'] },
      inputs: [{ name: 'x', dtype: 'float32', shape: [4, 8, 8, 1], range: 'numbers in 0..1' }],
      output: { name: 'representation', shape: [4, 8] },
    });
  });
});

async function refused(code: string, finished: ReturnType<typeof ebmc>): Promise<string> {
  const { status, stderr, stdout } = await finished;
  expect(stderr).toContain(`error[${code}]`);
  expect(stderr.match(/error\[/g)).toHaveLength(1);
  expect(stdout).toBe('');
  expect(status).toBe(1);
  return stderr;
}

describe('what stands in its way', () => {
  test('a format that is misspelled', async () => {
    expect(await refused('EBM5053', exporting('onx', 'x'))).toContain('did you mean `onnx`?');
  });

  test('a folder that is no run', async () => {
    const args = ['--format', 'onnx', '--out', 'x.onnx'];
    await refused('EBM5009', ebmc(['export', 'data', ...args], { cwd: folder }));
  });

  test('a checkpoint of another model', async () => {
    const other = join(folder, 'other');
    mkdirSync(other);
    for (const name of readdirSync(join(folder, 'run')))
      writeFileSync(
        join(other, name),
        name === 'run.json'
          ? readFileSync(join(folder, 'run', name), 'utf8').replace('hidden: 16', 'hidden: 17')
          : readFileSync(join(folder, 'run', name)),
      );
    await refused('EBM5006', ebmc(['export', 'other', '--format', 'onnx', '--out', 'x.onnx'], { cwd: folder }));
  });

  test('an export that is there, unless it is to be replaced', async () => {
    expect(await refused('EBM5051', exporting('onnx', 'tiny.onnx'))).toContain('--overwrite');
    expect((await exporting('onnx', 'tiny.onnx', '--overwrite')).status).toBe(0);
    // A file where a folder is to be, and the other way round, are never replaced.
    await refused('EBM5051', exporting('tfjs', 'tiny.onnx', '--overwrite'));
    await refused('EBM5051', exporting('onnx', 'saved', '--overwrite'));
  });

  test('replacing a graph model leaves no old weights, and nothing else of the folder away', async () => {
    const path = join(folder, 'web/tiny');
    const model = JSON.parse(readFileSync(join(path, 'model.json'), 'utf8'));
    model.weightsManifest[0].paths = ['weights-00000000-1of1.bin', 'notes.txt'];
    writeFileSync(join(path, 'model.json'), JSON.stringify(model));
    for (const name of ['weights-00000000-1of1.bin', 'notes.txt']) writeFileSync(join(path, name), '');
    expect((await exporting('tfjs', 'web/tiny', '--overwrite')).status).toBe(0);
    const left = readdirSync(path)
      .sort()
      .map((name) => name.replace(/-[0-9a-f]{8}-/, '-…-'));
    expect(left).toEqual(['README.md', 'model.json', 'notes.txt', 'weights-…-1of1.bin']);
  });

  test.skipIf(!existsSync('/dev/full'))('a full disk', async () => {
    symlinkSync('/dev/full', join(folder, 'full.onnx.partial'));
    await refused('EBM5004', exporting('onnx', 'full.onnx'));
    expect(existsSync(join(folder, 'full.onnx'))).toBe(false);
  });

  test('a place that cannot be written', async () => {
    await refused('EBM5005', exporting('onnx', 'tiny.ebm/x.onnx'));
  });
});
