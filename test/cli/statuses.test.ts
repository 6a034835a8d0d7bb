import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ebmc, folderWith, root, run } from './run.js';

describe('misuse of a command is status 2', () => {
  test.each([
    ['an unknown command, with the one that was meant', ['chek', 'a.ebm'], 'Did you mean check?'],
    ['an unknown option, with the one that was meant', ['fmt', '--chek', 'std'], 'Did you mean --check?'],
    ['a missing file', ['check'], "missing required argument 'file'"],
    ['an argument too many', ['check', 'a.ebm', 'b.ebm'], 'too many arguments'],
    ['a value that is not a number', ['train', 'a.ebm', '--epochs', 'many'], 'It is not a number above 0'],
    ['an unknown backend', ['train', 'a.ebm', '--backend', 'cuda'], 'Allowed choices are auto, tensorflow'],
  ])('%s', async (_, args, message) => {
    const { status, stdout, stderr } = await ebmc(args);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toContain(message);
    expect(stderr).toContain('--help');
  });
});

describe("a user's mistake is status 1", () => {
  test('a file that is not there', async () => {
    const { status, stderr } = await ebmc(['check', 'nowhere.ebm']);
    expect(status).toBe(1);
    expect(stderr).toContain('error[EBM7001]: cannot read nowhere.ebm: there is no such file');
  });

  test('a folder', async () => {
    const { status, stderr } = await ebmc(['check', 'std']);
    expect(status).toBe(1);
    expect(stderr).toContain('it is a folder');
  });

  test('a file that is not text', async () => {
    const folder = folderWith({ 'noise.ebm': Uint8Array.from({ length: 1 << 20 }, (_, i) => (i * 7919) % 251) });
    const { status, stderr } = await ebmc(['check', 'noise.ebm'], { cwd: folder });
    expect(status).toBe(1);
    expect(stderr).toContain('error[EBM7002]: noise.ebm is not UTF-8 text');
  });

  test('an empty file', async () => {
    const folder = folderWith({ 'empty.ebm': '' });
    const { status, stderr } = await ebmc(['check', 'empty.ebm'], { cwd: folder });
    expect(status).toBe(1);
    expect(stderr).toContain('EBM2060');
  });

  test('a word where --set wants one of some', async () => {
    const said = async (setting: string) => {
      const { status, stderr } = await ebmc(['check', 'examples/simclr.ebm', '--set', setting]);
      return [status, stderr.split('\n')[0]];
    };
    expect(await said('train.precision=bf15')).toEqual([
      1,
      'error[EBM7005]: --set train.precision=bf15: `bf15` is not one of float32, bf16, fp16; did you mean `bf16`?',
    ]);
    expect(await said('train.optimizer=adam')).toEqual([
      1,
      'error[EBM7005]: --set train.optimizer=adam: `adam` is not one of sgd, adamw, lars; did you mean `adamw`?',
    ]);
    expect(await said('train.optimizer=lars')).toEqual([0, '']);
    expect(await said('SimCLR.temperature=warm')).toEqual([
      1,
      'error[EBM7005]: --set SimCLR.temperature=warm: `warm` is not a number',
    ]);
  });

  test('a setting that does not exist', async () => {
    const { status, stderr } = await ebmc(['train', 'examples/simclr.ebm', '--set', 'train.epoch=3']);
    expect(status).toBe(1);
    expect(stderr).toContain('did you mean `train.epochs`?');
  });

  test('a model that does not exist', async () => {
    const { status, stderr } = await ebmc(['compile', 'examples/simclr.ebm', '--model', 'SimCRL']);
    expect(status).toBe(1);
    expect(stderr).toContain('did you mean `SimCLR`?');
  });

  test('an output that cannot be written', async () => {
    const folder = folderWith({ file: '' });
    const out = join(folder, 'file', 'out');
    const { status, stderr } = await ebmc(['compile', 'examples/simclr.ebm', '--out', out]);
    expect(status).toBe(1);
    expect(stderr).toContain('EBM5005');
  });
});

describe('a fault of ebmc is status 70', () => {
  const broken = 'JSON.stringify = () => { throw new RangeError("broken on purpose"); };';
  const env = { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(broken)}` };

  test('it says so, without a stack', async () => {
    const { status, stderr } = await ebmc(['explain', '--json'], { env });
    expect(status).toBe(70);
    expect(stderr).toContain('this is a fault of ebmc, not of your program: RangeError: broken on purpose');
    expect(stderr).toContain('report');
    expect(stderr).not.toContain('    at ');
  });

  test('with the stack under EBMC_DEBUG=1', async () => {
    const { status, stderr } = await ebmc(['explain', '--json'], { env: { ...env, EBMC_DEBUG: '1' } });
    expect(status).toBe(70);
    expect(stderr).toContain('    at ');
  });
});

test('a reader that goes away is no fault', async () => {
  // biome-ignore lint/suspicious/noTemplateCurlyInString: bash's
  const script = 'node bin/ebmc.js explain | head -n 1; echo "${PIPESTATUS[0]}"';
  const { stdout, stderr } = await run('bash', ['-c', script], { cwd: root });
  expect(stderr).toBe('');
  expect(stdout).toMatch(/^Syntax\n(0|141)\n$/);
});
