/** The tutorial's programs are well formed, and what it says that `ebmc check` and `ebmc explain` print is what they print. */
import { expect, test } from 'vitest';
import { parseModule, printModule } from '../../src/grammar/index.js';
import { readTutorial, rewritten, tutorialFile, tutorialFolder } from './tutorial.js';

const tutorial = readTutorial();

test.each(Object.entries(tutorial.programs))('%s reads without errors and is formatted', (path, text) => {
  const { module, diagnostics } = parseModule({ path, text });
  expect(diagnostics).toEqual([]);
  expect(printModule(module)).toBe(text);
});

test('what is printed', { timeout: 120_000 }, async () => {
  const run = tutorialFolder(tutorial);
  // Trainings take minutes: `test/long/tutorial.test.ts` runs them.
  const isLong = (line: string): boolean => /^ebmc (train|compare) /.test(line);
  const text = await rewritten(tutorial, async ({ line, said }) => (isLong(line) ? said : run(line)));
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
