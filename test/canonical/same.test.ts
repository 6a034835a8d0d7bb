/** Rewritings that mean the same have one canonical form; mutants that do not have others. */
import { describe, expect, test } from 'vitest';
import { changed, definition, read, texts } from './forms.js';

const simclr = read('simclr');
const vicreg = read('vicreg');
const byol = read('byol');
const moco = read('moco');
const barlow = read('barlow_twins');
const ewc = read('ewc');

describe('the same', () => {
  test.each([
    [
      'views and encoders renamed',
      simclr,
      changed(
        simclr,
        [/view a, b/, 'view one, two'],
        ['E, a, b', 'E, two, one'],
        [/encoder g/, 'encoder head'],
        [/g\(f\(x\)\), g\(f\(y\)\)/, 'head(f(x)), head(f(y))'],
      ),
    ],
    [
      'an encoder renamed whose parameters are read, and its copy',
      ewc,
      changed(ewc, [/\bf\b/g, 'backbone'], [/\bold\b/g, 'before']),
    ],
    [
      'members reordered',
      vicreg,
      changed(
        vicreg,
        [/ {2}encoder f = .*\n/, ''],
        [/( {2}encoder h = .*\n)/, '$1  encoder f = small_cnn(width: 16)\n'],
      ),
    ],
    [
      'terms reordered',
      vicreg,
      changed(vicreg, [/ {4}invariance: .*\n/, ''], [/( {4}covariance: .*\n)/, '$1    first: 25 * E(b, a)\n']),
    ],
    ['terms joined', vicreg, changed(vicreg, [/25 \* E\(a, b\)\n {4}variance:/, '25 * E(a, b) +'])],
    [
      'a library function pasted',
      vicreg,
      `${changed(vicreg, ['{ variance, covariance }', '{ covariance }'], [': 25 * (variance(h(f(a))) + variance', ': 25 * (spread(h(f(a))) + spread'])}\n${definition('variance').replace('variance(z', 'spread(z')}\n`,
    ],
    [
      'a library function inlined',
      vicreg,
      changed(vicreg, ['25 * E(a, b)', '25 * sum(square(h(f(a)) - h(f(b)))) / 256']),
    ],
    [
      'half of a sum',
      vicreg,
      changed(vicreg, [
        '25 * (variance(h(f(a))) + variance(h(f(b)))) / 2',
        '25 * (0.5 * (variance(h(f(b))) + variance(h(f(a)))))',
      ]),
    ],
    ['a mean by its sum', byol, changed(byol, ['E(a, b) + E(b, a)', '2 * (mean for s in 1: (E(b, a) + E(a, b)) / 2)'])],
    [
      'a temperature as a factor',
      simclr,
      changed(simclr, ['nt_xent(E, a, b, temperature)', 'nt_xent(E, a, b, 1 / (1 / temperature))']),
    ],
    ['a stop of what nothing moves', byol, changed(byol, ['stop(target_g(target_f(y)))', 'target_g(target_f(y))'])],
    ['a queue renamed', moco, changed(moco, ['queue', 'negatives_kept'])],
  ])('%s', (_, one, other) => {
    expect(texts(other)).toEqual(texts(one));
  });
});

describe('others', () => {
  test.each([
    ['the temperature', 'objective', simclr, changed(simclr, ['temperature = 0.2', 'temperature = 0.1'])],
    [
      'a stopped gradient',
      'objective',
      simclr,
      changed(simclr, ['cosine(g(f(x)), g(f(y)))', 'cosine(g(f(x)), stop(g(f(y))))']),
    ],
    ['a sum for a mean', 'objective', vicreg, changed(vicreg, ['mean_square', 'squared'])],
    ['one minus lambda', 'objective', barlow, changed(barlow, [/, lambda\)/, ', 1 - lambda)'])],
    ['the scale of a view', 'views', simclr, changed(simclr, ['0.7..1.0', '0.08..1.0'])],
    ['a flip', 'views', simclr, changed(simclr, ['flips: 0', 'flips: 0.5'])],
    [
      'the divisor of a variance',
      'objective',
      vicreg,
      `${changed(vicreg, ['{ variance, covariance }', '{ covariance }'], [': 25 * (variance(h(f(a))) + variance', ': 25 * (spread(h(f(a))) + spread'])}\n${definition('variance').replace('variance(z', 'spread(z').replace('correction: 1', 'correction: 0')}\n`,
    ],
    [
      'the decay of a copy',
      'objective',
      byol,
      changed(byol, ['encoder target_g = ema(g, decay: 0.99 -> 1.0)', 'encoder target_g = ema(g, decay: 0.9 -> 1.0)']),
    ],
    ['what goes into the queue', 'objective', moco, changed(moco, ['batch(unit(key))', 'batch(key)'])],
    [
      'the width of the encoder',
      'representation',
      simclr,
      changed(simclr, ['small_cnn(width: 16)', 'small_cnn(width: 8)']),
    ],
  ] as const)('%s', (_, which, one, other) => {
    const [a, b] = [texts(one), texts(other)];
    expect(b[which]).not.toEqual(a[which]);
  });

  test('an encoder of another width is not another objective, nor other views', () => {
    const [a, b] = [texts(simclr), texts(changed(simclr, ['small_cnn(width: 16)', 'small_cnn(width: 8)']))];
    expect([b.objective, b.views]).toEqual([a.objective, a.views]);
  });

  test.each(['byol', 'dino', 'moco'])(
    'the representation of %s is that of SimCLR: other encoders before it and other sizes of views are no difference',
    (example) => {
      expect(texts(read(example)).representation).toEqual(texts(simclr).representation);
    },
  );
});
