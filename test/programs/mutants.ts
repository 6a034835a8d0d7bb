/** Published methods with the part left out that keeps them from collapsing: what the analysis should say of each. */
import { readFileSync } from 'node:fs';

export interface Mutant {
  readonly name: string;
  readonly text: string;
  /** What must be reported; undefined where nothing need be, for the reason in `because`. */
  readonly code: 'EBM3001' | 'EBM3003' | 'EBM3004' | 'EBM2042' | 'EBM2048' | undefined;
  readonly because?: string;
  /** Of what copies its target: what it was made from, the term that is copied, and steps after which that shows, where they are many. */
  readonly copies?: { readonly whole: string; readonly term: string; readonly steps?: number };
}

/** A part of an example, which must be there, in another form. */
type Change = readonly [part: string | RegExp, by: string];

function mutate(example: string, changes: readonly Change[]): string {
  return changes.reduce((text, [part, by]) => {
    const changed = text.replace(part, by);
    if (changed === text) throw new Error(`${example}.ebm holds no ${part}`);
    return changed;
  }, readFileSync(`examples/${example}.ebm`, 'utf8'));
}

const collapses = (name: string, example: string, ...changes: Change[]): Mutant => ({
  name,
  text: mutate(example, changes),
  code: 'EBM3001',
});

const leaks = (name: string, example: string, term: string, ...changes: Change[]): Mutant => ({
  name,
  text: mutate(example, changes),
  code: 'EBM3004',
  copies: { whole: mutate(example, []), term },
});

const fades = (name: string, temperature: string): Mutant => ({
  name,
  text: mutate('dino', [['g(f(s)), centre)', `g(f(s)), centre, teacher_temperature: ${temperature})`]]),
  code: 'EBM3003',
});

const classified = (features: string): string =>
  mutate('several_tasks', [
    ['  let kept', '  data label: Class[10]\n  encoder head = linear(10)\n  let kept'],
    ['    turn:', `    class: classification(label, head(${features}))\n    turn:`],
  ]);

export const mutants: readonly Mutant[] = [
  collapses('VICReg without variance', 'vicreg', [/ {4}variance: .*\n/, '']),
  collapses(
    'SimCLR without negatives',
    'simclr',
    ['nt_xent(E, a, b, temperature)', 'E(a, b) / temperature'],
    ['use std.regularizers { nt_xent }\n', ''],
  ),
  collapses('SimSiam without the stop', 'simsiam', ['stop(n(g(f(y))))', 'n(g(f(y)))']),
  collapses(
    'SimSiam without the predictor',
    'simsiam',
    ['q(n(g(f(x))))', 'n(g(f(x)))'],
    ['  encoder q = mlp(hidden: 64, out: 256)\n', ''],
  ),
  collapses(
    'BYOL without the predictor',
    'byol',
    ['q(g(f(x)))', 'g(f(x))'],
    ['  encoder q = mlp(hidden: 128, out: 64)\n', ''],
  ),
  {
    name: 'BYOL stopped on both sides',
    text: mutate('byol', [['unit(q(g(f(x))))', 'unit(stop(q(g(f(x)))))']]),
    code: 'EBM2042',
  },
  collapses('MoCo whose queue is never filled', 'moco', [/ {2}after step .*\n/, ''], ['use std.memory { push }\n', '']),
  collapses('DINO without its centre', 'dino', [/ {2}after step \{[^}]*\}\n/, ''], ['use std.memory { blend }\n', '']),
  collapses(
    'SwAV without equal shares',
    'swav',
    ['sinkhorn(S(t))', 'softmax(S(t) / 0.05)'],
    ['use std.clustering { sinkhorn }', 'use std.layers { softmax }'],
  ),
  collapses('TiCo without the covariance', 'tico', ['covariance) }\n  after', 'covariance, weight: 0) }\n  after']),
  collapses(
    'LeJEPA without the Gaussian',
    'lejepa',
    [/ {4}gaussian: .*\n/, ''],
    ['use std.regularizers { sigreg }\n', ''],
  ),
  collapses(
    'W-MSE without whitening',
    'w_mse',
    ['E(whitened(h(f(a))), whitened(h(f(b))))', 'E(h(f(a)), h(f(b)))'],
    ['use std.matrices { whitened }\n', ''],
  ),
  { name: 'MAE that hides nothing', text: mutate('mae', [['75%', '0%']]), code: 'EBM2048' },
  {
    name: 'BYOL whose target is no moving average',
    text: mutate('byol', [
      ['stop(target_g(target_f(y)))', 'stop(g(f(y)))'],
      [/ {2}encoder target_.*\n {2}encoder target_.*\n/, ''],
    ]),
    code: undefined,
    because: 'with predictor and stop it is SimSiam, which learns (Chen and He 2021, section 4.1)',
  },
  fades('DINO without sharpening', '1.0'),
  fades('DINO whose teacher is as sharp as its student', '0.1'),
  leaks('SimMIM that is shown all patches', 'simmim', 'reconstruction', ['shown(m.visible, 49)', 'ones([49])'], [', shown }', ' }']),
  leaks('SimMIM that is shown what it is to predict', 'simmim', 'reconstruction', ['shown(m.visible, 49)', 'shown(m.hidden, 49)']),
  leaks(
    'T5 whose decoder sees the target',
    't5',
    'spans',
    ['shifted(target, 1)', 'target'],
    ['use std.text { span_corruption, shifted }', 'use std.text { span_corruption }'],
  ),
  leaks('GPT that reads the token it predicts', 'gpt', 'next', ['E(x[0:64], x[1:65])', 'E(x[1:65], x[1:65])']),
  leaks('BERT without its mask', 'bert', 'masked', ['E(m.tokens, x[m.hidden])', 'E(x, x[m.hidden])']),
  leaks(
    'PatchTST that hides nothing',
    'time_series',
    'fill',
    [/p \* reshape\(shown\(m.visible, 16\), \[16, 1\]\)/, 'p'],
    [', shown }', ' }'],
  ),
  {
    name: 'labels among the features',
    text: classified('concat(f(x), one_hot(label, 10))'),
    code: 'EBM3004',
    // One linear layer among other terms is slow to find the ten numbers.
    copies: { whole: classified('f(x)'), term: 'class', steps: 372 },
  },
];
