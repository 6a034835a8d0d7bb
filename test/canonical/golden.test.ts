/** The canonical form of every example, some of them read. */
import { readdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import { thisExample } from '../../src/compiler/canonical/expression.js';
import { formsOf } from '../../src/compiler/canonical/forms.js';
import { canonicalTexts, printCanonicalModel } from '../../src/compiler/canonical/index.js';
import { analyseModel, describeModel } from '../../src/compiler/canonical/model.js';
import { models, read } from './forms.js';

const examples = readdirSync('examples').flatMap((file) => (file.endsWith('.ebm') ? [file.slice(0, -4)] : []));
const shown = ['simclr', 'vicreg', 'mae', 'byol', 'moco'];

/** Names that are bound nowhere in a formula, but for this example's. */
function freeNames({ structures, names, model }: ReturnType<typeof analyseModel>): readonly string[] {
  const forms = formsOf(model, structures.leaves, (leaf) => names.get(leaf)!);
  const formulas = [
    ...forms.groups.map(({ objective }) => ['objective', objective] as const),
    ...forms.terms.map(({ name, value }) => [name, value] as const),
    ...forms.updates.map(({ state, value }) => [state.declared, value] as const),
    ...forms.copies.flatMap(({ copy, decay }) => (decay ? [[copy.declared, decay] as const] : [])),
    ...forms.energies.map(({ name, value }) => [name, value] as const),
    ['representation', forms.representation] as const,
  ];
  return formulas.flatMap(([name, { free }]) =>
    [...free].filter((variable) => variable !== thisExample).map((variable) => `${variable} in ${name}`),
  );
}

test.each(examples)('%s', async (name) => {
  for (const model of models(read(name))) {
    const analysed = analyseModel(model);
    expect(freeNames(analysed)).toEqual([]);
    const form = describeModel(analysed, analysed.names);
    const { objective, representation } = canonicalTexts(form);
    // No variable of the making is left, and nothing is nameless.
    expect(objective + representation).not.toMatch(/~\d|undefined|NaN/);
    if (shown.includes(name)) await expect(printCanonicalModel(form)).toMatchFileSnapshot(`golden/${name}.txt`);
  }
});
