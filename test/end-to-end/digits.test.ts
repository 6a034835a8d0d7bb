/** The whole way on real digits: floors that an encoder which collapsed, or learned nothing, does not reach. */
import { expect, test } from 'vitest';
import { trainExample } from './train.js';

const backend = process.env['EBMC_TEST_NATIVE'] === '0' ? 'wasm' : 'tensorflow';

test('a contrastively trained encoder of digits beats the same encoder untrained', { timeout: 600_000 }, () => {
  const rows = trainExample('simclr', (text) => text, ['--backend', backend, '--set', 'train.epochs=2']);
  expect(rows.trained!.knn).toBeGreaterThan(0.8);
  expect(rows.trained!.knn).toBeGreaterThan(rows.untrained!.knn + 0.05);
  expect(rows.trained!.linear).toBeGreaterThan(rows.untrained!.linear + 0.1);
});
