import { code } from '../diagnostic.js';

const model = (terms: string) => `use std.energies { mean_square }
use std.layers { linear }
use std.regularizers { variance, covariance }

model M {
  data x: Image[4, 4, 1]
  view a, b of x = x + 0.1 * normal([4, 4, 1])
  encoder f = linear(8)
  let u = f(reshape(a, [16]))
  let v = f(reshape(b, [16]))
  energy E(p, q) = mean_square(p, q)
  minimize {
    invariance: 25 * E(u, v)
${terms}
  }
  representation f(reshape(x, [16]))
}
`;

const large = (size: number) => `use std.energies { mean_square }
use std.layers { conv }

model M {
  data x: Image[${size}, ${size}, 3]
  encoder f = conv(8)
  encoder g = conv(3)
  energy E(u) = mean_square(g(f(u)), u)
  minimize { reconstruction: E(x) }
  representation f(x)
}
`;

/** 3xxx: objectives that a useless representation minimises. */
export const collapseCodes = {
  EBM3001: code<{ encoders: string }>({
    severity: 'error',
    title: 'a constant representation minimises the objective',
    message: ({ encoders }) => `a constant representation minimises this objective: ${encoders} can collapse`,
    help: () => [
      'push other examples away: a contrastive regularizer such as `info_nce(E, a, b)`',
      'or keep the outputs spread out: `variance(z)` with `covariance(z)`',
      'or predict something fixed by the data: a masked part, a label, the next token',
      'or break the symmetry: `stop(...)` on one side and a predictor on the other',
    ],
    explain: `If the encoder gave the same output for every example, every term of the objective would be as low as it can be, so training is free to go there:
the energy of all pairs becomes equal and the representation says nothing. This is silent: the loss falls, and only a probe after training shows it.

How it is found: the outputs of the last encoders are taken as free variables, stopped gradients are let through, and states that \`after step\` makes of the outputs
are what they settle at. The lowest value of the objective over outputs that are equal for all examples is compared with values at outputs that
differ: random ones that agree between views, and those a descent finds from both. If one is clearly lower, and its mean made as good as it can be is not,
the constant representation is not a minimum. If none is, two things may still keep training from it, and are looked for: a predictor on one side with a
stopped gradient or a moving average on the other (BYOL, SimSiam), and groups of terms that pull against each other. \`ebmc check --explain\` says which it is.

To study collapse on purpose, run with \`--allow EBM3001\`.`,
    wrong: model('    covariance: covariance(u) + covariance(v)'),
    right: model('    variance: 25 * (variance(u) + variance(v))\n    covariance: covariance(u) + covariance(v)'),
  }),
  EBM3002: code<{ model: string; reason: string }>({
    severity: 'warning',
    title: 'whether a constant representation minimises the objective was not examined',
    message: ({ model, reason }) =>
      `whether a constant representation minimises the objective of \`${model}\` was not examined: ${reason}`,
    help: () => [
      'check the same program at a smaller size, for example with smaller images: the answer seldom depends on it',
      'watch the gauges while it trains: a collapsed representation has spread 0 and rank 1',
    ],
    explain: `The analysis of collapse (EBM3001) computes the objective and its gradient some hundred times, on two examples where eight are too many. Where the
outputs of the last encoders, or what they are compared with, hold millions of numbers for each example, that would take minutes and gigabytes, so it is
left out. Everything else was checked.`,
    wrong: large(2048),
    right: large(32),
  }),
};
