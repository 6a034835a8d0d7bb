/** Objectives that a constant representation minimises are told so; others are not. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { checkFile } from '../../src/compiler/index.js';
import { library } from '../std/run.js';

const example = (name: string): string =>
  readFileSync(new URL(`../../examples/${name}.ebm`, import.meta.url), 'utf8').replace('batch: 128', 'batch: 16');

/** One piece of a text for another; that it is there is part of the test. */
function replaced(text: string, from: string, to: string): string {
  expect(text).toContain(from);
  return text.replace(from, to);
}

function diagnostics(text: string) {
  // Variants of one program leave parts of it without use.
  return checkFile({ path: 'model.ebm', text }, library).diagnostics.filter(({ code }) => code !== 'EBM2041');
}

const variance = '    variance: 25 * (variance(h(f(a))) + variance(h(f(b)))) / 2\n';
const covariance = '    covariance: covariance(h(f(a))) + covariance(h(f(b)))\n';
const simclr = 'contrast: nt_xent(E, a, b, temperature)';

/** An import that nothing uses any more is not what these tests are about. */
const found = (text: string): string[] =>
  diagnostics(text)
    .filter((d) => d.code === 'EBM3001')
    .map((d) => d.message);

const collapsing: readonly (readonly [string, () => string, readonly string[]])[] = [
  ['VICReg without its variance term', () => replaced(example('vicreg'), variance, ''), ['f', 'h']],
  ["VICReg's energy alone", () => replaced(replaced(example('vicreg'), variance, ''), covariance, ''), ['f', 'h']],
  ['SimCLR with `E(a, b)` only', () => replaced(example('simclr'), simclr, 'pull: E(a, b)'), ['f', 'g']],
  ['SimCLR with `E(a, b)` both ways', () => replaced(example('simclr'), simclr, 'pull: E(a, b) + E(b, a)'), ['f', 'g']],
];

const healthy: readonly (readonly [string, () => string])[] = [
  ['SimCLR', () => example('simclr')],
  ['VICReg', () => example('vicreg')],
  ['MAE', () => example('mae')],
  [
    'MAE on photographs',
    () => {
      const text = replaced(replaced(example('mae'), '28, 28, 1', '224, 224, 3'), 'patches(x, 4)', 'patches(x, 16)');
      return replaced(text, 'out: 16', 'out: 768')
        .replaceAll('grid: 7', 'grid: 14')
        .replaceAll(/^(dataset|train|evaluate) [\s\S]*?^}\n/gm, '');
    },
  ],
  [
    'SimCLR with InfoNCE',
    () => {
      const text = replaced(example('simclr'), '{ nt_xent }', '{ info_nce }');
      return replaced(text, simclr, 'contrast: info_nce(E, a, b, temperature)');
    },
  ],
  ['VICReg without its covariance term', () => replaced(example('vicreg'), covariance, '')],
  [
    'VICReg with the variance of one view',
    () => replaced(example('vicreg'), variance, '    variance: 25 * variance(h(f(a)))\n'),
  ],
  [
    'VICReg on representations',
    () =>
      replaced(example('vicreg'), '  encoder h = mlp(hidden: 256, out: 256, layers: 3)\n', '').replaceAll(
        'h(f(',
        '(f(',
      ),
  ],
  [
    'a predictor behind a stop',
    () =>
      replaced(example('simclr'), 'cosine(g(f(x)), g(f(y)))', 'cosine(g(f(x)), stop(f(y)))').replace(
        simclr,
        'pull: E(a, b) + E(b, a)',
      ),
  ],
  [
    'positives pulled, a third view pushed away',
    () =>
      replaced(example('simclr'), 'view a, b of x', 'view a, b, c of x').replace(
        simclr,
        'pull: E(a, b)\n    push: logsumexp(-E(a, batch(c)))',
      ),
  ],
];

describe('a constant representation is a minimum', () => {
  test.each(collapsing)('%s', (_, text, encoders) => {
    const [message, ...more] = found(text());
    expect(more).toEqual([]);
    for (const name of encoders) expect(message).toContain(`encoder \`${name}\``);
  });
});

describe('nothing to tell', () => {
  test.each(healthy)('%s', (_, text) => {
    expect(diagnostics(text()).map((d) => `${d.code} ${d.message}`)).toEqual([]);
  });
});
