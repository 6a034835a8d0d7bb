/** What `ebmc compile --target tensorflow` and `ebmc export --format saved-model` leave, taken as TensorFlow Serving takes it: docs/export.md. */
import { execFileSync, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { ebmc, folderWith } from '../cli/run.js';
import { tinyFiles } from '../cli/tiny.js';

const inCI = process.env['CI'] !== undefined && process.env['CI'] !== '';
const hasPython = spawnSync('python3', ['--version']).status === 0;
const native = process.env['EBMC_NATIVE'] !== undefined;
const env = { ...process.env, TF_CPP_MIN_LOG_LEVEL: '3' };

interface Tensor {
  readonly dtype: string;
  readonly shape: readonly number[];
}

interface Metadata {
  readonly version: number;
  readonly signatures: Readonly<
    Record<string, { readonly inputs: Record<string, Tensor>; readonly outputs: Record<string, Tensor> }>
  >;
}

type Outputs = Readonly<Record<string, unknown>>;

/** The metadata of a model's folder, and the answers to requests. */
function served(base: string, requests: readonly object[]) {
  const printed = execFileSync('.venv-tensorflow/bin/python', ['test/python/servable.py', base], {
    ...{ encoding: 'utf8', env, maxBuffer: 2 ** 26 },
    input: requests.map((request) => `${JSON.stringify(request)}\n`).join(''),
  });
  const [metadata, ...answers] = printed
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as unknown);
  return { metadata: metadata as Metadata, answers: answers as { readonly outputs: Outputs }[] };
}

const x = Array.from({ length: 16 }, (_, i) =>
  Array.from({ length: 8 }, (_, row) => Array.from({ length: 8 }, (_, column) => [(i * row + column) / 128])),
);

describe.skipIf(!inCI && (!native || !hasPython))('a folder with a version', () => {
  let folder: string;

  beforeAll(async () => {
    execFileSync('sh', ['test/python/setup.sh'], { stdio: 'inherit' });
    folder = folderWith(tinyFiles());
    const commands = [
      'compile tiny.ebm --target tensorflow --out compiled/1',
      'compile tiny.ebm --target tensorflow --out compiled/12',
      'train tiny.ebm --no-evaluate --out run',
      'export run --format saved-model --out exported/1',
    ];
    for (const command of commands) {
      const { status, stderr } = await ebmc(command.split(' '), { cwd: folder });
      expect(status, stderr).toBe(0);
    }
  }, 400_000);

  test('of a compiled model, whose states live in the server', () => {
    const draws = { 'draws.seed': 3 };
    const step = (k: number) => ({
      ...{ signature_name: 'step' },
      inputs: { x, rate: 0.05, ...draws, 'draws.step': [k, 0] },
    });
    const represent = { signature_name: 'represent', inputs: { x } };
    const requests = [{ signature_name: 'init', inputs: draws }, represent, step(0), step(1), represent];
    const { metadata, answers } = served(join(folder, 'compiled'), requests);
    expect(metadata.version).toBe(12);
    const { signatures } = metadata;
    expect(Object.keys(signatures).sort()).toEqual([
      'energy.E',
      'init',
      'pair_energies',
      'read',
      'represent',
      'represent_views',
      'step',
      'write',
    ]);
    expect(signatures['step']).toEqual({
      inputs: {
        x: { dtype: 'float32', shape: [16, 8, 8, 1] },
        rate: { dtype: 'float32', shape: [] },
        'draws.seed': { dtype: 'int32', shape: [] },
        'draws.step': { dtype: 'int32', shape: [2] },
      },
      outputs: { loss: { dtype: 'float32', shape: [] }, 'term.contrast': { dtype: 'float32', shape: [] } },
    });
    const [done, before, first, second, after] = answers.map(({ outputs }) => outputs);
    expect(done).toEqual({ done: true });
    expect(first!['loss']).toBe(first!['term.contrast']);
    expect(second!['loss']).not.toBe(first!['loss']);
    expect(after!['representation']).not.toEqual(before!['representation']);
  }, 120_000);

  test('of an exported representation, which needs no signature named and takes any number of examples', () => {
    const requests = [{ inputs: { x } }, { inputs: { x: x.slice(0, 3) } }];
    const { metadata, answers } = served(join(folder, 'exported'), requests);
    const signature = {
      inputs: { x: { dtype: 'float32', shape: [-1, 8, 8, 1] } },
      outputs: { representation: { dtype: 'float32', shape: [-1, 8] } },
    };
    expect(metadata).toEqual({ version: 1, signatures: { represent: signature, serving_default: signature } });
    const [all, some] = answers.map(({ outputs }) => outputs['representation'] as readonly (readonly number[])[]);
    expect(all).toHaveLength(16);
    expect(some).toHaveLength(3);
    some!.flat().forEach((value, i) => {
      expect(value).toBeCloseTo(all!.flat()[i]!, 5);
    });
  }, 120_000);

  test("as TensorFlow's saved_model_cli shows it", () => {
    const show = (base: string, ...args: string[]): string =>
      execFileSync(
        '.venv-tensorflow/bin/saved_model_cli',
        ['show', '--dir', join(folder, base, '1'), '--tag_set', 'serve', ...args],
        { encoding: 'utf8', env },
      );
    const listed = show('compiled');
    for (const name of ['init', 'step', 'represent', 'energy.E', 'read', 'write'])
      expect(listed).toContain(`SignatureDef key: "${name}"`);
    const shown = show('exported', '--signature_def', 'serving_default');
    expect(shown).toMatch(/inputs\['x'\] tensor_info:\s+dtype: DT_FLOAT\s+shape: \(-1, 8, 8, 1\)/);
    expect(shown).toContain('Method name is: tensorflow/serving/predict');
  }, 120_000);
});
