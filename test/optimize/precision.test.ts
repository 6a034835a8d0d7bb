/** `precision`: what is rounded, and that what must not be is not. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { narrowOf, rounded } from '../../src/compiler/graph/ops/narrow.js';
import { rootsOf, topological } from '../../src/compiler/graph/schedule.js';
import { checkFile, compileModel, optimizeProgram } from '../../src/compiler/index.js';
import { FileLibrary } from '../../src/runtime/library.js';

test('numbers are rounded to the nearest of 8 bits of fraction, ties to even', () => {
  const toBfloat16 = (value: number): number => rounded(value, 'bfloat16');
  expect(toBfloat16(1)).toBe(1);
  expect(toBfloat16(1 + 2 ** -8)).toBe(1);
  expect(toBfloat16(1 + 3 * 2 ** -8)).toBe(1 + 2 ** -6);
  expect(toBfloat16(1 + 2 ** -8 + 2 ** -20)).toBe(1 + 2 ** -7);
  expect(toBfloat16(-Math.PI)).toBe(-3.140625);
  expect(toBfloat16(Number.POSITIVE_INFINITY)).toBe(Number.POSITIVE_INFINITY);
  expect(toBfloat16(Number.NaN)).toBeNaN();
});

test('float16 has 11 bits of fraction, fewer below 2^-14, and ends at 65504', () => {
  const toFloat16 = (value: number): number => rounded(value, 'float16');
  expect(toFloat16(1 + 2 ** -11)).toBe(1);
  expect(toFloat16(1 + 3 * 2 ** -11)).toBe(1 + 2 ** -9);
  expect(toFloat16(-Math.PI)).toBe(-3.140625);
  expect(toFloat16(65519)).toBe(65504);
  expect(toFloat16(-65520)).toBe(Number.NEGATIVE_INFINITY);
  expect(toFloat16(2 ** -24)).toBe(2 ** -24);
  expect(toFloat16(1.4 * 2 ** -24)).toBe(2 ** -24);
  expect(toFloat16(2 ** -25)).toBe(0);
  expect(toFloat16(1.01 * 2 ** -25)).toBe(2 ** -24);
});

test.each([
  ['bf16', 'bfloat16'],
  ['fp16', 'float16'],
] as const)(
  '%s: the products inside layers are narrow, those of the energy and the loss are not',
  (precision, type) => {
    const path = 'examples/simclr.ebm';
    const text = readFileSync(path, 'utf8').replace('batch: 128', `batch: 16\n  precision: ${precision}`);
    const checked = checkFile({ path, text }, new FileLibrary(path));
    expect(checked.diagnostics).toEqual([]);
    const [train] = checked.trains;
    const { step } = optimizeProgram(compileModel(checked.models[0]!, train!, 'tensorflow'), 'tensorflow');
    const products = topological(rootsOf(step)).filter(({ op }) => op === 'contract' || op.startsWith('conv2d'));
    const [narrow, wide] = [true, false].map((is) => products.filter((node) => (narrowOf(node) !== undefined) === is));
    expect(narrow!.length).toBeGreaterThan(15);
    expect(new Set(narrow!.map(narrowOf))).toEqual(new Set([type]));
    expect(narrow!.every(({ scope }) => /^[fg]\//.test(scope))).toBe(true);
    // The similarities of all pairs and their gradients, and the views' linear maps.
    expect(wide!.some(({ type }) => type.shape.join() === '16,16')).toBe(true);
    expect(wide!.some(({ scope }) => /^[fg]\//.test(scope))).toBe(false);
  },
);
