/** What the analysis says of methods that lack what keeps them from collapsing, and of the examples, which lack nothing. */
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { checkFile, plateaus } from '../../src/compiler/index.js';
import { FileLibrary } from '../../src/runtime/library.js';
import { mutants } from '../programs/mutants.js';

const check = (text: string) =>
  checkFile({ path: 'examples/mutant.ebm', text }, new FileLibrary('examples/mutant.ebm'));
const read = (file: string) => readFileSync(`examples/${file}`, 'utf8');

describe('mutants', () => {
  test.each(mutants.map((mutant) => [mutant.name, mutant] as const))('%s', (_, { text, code }) => {
    const codes = new Set(check(text).diagnostics.map((d) => d.code));
    if (code) expect([...codes]).toContain(code);
    else expect([...codes]).toEqual([]);
  });
});

test('a term that constant outputs make as low as they like is told to have no lowest value', () => {
  const endless = read('simclr.ebm').replace('minimize { contrast:', 'minimize { size: -sum(square(f(a))), contrast:');
  const [found] = check(endless).diagnostics;
  expect(found!.code).toBe('EBM3001');
  expect(found!.notes.join('\n')).toContain('`size` falls without end as outputs grow');
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
