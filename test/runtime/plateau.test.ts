import { expect, test } from 'vitest';
import { PlateauWatch } from '../../src/runtime/train/plateau.js';

const plateau = Math.log(255);

function watch(losses: readonly number[]) {
  let asked = 0;
  const watched = new PlateauWatch(() => {
    asked++;
    return { contrast: plateau };
  });
  const said = losses.map((loss, k) => {
    watched.add({ loss, 'term.contrast': loss, 'gauge.x': 1 });
    return watched.check(k + 1);
  });
  return { said, asked };
}

test('a loss that stays at its plateau is named, once', () => {
  const { said, asked } = watch([5.545, 5.54, 5.541, 5.542]);
  expect(said.map((d) => d?.code)).toEqual([undefined, 'EBM5020', undefined, undefined]);
  expect(said[1]?.message).toContain('`contrast` is 5.5400, and would be 5.5413');
  expect(asked).toBe(1);
});

test('a loss that falls is not asked about', () => {
  const { said, asked } = watch([5.545, 5.2, 5.2, 5.2]);
  expect(said).toEqual([undefined, undefined, undefined, undefined]);
  expect(asked).toBe(0);
});

test('a flat loss elsewhere is no plateau', () => {
  expect(watch([3, 3, 3]).said).toEqual([undefined, undefined, undefined]);
});
