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
  energy E(seen, whole) = mean_square(g(f(seen)), whole)
  minimize { reconstruction: E(x * float(uniform([${size}, ${size}, 1]) < 0.5), x) }
  representation f(x)
}
`;

const taught = (temperature: string) => `use std.layers { linear }
use std.energies { distillation }
use std.memory { blend }

model M {
  data x: [16]
  view a, b of x = x + 0.1 * normal([16])
  encoder f = linear(8)
  encoder teacher = ema(f, decay: 0.99)
  state centre: [8] = zeros([8])
  energy E(t, s) = distillation(teacher(t), f(s), centre, teacher_temperature: ${temperature})
  minimize { distill: E(a, b) }
  after step { centre = blend(centre, batch.mean(teacher(a))) }
  representation f(x)
}
`;

const masked = (seen: string) => `use std.layers { linear }
use std.energies { mean_square }

model M {
  data x: [16]
  encoder f = linear(64)
  encoder g = linear(8)
  energy E(seen, hidden) = mean_square(g(f(seen)), hidden)
  minimize { fill: E(${seen}, x[8:16]) }
  representation f(${seen})
}
`;

const grown = (spread: string) => `use std.energies { mean_square }
use std.layers { linear }
use std.regularizers { variance }

model M {
  data x: [16]
  view a, b of x = x + 0.1 * normal([16])
  encoder f = linear(8)
  energy E(p, q) = mean_square(f(p), f(q))
  minimize {
    invariance: 25 * E(a, b)
    spread: ${spread}
  }
  representation f(x)
}
`;

const correlated = (eps: string) => `use std.layers { linear }

fn centred(z) = z - batch.mean(z)

model M {
  data x: [16]
  view a, b of x = x + 0.1 * normal([16])
  encoder f = linear(8)
  energy E(p, q) = -mean(batch.mean(centred(f(p)) * centred(f(q))) / sqrt(batch.var(f(p)) * batch.var(f(q)) + ${eps}))
  minimize { correlation: E(a, b) }
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
  EBM3003: code<{ encoders: string }>({
    severity: 'warning',
    title: 'nothing makes more of the difference between two examples',
    message: ({ encoders }) =>
      `nothing makes more of the difference between two examples: the output of ${encoders} can fade to a constant`,
    help: () => [
      "sharpen what is predicted: a lower temperature on the teacher's side than on the student's",
      'or push other examples away: a contrastive regularizer, or a variance term',
      'or put a predictor on the side that learns',
    ],
    explain: `The objective is lower where outputs differ, but only because what they are compared with, a stopped gradient or a moving average of the same
encoder, differs as they do. Where that is the same for every example, so are the best outputs. What examples differ by must then be handed on from the one side to the
other with each step, and views of one example never agree altogether: unless the learning side makes more of a difference than it meets, it fades.

How it is found: what is stopped is held at outputs with a small and a large difference between examples, and the objective is minimised over
the outputs that learn. If these differ no more than what they were compared with, in each case, this is reported. A self-distilling teacher without its low temperature is the known
case (Caron et al. 2021, section 5.3): its loss goes to ln K, where every output is the uniform distribution.`,
    wrong: taught('0.1'),
    right: taught('0.04'),
  }),
  EBM3004: code<{ encoder: string; model: string }>({
    severity: 'warning',
    title: 'a prediction reads what it is to predict',
    message: ({ encoder, model }) =>
      `in \`${model}\` encoder \`${encoder}\` reads the very value that its output is compared with: it can copy it and learn nothing else`,
    help: () => [
      'leave what is to be predicted out of what is read: hide it, shift it, or drop it',
      'or let only part of it through: fewer numbers, a code, or noise',
    ],
    explain: `What the encoder's output is compared with is fixed by the data, and the same part of the data reaches the encoder. Copying it brings the loss to its
least value, and a copy is learned long before anything else: the loss falls fast, and the representation is of no use. Typical causes: a decoder that is given the
sequence it writes without a shift, a mask that is applied to the target and not to the input, a label among the features.

How it is found: one element of the data that both are made of is changed at a time, for untrained encoders, and the part of the output that is compared with that element
changes too, each time. Autoencoders are not meant: where all that passes is fewer numbers than are predicted, codes that the objective is about, or something with
noise added, nothing is reported.`,
    wrong: masked('x'),
    right: masked('x[0:8]'),
  }),
  EBM3005: code<{ terms: string; encoders: string }>({
    severity: 'warning',
    title: 'a term that no value bounds from below',
    message: ({ terms, encoders }) => `${terms} falls without end as outputs of ${encoders} grow`,
    help: () => [
      'is a sign wrong, or a norm missing (`unit`, `cosine`)?',
      'where the network itself bounds it, as that of a flow bounds its log-determinant, nothing is wrong',
    ],
    explain: `Taken as a function of the encoders' outputs, the term has no lowest value: training makes outputs ever larger until numbers overflow, unless the network cannot
give such outputs. Whether they can collapse was therefore not asked (EBM3001). Typical causes are a maximised quantity without a norm, and a minus too many.

A likelihood of a flow is the case where nothing is wrong: its log-determinant belongs to the same network as the point that it goes with, but the analysis takes the two as free.`,
    wrong: grown('-sum(square(f(a)))'),
    right: grown('25 * variance(f(a))'),
  }),
  EBM3006: code<{ terms: string; encoders: string }>({
    severity: 'warning',
    title: 'a term that is not a number where all outputs are equal',
    message: ({ terms, encoders }) =>
      `${terms} is not a number where the output of ${encoders} is the same for every example: whether it can collapse was not examined`,
    help: () => [
      'keep what is divided by, and what a logarithm is of, away from 0: `x / maximum(y, 1e-6)`, `log(maximum(x, 1e-6))`, `unit(z)`',
    ],
    explain: `With every output the same, the term divides 0 by 0, or takes the logarithm or the root of a number below 0. Whether that is its lowest place was therefore not asked
(EBM3001), and a training that comes near it ends there: one value that is not a number makes all parameters so (EBM5001). A lower bound costs
nothing where numbers are of an ordinary size.`,
    wrong: correlated('0'),
    right: correlated('1e-4'),
  }),
};
