/** What the analysis says of methods that lack what keeps them from collapsing, and of the examples, which lack nothing. */
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { checkFile, plateaus } from '../../src/compiler/index.js';
import { FileLibrary } from '../../src/runtime/library.js';
import { mutants } from '../programs/mutants.js';

const check = (text: string) =>
  checkFile({ path: 'examples/mutant.ebm', text }, new FileLibrary('examples/mutant.ebm'));
const withoutDiversity = (text: string) =>
  text.replace(/ {4}diversity: .*\n/, '').replace('product_quantiser, diversity', 'product_quantiser');
const read = (file: string) => readFileSync(`examples/${file}`, 'utf8');

describe('mutants', () => {
  test.each(mutants.map((mutant) => [mutant.name, mutant] as const))('%s', (_, { text, code }) => {
    const codes = new Set(check(text).diagnostics.map((d) => d.code));
    if (code) expect([...codes]).toContain(code);
    else expect([...codes]).toEqual([]);
  });
});

test('a flow whose log-determinant is an output of its own is not said to collapse', () => {
  const { diagnostics } = check(flow);
  expect(diagnostics.map(({ code }) => code)).toEqual(['EBM3005']);
  expect(diagnostics[0]!.severity).toBe('warning');
});

test('positions that are looked up are not what is found there: a generator that fills holes, and a judge of what it wrote', () => {
  expect(check(judged).diagnostics).toEqual([]);
});

test('a term that constant outputs make as low as they like is told to have no lowest value', () => {
  const endless = read('simclr.ebm').replace('minimize { contrast:', 'minimize { size: -sum(square(f(a))), contrast:');
  const [found] = check(endless).diagnostics;
  expect(found!.code).toBe('EBM3005');
  expect(found!.message).toBe('`size` falls without end as outputs of `f`, `g` grow');
});

describe('why an example does not collapse', () => {
  test.each(readdirSync('examples').filter((file) => file.endsWith('.ebm')))('%s', (file) => {
    const { diagnostics, reasons, models } = check(read(file));
    expect(diagnostics.map(({ code }) => code)).toEqual([]);
    expect(reasons[models[0]!.name]).toMatch(/\w/);
  });

  test('the reason names the term, or the predictor', () => {
    expect(check(read('vicreg.ebm')).reasons['VICReg']).toContain('term `variance` is lower');
    expect(check(read('byol.ebm')).reasons['BYOL']).toContain('predictor `q`');
    expect(check(read('simsiam.ebm')).reasons['SimSiam']).toContain('a stopped gradient');
  });

  test('a straight-through code is no predictor: the parts of a sound are told apart', () => {
    const reason = check(read('wav2vec2.ebm')).reasons['Wav2vec'];
    expect(reason).toContain('term `contrast` tells the parts of one example apart');
    expect(reason).not.toContain('predictor');
  });

  test('distractors quantised alike are left out: what keeps codes in use keeps it from choosing one of them', () => {
    const unlike = read('wav2vec2.ebm').replace('temperature: 0.1)', 'temperature: 0.1, keep_alike: false)');
    const { diagnostics, reasons } = check(unlike);
    expect(diagnostics).toEqual([]);
    expect(reasons['Wav2vec']).toContain('term `diversity` is lower where examples differ');
    const [said, ...rest] = check(withoutDiversity(unlike)).diagnostics;
    expect([said?.code, ...rest]).toEqual(['EBM3001']);
    expect(said?.notes[0]).toContain(
      'with the output of `head`, `q` the same for every example, the terms are: contrast 0',
    );
    // Where they stay, one code for all is the worst that there is; the stop within a draw of codes makes no predictor of what stands above it.
    expect(check(withoutDiversity(read('wav2vec2.ebm'))).reasons['Wav2vec']).toContain(
      'term `contrast` tells the parts',
    );
  });

  test('a teacher sharper than its student is enough, labels that are told and not read are', () => {
    const dino = read('dino.ebm').replace('g(f(s)), centre)', 'g(f(s)), centre, teacher_temperature: 0.07)');
    expect(check(dino).diagnostics.map(({ code }) => code)).toEqual([]);
    const told = mutants.find(({ name }) => name === 'labels among the features')!.copies!.whole;
    expect(check(told).diagnostics.map(({ code }) => code)).toEqual(['EBM2070']);
  });
});

test.each([
  ['simclr', 'contrast', Math.log(2 * 128 - 1)],
  ['moco', 'contrast', Math.log(2048 + 1)],
  ['dino', 'distill', Math.log(256)],
  ['swav', 'swapped', Math.log(100)],
  ['vicreg', 'variance', 24.75],
  ['barlow_twins', 'correlation', 256],
])('%s: the term %s of a constant representation', (file, term, value) => {
  const [model] = check(read(`${file}.ebm`)).models;
  expect(plateaus(model!)![term]).toBeCloseTo(value, 2);
});

/** RealNVP (Dinh et al. 2017), one coupling. */
const flow = `use std.heads { mlp }

net coupling(hidden: int)(z: [d]) {
  let k = int(d / 2)
  let s = tanh(mlp(hidden: hidden, out: d - k)(z[0:k]))
  let t = mlp(hidden: hidden, out: d - k)(z[0:k])
  { z: concat(z[k:d] * exp(s) + t, z[0:k]), log_det: sum(s) }
}

model Flow {
  data x: [4]
  encoder f = coupling(16)
  energy E(x) = sum(square(f(x).z)) / 2 - f(x).log_det
  minimize { likelihood: E(x) }
  representation f(x).z
}
`;

/** ELECTRA (Clark et al. 2020): the discriminator's target is made of what the generator reads. */
const judged = `use std.transformers { bert, masked_head }
use std.text { bert_mask }
use std.layers { linear }
use std.energies { sequence_cross_entropy }

fn drawn(logits: [k, v]) -> [k] = argmax(stop(logits) - log(-log(uniform([k, v]))), axis: 1)

fn put(x: [n], at: [k], values: [k]) -> [n] {
  let rows = float(reshape(at, [k, 1]) == iota(n))
  int(where(sum(rows, axis: 0) > 0.5, matmul(float(values), rows), float(x)))
}

model Judged(vocab = 50, dim = 16) {
  data x: Tokens[16, vocab]
  mask m over x = bert_mask(vocab: vocab, mask: 4, special: 5, masked: 1.0, random: 0.0)
  param words: [vocab, dim] = normal([vocab, dim])
  encoder generator = bert(length: 16, depth: 1, heads: 2)
  encoder g = masked_head
  encoder f = bert(length: 16, depth: 1, heads: 2)
  encoder judge = linear(1)
  let logits = g(generator(words[m.tokens])[m.hidden], words)
  let filled = put(m.tokens, m.hidden, drawn(logits))
  energy G(logits, hidden) = sequence_cross_entropy(logits, hidden, m.weight)
  energy D(tokens, replaced) {
    let score = reshape(judge(f(words[tokens])), [16])
    mean(softplus(score) - replaced * score)
  }
  minimize { generator: G(logits, x[m.hidden]), judge: 50 * D(filled, float(filled != x)) }
  representation mean(f(words[x]), axis: 0)
}
`;
