/** Mutants that copy their target: the term that is copied, after two epochs, beside that of the example. Those that collapse are in collapse.test.ts. */
import { expect, test } from 'vitest';
import { mutants } from '../programs/mutants.js';
import { tfjsNode, useBackend } from '../targets/backends.js';
import { loadNatively, mean } from './load-natively.js';

const native = tfjsNode();
const steps = 124;

/** What each step gives. */
async function trained(text: string, wanted: number): Promise<readonly Readonly<Record<string, number>>[]> {
  const { model, settings: train, loaded, dataset: data } = await loadNatively(text);
  const fields = model.inputs.map((input) => input.name);
  const read = (step: number) =>
    data.read(
      'train',
      Array.from({ length: train.batch }, (_, i) => (step * train.batch + i) % data.size('train')),
      fields,
    );
  await loaded.init(1);
  loaded.plannedSteps = wanted;
  const terms: Readonly<Record<string, number>>[] = [];
  for (let step = 0; step < wanted; step++)
    terms.push(await loaded.step(await read(step), train.optimizer.settings['rate']!));
  loaded.dispose();
  return terms;
}

/** The mean of a term over the last steps. */
async function lastOf(text: string, term: string, wanted: number): Promise<number> {
  const terms = await trained(text, wanted);
  return mean(terms.slice(-10).map((metrics) => metrics[`term.${term}`]!));
}

test
  .skipIf(native === undefined)
  .each(mutants.flatMap((mutant) => (mutant.copies ? [[mutant.name, mutant] as const] : [])))(
  '%s',
  async (name, { text, copies }) => {
    await useBackend('tensorflow');
    const { whole, term, steps: wanted = steps } = copies!;
    const [mutant, example] = [await lastOf(text, term, wanted), await lastOf(whole, term, wanted)];
    console.log(
      `${name.padEnd(50)} ${term} ${mutant.toFixed(4)} after ${wanted} steps, ${example.toFixed(4)} of the example`,
    );
    // Labels of digits are learned nearly as fast from the pictures; the others fall to a half and less.
    expect(mutant).toBeLessThan(0.85 * example);
  },
  1_800_000,
);
