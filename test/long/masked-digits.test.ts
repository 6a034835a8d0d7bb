/** Objectives that predict representations of what is hidden, as their examples train them on digits, natively: k-NN and linear probe beat the untrained encoder's. */
import { expect, test } from 'vitest';
import { trainExample } from '../end-to-end/train.js';

test.each(['ijepa', 'data2vec', 'ibot'])('%s', (name) => {
  const rows = trainExample(name, (text) => text, ['--backend', 'tensorflow']);
  console.log(name, JSON.stringify(rows));
  const [trained, untrained] = [rows.trained!, rows.untrained!];
  expect(trained.knn).toBeGreaterThan(untrained.knn + 0.02);
  expect(trained.linear).toBeGreaterThan(untrained.linear + 0.015);
});
