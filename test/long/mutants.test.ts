/** Mutants that copy their target: the term that is copied, after two epochs, beside that of the example. Those that collapse are in collapse.test.ts. */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { checkFile, compileModel, optimizeProgram } from '../../src/compiler/index.js';
import { emitTensorflow } from '../../src/compiler/targets/tensorflow/emit.js';
import { loadSavedModel } from '../../src/runtime/backends/load-saved-model.js';
import { openDataset } from '../../src/runtime/data/index.js';
import { FileLibrary } from '../../src/runtime/library.js';
import { mutants } from '../programs/mutants.js';
import { tfjsNode, useBackend } from '../targets/backends.js';

const native = tfjsNode();
const steps = 124;

/** What each step gives. */
async function trained(text: string, wanted: number): Promise<readonly Readonly<Record<string, number>>[]> {
  const path = 'examples/mutant.ebm';
  const program = checkFile({ path, text }, new FileLibrary(path), { allow: ['EBM3001'] });
  const [model, train] = [program.models[0]!, program.trains[0]!];
  const compiled = optimizeProgram(compileModel(model, train, 'tensorflow'), 'tensorflow');
  const directory = mkdtempSync(join(tmpdir(), 'ebmc-'));
  const loaded = await loadSavedModel(compiled, emitTensorflow(compiled), native!, { directory });
  const name = train.dataset;
  const decl = program.datasets.find((dataset) => dataset.name === name)!;
  const data = await openDataset(decl, { baseDirectory: 'examples', strict: true, warn: () => {} });
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

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

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
