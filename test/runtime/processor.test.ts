/** What Linux says of a processor, and what follows for `precision`. */
import { expect, test } from 'vitest';
import { report } from '../../src/diagnostics/index.js';
import { vectorInstructions } from '../../src/runtime/backends/index.js';

test.each([
  ['flags\t\t: fpu avx2 avx512f avx512_bf16 amx_bf16 amx_tile', 'AMX with bfloat16', ['bfloat16']],
  ['flags\t\t: fpu avx512f avx512_bf16 avx512_fp16 amx_bf16', 'AMX with bfloat16', ['bfloat16', 'float16']],
  ['processor\t: 0\nflags\t\t: fpu avx2 avx512f avx512_bf16', 'AVX-512 with bfloat16', ['bfloat16']],
  ['flags\t\t: fpu avx avx2 avx512f', 'AVX-512', []],
  ['flags\t\t: fpu avx avx2', 'AVX2', []],
  ['Features\t: fp asimd evtstrm bf16', 'NEON with bfloat16', ['bfloat16']],
  ['Features\t: fp asimd evtstrm', 'NEON', []],
])('%s', (cpuinfo, name, narrow) => {
  const found = vectorInstructions(cpuinfo);
  expect(found?.name).toBe(name);
  expect([...found!.narrow].sort()).toEqual(narrow);
});

test('where nothing is said nothing is known', () => {
  expect(vectorInstructions('')).toBeUndefined();
  expect(vectorInstructions('flags\t\t: fpu sse2')).toBeUndefined();
});

test('bfloat16 that costs time is warned of', () => {
  const { severity, message, help } = report('EBM6012', { processor: 'AVX2', type: 'bfloat16' });
  expect([severity, message, ...help]).toEqual([
    'warning',
    'this processor (AVX2) does not multiply bfloat16 numbers',
    'train with `precision: float32`, which is faster here',
  ]);
});
