/** `precision: bf16`: what is rounded, and that what must not be is not. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { toBfloat16 } from '../../src/compiler/graph/ops/narrow.js';
import { rootsOf, topological } from '../../src/compiler/graph/schedule.js';
import { checkFile, compileModel, optimizeProgram } from '../../src/compiler/index.js';
import { FileLibrary } from '../../src/runtime/library.js';

test('numbers are rounded to the nearest of 8 bits of fraction, ties to even', () => {
  expect(toBfloat16(1)).toBe(1);
  expect(toBfloat16(1 + 2 ** -8)).toBe(1);
  expect(toBfloat16(1 + 3 * 2 ** -8)).toBe(1 + 2 ** -6);
  expect(toBfloat16(1 + 2 ** -8 + 2 ** -20)).toBe(1 + 2 ** -7);
  expect(toBfloat16(-Math.PI)).toBe(-3.140625);
  expect(toBfloat16(Number.POSITIVE_INFINITY)).toBe(Number.POSITIVE_INFINITY);
  expect(toBfloat16(Number.NaN)).toBeNaN();
});

test('the products inside layers are narrow, those of the energy and the loss are not', () => {
  const path = 'examples/simclr.ebm';
  const text = readFileSync(path, 'utf8').replace('batch: 128', 'batch: 16\n  precision: bf16');
  const checked = checkFile({ path, text }, new FileLibrary(path));
  expect(checked.diagnostics).toEqual([]);
  const [train] = checked.trains;
  const { step } = optimizeProgram(compileModel(checked.models[0]!, train!, 'tensorflow'), 'tensorflow');
  const products = topological(rootsOf(step)).filter(({ op }) => op === 'contract' || op.startsWith('conv2d'));
  const [narrow, wide] = [true, false].map((is) => products.filter(({ attrs }) => (attrs['narrow'] === true) === is));
  expect(narrow!.length).toBeGreaterThan(15);
  expect(narrow!.every(({ scope }) => /^[fg]\//.test(scope))).toBe(true);
  // The similarities of all pairs and their gradients, and the views' linear maps.
  expect(wide!.some(({ type }) => type.shape.join() === '16,16')).toBe(true);
  expect(wide!.some(({ scope }) => /^[fg]\//.test(scope))).toBe(false);
});
