import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseModule } from '../../src/grammar/parse.js';

const words = [
  'use',
  'fn',
  'net',
  'model',
  'let',
  'repeat',
  'minimize',
  'if',
  'then',
  'else',
  'true',
  'and',
  'not',
  'contrastive',
  'regularizer',
  'dataset',
  'train',
  'evaluate',
  'data',
  'view',
  'mask',
  'encoder',
  'param',
  'energy',
  'representation',
  'of',
  'over',
  'on',
  'in',
  'x',
  'f',
  'encodr',
  'latent',
  '1',
  '0.5',
  '10%',
  '"s"',
  '"open',
  '...',
  '..',
  '.',
  '|>',
  '->',
  '==',
  '=',
  '+',
  '-',
  '*',
  '^',
  '(',
  ')',
  '[',
  ']',
  '{',
  '}',
  ',',
  ':',
  ';',
  '\n',
  '\n',
  '// c\n',
  '/// d\n',
  '@',
  '\\',
  '\u0000',
  'é',
  '🙂',
];
const soup = fc.array(fc.constantFrom(...words), { maxLength: 80 }).map((parts) => parts.join(' '));

function parse(text: string) {
  return parseModule({ path: 'soup.ebm', text });
}

/** Milliseconds of processor time, which other work on the machine does not change much. */
function cost(work: () => void): number {
  const before = process.cpuUsage();
  work();
  return process.cpuUsage(before).user / 1000;
}

function checkSpans(text: string) {
  for (const { span } of parse(text).diagnostics) {
    expect(span).toBeDefined();
    if (!span) continue;
    expect(span.start).toBeGreaterThanOrEqual(0);
    expect(span.end).toBeGreaterThanOrEqual(span.start);
    expect(span.end).toBeLessThanOrEqual(text.length);
  }
}

test('no soup of tokens makes the parser throw', () => {
  fc.assert(fc.property(soup, checkSpans), { numRuns: 600, seed: 7 });
});

test('no text makes the parser throw', () => {
  fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 200 }), checkSpans), { numRuns: 200, seed: 7 });
});

test('what is not well formed is reported, and what is reported is shown at most twenty times', () => {
  fc.assert(
    fc.property(soup, (text) => {
      const { module, diagnostics } = parse(text);
      expect(diagnostics.length).toBeLessThanOrEqual(21);
      // Nothing is dropped in silence.
      if (diagnostics.length === 0 && text.replace(/\/\/.*/g, '').trim() !== '')
        expect(module.items.length).toBeGreaterThan(0);
    }),
    { numRuns: 300, seed: 11 },
  );
});

test.each([
  ['empty', ''],
  ['a comment', '// nothing\n'],
  ['an unclosed string', 'dataset d = idx("abc'],
  ['an unclosed brace', 'model M {'],
  ['a byte order mark', '\uFEFFfn f(x) = x'],
  ['a lone surrogate', 'fn f(x) = "\uD800"'],
  ['deep brackets', `fn f(x) = ${'('.repeat(50_000)}`],
  ['a deep chain', `fn f(x) = x${' + x'.repeat(50_000)}`],
  ['many signs', `fn f(x) = ${'- '.repeat(50_000)}x`],
  ['many ifs', `fn f(x) = ${'if a then b else '.repeat(20_000)}x`],
  ['many calls', `fn f(x) = x${'(1, 2)'.repeat(20_000)}`],
  ['many braces', 'repeat 1 {'.repeat(20_000)],
  ['many blocks', `fn f(x) { ${'repeat 1 { '.repeat(20_000)}`],
])('%s', (_, text) => {
  expect(() => parse(text)).not.toThrow();
});

test('a megabyte of noise takes less than five seconds', () => {
  const bytes = 1 << 20;
  const noises = [
    '@#$~ ',
    '\u0001\n',
    '( ',
    ') ',
    '} ',
    '{ ',
    'x ',
    '"\n',
    '; ',
    '1 = ',
    'fn ',
    'a b\n',
    'fn f( ',
    'model M { data x: ',
    '\\"',
    'fn f(x) = @\n',
    'model a {\n',
  ];
  let seed = 1;
  const random = () => {
    seed = (seed * 48271) % 2147483647;
    return seed / 2147483647;
  };
  const mixed = Array.from({ length: bytes / 3 }, () => words[Math.floor(random() * words.length)])
    .join(' ')
    .slice(0, bytes);
  const binary = Array.from({ length: bytes }, () => String.fromCharCode(Math.floor(random() * 256))).join('');
  const slow: string[] = [];
  for (const [name, text] of [
    ...noises.map((n) => [n, n.repeat(Math.ceil(bytes / n.length))] as const),
    ['mixed', mixed] as const,
    ['binary', binary] as const,
  ]) {
    let diagnostics: readonly unknown[] = [];
    const took = cost(() => {
      diagnostics = parse(text).diagnostics;
    });
    if (took > 5000) slow.push(`${JSON.stringify(name)} ${took.toFixed(0)} ms`);
    expect(diagnostics.length, name).toBeGreaterThan(0);
    expect(diagnostics.length, name).toBeLessThanOrEqual(21);
  }
  expect(slow).toEqual([]);
}, 120_000);

test('two thousand lines take less than 150 ms', () => {
  const net = (i: number) => `net block${i}(hidden: int, out: int, layers = 2)(x: [..., d]) -> [..., out] {
  let y = x |> linear(hidden) |> batch_norm |> relu
  repeat layers - 1 {
    y = y |> linear(hidden) |> batch_norm |> relu
  }
  // the last layer
  linear(out)(y) + mean(y ^ 2, axis: -1) * 0.5
}
`;
  const text = Array.from({ length: 250 }, (_, i) => net(i)).join('');
  for (let i = 0; i < 8; i++) expect(parse(text).diagnostics).toEqual([]);
  expect(Math.min(...Array.from({ length: 8 }, () => cost(() => parse(text))))).toBeLessThan(150);
}, 60_000);
