/** The tutorial's programs are well formed, and what it says that `ebmc check` and `ebmc explain` print is what they print. */
import { expect, test, vi } from 'vitest';
import { runProgram } from '../../src/cli/program.js';
import { parseModule, printModule } from '../../src/grammar/index.js';
import { readTutorial, rewritten, trimmed, tutorialFile, tutorialFolder } from './tutorial.js';

const tutorial = readTutorial();

/** In this process: starting one for each command takes longer than the commands. */
async function printed(args: readonly string[]): Promise<string> {
  let text = '';
  const write = (part: string | Uint8Array): boolean => {
    text += String(part);
    return true;
  };
  const spies = [process.stdout, process.stderr].map((stream) => vi.spyOn(stream, 'write').mockImplementation(write));
  await runProgram(args);
  for (const spy of spies) spy.mockRestore();
  return trimmed(text);
}

test.each(Object.entries(tutorial.programs))('%s reads without errors and is formatted', (path, text) => {
  const { module, diagnostics } = parseModule({ path, text });
  expect(diagnostics).toEqual([]);
  expect(printModule(module)).toBe(text);
});

test('what is printed', { timeout: 120_000 }, async () => {
  const folder = tutorialFolder(tutorial);
  const home = process.cwd();
  process.chdir(folder.path);
  // Trainings take minutes: `test/long/tutorial.test.ts` runs them.
  const isLong = (line: string): boolean => /^ebmc (train|compare) /.test(line);
  const isPlain = (line: string): boolean => /^ebmc [\w .-]+$/.test(line);
  const text = await rewritten(tutorial, async ({ line, said }) => {
    if (isLong(line)) return said;
    return isPlain(line) ? printed(line.split(' ').slice(1)) : folder.run(line);
  });
  process.chdir(home);
  await expect(text).toMatchFileSnapshot(tutorialFile);
  const ofCheck = tutorial.commands.filter(({ line }) => line.startsWith('ebmc check'));
  expect(ofCheck.filter(({ said }) => said.includes('EBM3001')).map(({ line }) => line)).toEqual([
    'ebmc check agree.ebm',
    'ebmc check no_variance.ebm 2>&1 | grep -v help:',
    'ebmc check no_predictor.ebm 2>&1 | grep -v help:',
  ]);
});

test('a batch of 128 that learns nothing has NT-Xent ln 255', () => {
  const { said } = tutorial.commands.find(({ line }) => line === 'ebmc check simclr.ebm --explain')!;
  expect(Number(/contrast ([\d.]+)$/m.exec(said)?.[1])).toBeCloseTo(Math.log(255), 3);
});
