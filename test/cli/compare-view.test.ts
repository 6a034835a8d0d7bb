import { expect, test } from 'vitest';
import { compareLines, type RunProgress } from '../../src/cli/compare-view.js';

const runs: readonly RunProgress[] = [
  { name: 'SimCLR, seed 1', status: 'finished', step: 400, steps: 400, losses: [4, 3, 2, 1], note: 'k-NN 91.2 %' },
  {
    ...{ name: 'VICReg, seed 1', status: 'running', step: 130, steps: 400, losses: [25, 24, 23.5] },
    gauges: { spread: 0.97, effectiveRank: 41.2 },
  },
  {
    name: 'A model with a very long name indeed',
    status: 'failed',
    step: 12,
    steps: 400,
    losses: [1, Number.NaN],
    note: 'EBM5001: step 12: `loss` became NaN',
  },
  { name: 'MAE', status: 'waiting', step: 0, steps: 0, losses: [] },
];

test('a line a run', () => {
  expect(`\n${compareLines(runs, 110).join('\n')}\n`).toMatchInlineSnapshot(`
    "
    ✓ SimCLR, seed 1                    100 %  █▆▃▁                      loss 1.000  k-NN 91.2 %
    ▸ VICReg, seed 1                     32 %  █▃▁                       loss 23.50  spread 0.97  rank 41
    ✗ A model with a v…ong name indeed    3 %  ▁                         loss NaN  EBM5001: step 12: \`loss\` becam…
    · MAE
    "
  `);
});

test.each([20, 40, 80])('no line is wider than %i characters', (width) => {
  for (const line of compareLines(runs, width)) expect([...line].length).toBeLessThanOrEqual(width);
});
