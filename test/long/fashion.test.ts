/** Each method on Fashion-MNIST (Debian's `dataset-fashion-mnist`), natively: its probe beats the untrained encoder's. */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { beforeAll, expect, test } from 'vitest';
import { trainExample } from '../end-to-end/train.js';

const folder = '/usr/share/datasets/fashion-mnist';

beforeAll(() => {
  if (!existsSync(folder)) execFileSync('sh', ['scripts/install-fashion-mnist.sh'], { stdio: 'inherit' });
});

const onFashion = (text: string): string => text.replace('mnist()', `idx("${folder}")`);

/** Epochs over 60,000 pictures, and how far the linear probe must be ahead. */
const runs = [
  { name: 'simclr', epochs: 1, ahead: 0.04 },
  { name: 'vicreg', epochs: 1, ahead: 0.04 },
  { name: 'mae', epochs: 5, ahead: 0.02 },
] as const;

test.each(runs)('$name', ({ name, epochs, ahead }) => {
  const rows = trainExample(name, onFashion, ['--backend', 'tensorflow', '--set', `train.epochs=${epochs}`]);
  console.log(name, JSON.stringify(rows));
  expect(rows.trained!.linear).toBeGreaterThan(rows.untrained!.linear + ahead);
});
