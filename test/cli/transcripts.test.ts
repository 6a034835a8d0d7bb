/**
 * Whole transcripts of the command line for good and bad programs: everything it says, and its exit status.
 * A program's leading comments may give its commands (`// $ ebmc …`); without them it is checked.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { dataFor } from './program-data.js';
import { ebmc, folderWith } from './run.js';

interface Step {
  readonly command: string;
  readonly status: number | null;
  readonly said: string;
}

async function runProgram(folder: URL, file: string): Promise<readonly Step[]> {
  const text = readFileSync(new URL(file, folder), 'utf8');
  const given = [...text.matchAll(/^\/\/ \$ ebmc (.*)$/gm)].map(([, command]) => command!);
  const cwd = folderWith({ [file]: text, ...(await dataFor(file)) });
  const steps: Step[] = [];
  for (const command of given.length > 0 ? given : [`check ${file}`]) {
    const { status, stdout, stderr } = await ebmc(command.split(' '), { cwd });
    steps.push({ command, status, said: steady(stdout + stderr, cwd) });
  }
  return steps;
}

/** Without what differs from run to run: the time, the progress (printed now and then), the temporary folder, losses. */
function steady(text: string, cwd: string): string {
  return text
    .replaceAll(cwd, '.')
    .replace(/^epoch .*\n/gm, '')
    .replace(/^(Trained in ).*(; saved)/gm, '$1…$2');
}

function show({ command, status, said }: Step): string {
  return `$ ebmc ${command}\n${said}${said === '' || said.endsWith('\n') ? '' : '\n'}[status ${status}]\n`;
}

describe.each(['good', 'bad'])('%s programs', (kind) => {
  const folder = new URL(`../programs/${kind}/`, import.meta.url);
  const programs = readdirSync(folder).filter((name) => name.endsWith('.ebm'));

  test.each(programs)('%s', async (file) => {
    const steps = await runProgram(folder, file);
    await expect(steps.map(show).join('\n')).toMatchFileSnapshot(`../programs/${kind}/${file.replace('.ebm', '.txt')}`);
    // A program may do well before it fails, as one that is trained before its checkpoint is misused.
    expect(steps.at(-1)!.status).toBe(kind === 'good' ? 0 : 1);
    expect(steps.map(({ said }) => said).join('')).not.toMatch(/fault of ebmc|\n {4}at /);
  });
});

test('a megabyte of noise is told in a page', async () => {
  let state = 1;
  const draw = (count: number) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * count);
  };
  const noise = Array.from({ length: 1 << 20 }, () => String.fromCharCode(32 + draw(95))).join('');
  const { status, stdout, stderr } = await ebmc(['check', 'noise.ebm'], { cwd: folderWith({ 'noise.ebm': noise }) });
  expect({ status, stdout }).toEqual({ status: 1, stdout: expect.stringContaining('errors') });
  expect(stderr).toContain('EBM1');
  expect(stderr.length).toBeLessThan(20_000);
  expect(Math.max(...stderr.split('\n').map((line) => line.length))).toBeLessThan(300);
});
