/** A file that trains a model of another file. */
import { expect, test } from 'vitest';
import { checkFile } from '../../src/compiler/index.js';
import { library } from '../std/run.js';

const file = (model: string, dataset = 'Image[28, 28, 1]') => ({
  path: 'mine.ebm',
  text: `use examples.simclr { SimCLR }
use std.networks { small_cnn }
dataset digits = mnist() { x: ${dataset}, label: Class[10] }
train ${model} on digits.train { epochs: 1, batch: 32 }
evaluate ${model} on digits { knn: 20 }
`,
});

test('is about that model, with its own batch', () => {
  const { models, modelNames, diagnostics, reasons } = checkFile(file('SimCLR'), library);
  expect(diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
  expect(modelNames).toEqual(['SimCLR']);
  expect(models.map(({ name, batch }) => [name, batch])).toEqual([['SimCLR', 32]]);
  expect(reasons['SimCLR']).toContain('contrast');
});

test('its parameters can be set, and its data have to fit', () => {
  const options = { models: { SimCLR: { temperature: -1 } } };
  expect(checkFile(file('SimCLR'), library, options).models).toHaveLength(1);
  const unknown = checkFile(file('SimCLR'), library, { models: { SimCLR: { heat: 1 } } });
  expect(unknown.diagnostics.map(({ severity }) => severity)).toContain('error');
  expect(checkFile(file('SimCLR', 'Image[32, 32, 1]'), library).diagnostics.map(({ code }) => code)).toContain(
    'EBM2052',
  );
});

test('what is no model is not trained', () => {
  const { models, modelNames, diagnostics } = checkFile(file('small_cnn'), library);
  expect([models, modelNames]).toEqual([[], []]);
  expect(diagnostics.map(({ code }) => code)).toContain('EBM2001');
});
