/** What `dataset` items say about which examples are taken. */
import { expect, test } from 'vitest';
import { checkFile } from '../../src/compiler/index.js';
import { library } from '../std/run.js';

const check = (args: string, fields = 'x: [4], label: Class[3]') =>
  checkFile({ path: 'd.ebm', text: `dataset d = csv("t.csv"${args}) { ${fields} }\n` }, library);

test('arguments of every loader are read, the rest is the loader’s', () => {
  const columns = 'columns: from(x: [a, "b c"], label: kind)';
  const { datasets, diagnostics } = check(
    `, split: 90%, limit: 10, seed: 3, shuffle: 100, balance: over, delimiter: ";", ${columns}, filter: label < 2 and not (label == "dog")`,
  );
  expect(diagnostics).toEqual([]);
  expect(datasets[0]).toMatchObject({
    args: { '0': 't.csv', delimiter: ';' },
    selection: {
      ...{ split: 0.9, limit: 10, seed: 3, shuffle: 100, balance: 'over' },
      columns: { x: ['a', 'b c'], label: ['kind'] },
      filter: {
        operator: 'and',
        left: { operator: '<', left: { kind: 'field', name: 'label' }, right: { kind: 'constant', value: 2 } },
        right: { operator: 'not', operand: { operator: '==', right: { kind: 'constant', value: 'dog' } } },
      },
    },
  });
});

test.each([
  [', split: 2', 'EBM2051'],
  [', split: 1', 'EBM2051'],
  [', limit: 0.5', 'EBM2051'],
  [', balance: even', 'EBM2051'],
  [', filter: lable < 2', 'EBM2050'],
  [', filter: x < 2', 'EBM2051'],
  [', columns: [a]', 'EBM2051'],
  [', columns: from(y: a)', 'EBM2050'],
])('%s is %s', (args, code) => {
  expect(check(args).diagnostics.map((d) => d.code)).toContain(code);
});

test('a type of another rank, an unknown type', () => {
  expect(check('', 'x: Image[4, 4]').diagnostics.map((d) => d.message)).toEqual([
    '`x` must be `Image[h, w, c]`, not Image[4, 4]',
  ]);
  expect(check('', 'x: Imag[4, 4, 1]').diagnostics.map((d) => d.code)).toEqual(['EBM2050']);
});
