/** The tutorial's trainings, run again: the figures that it shows are what its commands give, but for the machine's rounding. */
import { expect, test } from 'vitest';
import { readTutorial, tutorialFolder } from '../docs/tutorial.js';

const tutorial = readTutorial();
const folder = tutorialFolder(tutorial);
const trainings = tutorial.commands.filter(({ line }) => line.startsWith('ebmc train'));

/** Row → its accuracies in percent. */
function accuracies(said: string): Readonly<Record<string, readonly number[]>> {
  const rows = [...said.matchAll(/^(trained|untrained|raw input) (.*)$/gm)];
  return Object.fromEntries(
    rows.map(([, name, cells]) => [name, [...cells!.matchAll(/([\d.]+) %/g)].map(([, share]) => Number(share))]),
  );
}

test.each(trainings)('$line', async ({ line, said }) => {
  const before = accuracies(said);
  const now = accuracies(await folder.run(line));
  expect(Object.keys(now)).toEqual(['trained', 'untrained', 'raw input']);
  for (const [row, shares] of Object.entries(now)) {
    expect(shares).toHaveLength(3);
    // Sums of floats in another order lead a training elsewhere; what is not trained stays.
    const apart = row === 'trained' ? 5 : 0.3;
    shares.forEach((share, i) => {
      expect(Math.abs(share - before[row]![i]!), `${row}: ${share}, not ${before[row]![i]}`).toBeLessThan(apart);
    });
  }
});
