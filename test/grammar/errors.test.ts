import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { syntaxCodes } from '../../src/diagnostics/codes/syntax.js';
import { formatDiagnostic } from '../../src/diagnostics/index.js';
import { parseModule } from '../../src/grammar/index.js';

const bad = new URL('./bad/', import.meta.url);

for (const file of readdirSync(bad)) {
  test(`what is said about ${file}`, async () => {
    const { module, diagnostics } = parseModule({ path: file, text: readFileSync(new URL(file, bad), 'utf8') });
    const kept = module.items.map((item) =>
      `${item.kind} ${'name' in item ? item.name.text : 'model' in item ? item.model.text : ''}`.trim(),
    );
    const said = `${diagnostics.map((d) => formatDiagnostic(d)).join('\n\n')}\n\nkept: ${kept.join(', ')}\n`;
    await expect(said).toMatchFileSnapshot(`golden/${file.replace('.ebm', '.txt')}`);
  });
}

const codesOf = (text: string) => parseModule({ path: 'example.ebm', text }).diagnostics.map((d) => d.code);

test.each(Object.entries(syntaxCodes))('%s: its wrong example is wrong, its right one right', (code, entry) => {
  expect(codesOf(entry.wrong ?? '')).toContain(code);
  expect(codesOf(entry.right ?? '')).toEqual([]);
});

test('one broken member costs neither its name nor the others', () => {
  const text =
    'model M {\n  data x: [4]\n  encoder f = linear(\n  encoder g = * 2\n  energy E(x, y) = f(x) +\n  representation g(f(x))\n}\nfn last(x) = x\n';
  const { module, diagnostics } = parseModule({ path: 'm.ebm', text });
  expect(diagnostics).toHaveLength(3);
  expect(module.items.map((item) => item.kind)).toEqual(['model', 'fn']);
  const [model] = module.items;
  expect(model?.kind === 'model' && model.members.map((m) => m.kind)).toEqual([
    'data',
    'encoder',
    'encoder',
    'energy',
    'representation',
  ]);
});

test.each([
  'fn f(x) {\n  x = a b\n  x\n}',
  'fn f(x) {\n  a b\n}',
  'train M on d { a: 1 b: 2 }',
  'dataset d = f() { a: int b: int }',
])('%s: a separator is missing', (text) => {
  expect(codesOf(text)).toEqual(['EBM1010']);
});

test.each([
  [
    'mask m over small(x, 3) = hidden(3)',
    'what it is made of is a name: give the expression one above, `let p = small...`',
  ],
  [
    'let y = 2 * mean for v in a: v',
    'a loop takes in all that follows it: inside a larger expression it stands in parentheses, `2 * (mean for v in views: f(v))`',
  ],
])('%s: what would do', (member, help) => {
  const { diagnostics } = parseModule({
    path: 'm.ebm',
    text: `model M {\n  data x: [4]\n  ${member}\n  representation x\n}\n`,
  });
  expect(diagnostics.map((d) => d.help)).toEqual([[help]]);
});
