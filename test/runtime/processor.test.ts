/** What Linux says of a processor, and what follows for `precision: bf16`. */
import { expect, test } from 'vitest';
import { report } from '../../src/diagnostics/index.js';
import { vectorInstructions } from '../../src/runtime/backends/index.js';

test.each([
  ['flags\t\t: fpu avx2 avx512f avx512_bf16 amx_bf16 amx_tile', 'AMX with bfloat16', true],
  ['processor\t: 0\nflags\t\t: fpu avx2 avx512f avx512_bf16', 'AVX-512 with bfloat16', true],
  ['flags\t\t: fpu avx avx2 avx512f', 'AVX-512', false],
  ['flags\t\t: fpu avx avx2', 'AVX2', false],
  ['Features\t: fp asimd evtstrm bf16', 'NEON with bfloat16', true],
  ['Features\t: fp asimd evtstrm', 'NEON', false],
])('%s', (cpuinfo, name, narrow) => {
  expect(vectorInstructions(cpuinfo)).toMatchObject({ name, narrow });
});

test('where nothing is said nothing is known', () => {
  expect(vectorInstructions('')).toBeUndefined();
  expect(vectorInstructions('flags\t\t: fpu sse2')).toBeUndefined();
});

test('bfloat16 that costs time is warned of', () => {
  const { severity, message, help } = report('EBM6012', { processor: 'AVX2' });
  expect([severity, message, ...help]).toEqual([
    'warning',
    'this processor (AVX2) does not multiply bfloat16 numbers',
    'train with `precision: float32`, which is faster here',
  ]);
});
