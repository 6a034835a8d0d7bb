/** The canonical form of every example, some of them read. */
import { readdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import { canonicalModel, canonicalTexts, printCanonicalModel } from '../../src/compiler/canonical/index.js';
import { models, read } from './forms.js';

const examples = readdirSync('examples').flatMap((file) => (file.endsWith('.ebm') ? [file.slice(0, -4)] : []));
const shown = ['simclr', 'vicreg', 'mae', 'byol', 'moco'];

test.each(examples)('%s', async (name) => {
  for (const model of models(read(name))) {
    const form = canonicalModel(model);
    const { objective, representation } = canonicalTexts(form);
    // No variable of the making is left, and nothing is nameless.
    expect(objective + representation).not.toMatch(/~\d|undefined|NaN/);
    if (shown.includes(name)) await expect(printCanonicalModel(form)).toMatchFileSnapshot(`golden/${name}.txt`);
  }
});
