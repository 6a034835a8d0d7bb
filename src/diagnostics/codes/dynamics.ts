import { code } from '../diagnostic.js';
import { didYouMean } from './did-you-mean.js';

const useWhere = (members: string, module: string, name: string) =>
  members.includes(name) ? `use std.${module} { ${name} }\n` : '';
const program = (
  members: string,
) => `${useWhere(members, 'energies', 'mean_square')}${useWhere(members, 'energies', 'cosine')}use std.layers { linear }
${useWhere(members, 'regularizers', 'variance')}
model M {
  data x: [16]
  view a, b of x = x + 0.1 * normal([16])
  encoder f = linear(8)
${members}
  representation f(x)
}
`;
const energy = '  energy E(u, v) = mean_square(f(u), f(v))';
const queue = (after: string) =>
  program(`  state queue: [8, 8] = normal([8, 8])
${energy}
  minimize { invariance: E(a, b), spread: variance(f(a)) + variance(f(b)), near: min q in queue { mean_square(f(a), q) } }
${after}`);
const goodQueue = queue('  after step { queue = 0.9 * queue + 0.1 * batch.mean(f(b)) }');
const slope = (value: string) =>
  program(`${energy}\n  minimize { slope: ${value}, spread: variance(f(a)) + variance(f(b)) }`);
const parameterTerm = (terms: string) =>
  program(`${energy}
  minimize {
${terms}
    spread: variance(f(a)) + variance(f(b))
  }`);
const slopeByEncoder = (value: string) => slope(`mean(square(grad(${value}, f)))`);
const target = (members: string) =>
  program(`${members}
  encoder q = linear(8)
  energy E(u, v) = mean_square(q(f(u)), stop(t(v)))
  minimize { distill: E(a, b) }`);
const clusters = (members: string) =>
  program(`  state centres: [4, 8] = normal([4, 8])
${energy}
  minimize { invariance: E(a, b), spread: variance(f(a)) + variance(f(b)), near: min c in centres { mean_square(f(a), c) } }
${members}`);
const goodClusters = clusters('  before epoch { centres = examples(f(x), 4) }');
const staged = (trained: string) => `${program(`  encoder old = frozen(f)
${energy}
  minimize { invariance: E(a, b), spread: variance(f(a)) + variance(f(b)), kept: mean_square(f(a), old(a)) }`)}
dataset early = csv("early.csv") { x: [16] }
dataset late = csv("late.csv") { x: [16] }
train M on ${trained} { epochs: 3 }
`;
const rival = (first: string, second: string) =>
  program(`  encoder g = linear(8)
  energy E(u, v) = mean_square(f(u), g(v))
  ${first} { near: E(a, b), spread: variance(f(a)) + variance(f(b)) }
  ${second} { far: -tanh(E(a, b)) }`);
const goodRival = rival('minimize over f', 'minimize over g');

/** 203x to 206x: states, moving averages, gradients inside an objective, groups of terms, loops. */
export const dynamicsCodes = {
  EBM2033: code<{ name: string }>({
    severity: 'error',
    title: 'a state changed outside `after step` and `before epoch`',
    message: ({ name }) => `the state \`${name}\` is given a value outside \`after step\` and \`before epoch\``,
    help: ({ name }) => [`write \`after step { ${name} = ... }\`; for a value of this step alone, use \`let\``],
    explain:
      'A state is the same for all of a step. What it is from the next step on is said in `after step { ... }`, what it is from the beginning of an epoch on in `before epoch { ... }`.',
    wrong: queue('').replace(energy, `  energy E(u, v) {\n    queue = 0 * queue\n    mean_square(f(u), f(v))\n  }`),
    right: goodQueue,
  }),
  EBM2034: code<Record<string, never>>({
    severity: 'error',
    title: '`grad` without a name to differentiate by',
    message: () => '`grad` takes an expression, and the name in it to differentiate by',
    help: () => ['write `grad(E(y), y)`; to differentiate by a computed value, give it a name with `let` first'],
    explain:
      '`grad(value, y)` is the gradient of a scalar with respect to `y`, as the name `y` is written in the expression: what other definitions read under that name does not count.',
    wrong: slope('sum(square(grad(E(a, b), 2 * a)))'),
    right: slope('sum(square(grad(E(a, b), a)))'),
  }),
  EBM2035: code<{ name: string; reason: string }>({
    severity: 'error',
    title: 'nothing to differentiate',
    message: ({ name, reason }) => `there is no gradient with respect to \`${name}\`: ${reason}`,
    explain:
      'A gradient needs a path of differentiable operations from the name to the value: whole numbers (indices, classes, tokens) have none, and neither has a name that is not in the expression.',
    wrong: slope('sum(square(grad(E(a, a), b)))'),
    right: slope('sum(square(grad(E(a, b), b)))'),
  }),
  EBM2036: code<{ shape: string }>({
    severity: 'error',
    title: 'a value that is not a scalar',
    message: ({ shape }) => `one number is needed here, not a value of shape ${shape}`,
    help: () => ['reduce it: `sum(...)` or `mean(...)`'],
    explain: 'What is differentiated or minimised over a latent variable is one number per example, as an energy is.',
    wrong: slope('sum(square(grad(f(a), a)))'),
    right: slope('sum(square(grad(sum(f(a)), a)))'),
  }),
  EBM2037: code<Record<string, never>>({
    severity: 'error',
    title: 'an unknown way to minimise',
    message: () => 'minimising is done `by gradient(steps: n, rate: r)`, with at least one step',
    explain:
      '`min z from start by gradient(steps: 8, rate: 0.1) { D(z) }` takes that many steps of gradient descent from the start, and is the value of D where they end; over the rows of a tensor or the items of a list write `min z in codes { D(z) }`.',
    wrong: slope('min z from zeros([8]) by newton(steps: 3) { mean_square(f(a), z) }'),
    right: slope('min z from zeros([8]) by gradient(steps: 3, rate: 0.1) { mean_square(f(a), z) }'),
  }),
  EBM2038: code<{ name: string; moment: 'after step' | 'before epoch' }>({
    severity: 'error',
    title: 'a state that would differ by example',
    message: ({ name }) => `the next value of \`${name}\` differs from example to example`,
    help: ({ moment }) =>
      moment === 'after step'
        ? ['take it over the batch: `batch.mean(...)`, or `batch(...)` for the values of all examples']
        : ['take it over examples of the data set: `examples(f(x), 4096)` is `[4096, ...]`'],
    explain: 'A state belongs to the model, not to an example. What is put into it must be the same for all examples.',
    wrong: queue('  after step { queue = 0.9 * queue + 0.1 * f(b) }'),
    right: goodQueue,
  }),
  EBM2039: code<{ copy: string; source: string }>({
    severity: 'error',
    title: 'a copy of nothing',
    message: ({ copy, source }) => `\`${copy}\` follows \`${source}\`, which the model never calls`,
    help: ({ copy, source }) => [`call \`${source}\` in a term, or \`${copy}\` stays as it was drawn`],
    explain:
      '`ema(f)` and `frozen(f)` are copies of f whose parameters follow those of f. Parameters exist where f is called: a copy of an encoder that nothing calls has nothing to follow.',
    wrong: target('  encoder p = linear(8)\n  encoder t = ema(p)'),
    right: target('  encoder t = ema(f, decay: 0.99 -> 1.0)'),
  }),
  EBM2043: code<{ name: string }>({
    severity: 'error',
    title: '`over` what has no parameters',
    message: ({ name }) => `\`${name}\` has no parameters that \`minimize over\` could move`,
    explain:
      '`minimize over f, g` names encoders (or `param`s) whose parameters follow the terms. A moving-average copy has none of its own, and neither have functions and energies.',
    wrong: rival('minimize over E', 'minimize over g'),
    right: goodRival,
  }),
  EBM2044: code<{ name: string }>({
    severity: 'error',
    title: 'groups that overlap',
    message: ({ name }) => `the parameters of \`${name}\` are in two groups`,
    help: () => ['name it in one `minimize over`; terms that it should follow besides go into the same group'],
    explain:
      'Each parameter follows the terms of one group: two would pull it in two directions, with no word on how they weigh.',
    wrong: rival('minimize over f, g', 'minimize over g'),
    right: goodRival,
  }),
  EBM2045: code<{ name: string }>({
    severity: 'error',
    title: 'parameters in no group',
    message: ({ name }) => `the parameters of \`${name}\` follow no terms`,
    help: ({ name }) => [
      `add \`${name}\` to a \`minimize over\`, or write a \`minimize\` without \`over\` for all that is left`,
    ],
    explain: 'Where every `minimize` says `over` what, each encoder and `param` of the model must be in one of them.',
    wrong: rival('minimize over f', 'minimize over f'),
    right: goodRival,
  }),
  EBM2046: code<Record<string, never>>({
    severity: 'error',
    title: '`once` without an expression',
    message: () => '`once` is written around the draws that are one for the whole step: `once(normal([8]))`',
    explain:
      'Random draws are made for each example. Inside `once(...)` they are made once a step and are the same for all examples; what is piped into it has been drawn already.',
    wrong: slope('mean(square(normal([8]) |> once))'),
    right: slope('mean(square(once(normal([8]))))'),
  }),
  EBM2047: code<{ model: string }>({
    severity: 'error',
    title: 'micro-batches with several groups',
    message: ({ model }) => `\`${model}\` has several \`minimize\` groups, which cannot be trained in micro-batches`,
    help: () => ['leave `micro_batch` out, with a smaller `batch` if memory is short'],
    explain:
      'In micro-batches the gradient of one sum of terms is taken part by part. Several groups need as many gradients of the same values, which is not built.',
    wrong: `${goodRival}\ntrain M { batch: 8, micro_batch: 4 }`,
    right: `${goodRival}\ntrain M { batch: 8 }`,
  }),
  EBM2048: code<{ what: string; shape: string }>({
    severity: 'error',
    title: 'a reduction of nothing',
    message: ({ what, shape }) => `the ${what} of ${shape} is of no values at all`,
    help: () => ['does a mask hide nothing, or everything? its `ratio` lies between 0 and 1'],
    explain:
      'A mean, variance or largest of no values is not a number. It is most often met where a mask hides nothing, so that there is nothing to predict, or everything, so that there is nothing to see.',
    wrong: slope('mean(square(f(a)[8:8]))'),
    right: slope('mean(square(f(a)[0:8]))'),
  }),
  EBM2080: code<{ model: string; asks: string; isCopy: boolean }>({
    severity: 'warning',
    title: 'stages that are not there',
    message: ({ model, asks, isCopy }) =>
      isCopy
        ? `${asks} is what \`${model}\` was as its stage of training began, but there is one stage: it stays untrained`
        : `${asks} in \`${model}\` is always 0: there is one stage of training`,
    help: ({ model }) => [
      `train on one data set after another: \`train ${model} on early.train then late.train\``,
      'for a copy that is renewed with each epoch, write `frozen(f, since: "epoch")`',
    ],
    explain: `\`train M on early.train then late.train\` trains in stages, and \`frozen(f)\` is f as it was when the present stage began: in the first
one untrained, later what the stages before have made of it. With a single stage it is an untrained network to the end, and to keep near that is
rarely what is meant. \`stage()\` is the number of the stage, 0 in the first.`,
    wrong: staged('early.train'),
    right: staged('early.train then late.train'),
  }),
  EBM2081: code<Record<string, never>>({
    severity: 'error',
    title: '`examples` outside `before epoch`',
    message: () => '`examples(value, count)` is written in `before epoch { ... }`, around the value of one example',
    help: () => ['the values of all examples of the batch are `batch(...)`'],
    explain: `As an epoch begins, \`examples(f(x), 4096)\` is the value for 4096 examples of the data set, drawn anew each time, \`[4096, ...]\`. A step
sees the examples of its batch alone: \`batch(...)\` is their values.`,
    wrong: clusters('  after step { centres = examples(f(x), 4) }'),
    right: goodClusters,
  }),
  EBM2082: code<Record<string, never>>({
    severity: 'error',
    title: '`before epoch` inside a network',
    message: () => '`before epoch` belongs to the model, not to a network',
    help: () => ['declare the state in the model, and give it to the network as an argument'],
    explain:
      'What happens as an epoch begins is computed of examples of the data set, which a network knows nothing of. States of a network change in `after step`.',
    wrong: clusters('')
      .replace(
        'model M',
        'net shifted()(x: [d]) -> [8] {\n  state s: [8] = zeros([8])\n  before epoch { s = 0 }\n  s + linear(8)(x)\n}\n\nmodel M',
      )
      .replace('encoder f = linear(8)', 'encoder f = shifted'),
    right: goodClusters,
  }),
  EBM2083: code<Record<string, never>>({
    severity: 'error',
    title: 'a batch in `before epoch`',
    message: () => 'a value here is of a batch, and there is none as an epoch begins',
    help: () => [
      'take examples of the data set: `examples(f(x), 4096)` is `[4096, ...]`, and `mean(examples(f(x), 4096), axis: 0)` their mean',
    ],
    explain:
      'Between two epochs no batch is at hand. What needs many examples takes them from the data set, as many as it says.',
    wrong: clusters('  before epoch { centres = batch(f(x))[0:4] }'),
    right: goodClusters,
  }),
  EBM2084: code<{ encoder: string }>({
    severity: 'error',
    title: 'parameters that are not known yet',
    message: ({ encoder }) => `\`${encoder}\` has no parameters at this place`,
    help: ({ encoder }) => [
      `call \`${encoder}\` above it, in a \`let\` for example: what it is called with decides what parameters it has`,
    ],
    explain: `The parameters of an encoder are made where it is first called, since their shapes follow from its input. \`parameters(f)\` and
\`grad(value, f)\` stand below a call, and an encoder without anything to learn has none.`,
    wrong: parameterTerm('    near: mean(square(parameters(f)))\n    invariance: E(a, b)'),
    right: parameterTerm('    invariance: E(a, b)\n    near: mean(square(parameters(f)))'),
  }),
  EBM2085: code<{ encoder: string }>({
    severity: 'error',
    title: 'a gradient that would differ by example',
    message: ({ encoder }) => `what is differentiated with respect to \`${encoder}\` differs from example to example`,
    help: () => ['take it over the batch: `grad(batch.mean(...), f)`'],
    explain:
      'The parameters of an encoder are the same for all examples, and so is a gradient with respect to them: it is of one number for the whole batch, as a mean over it.',
    wrong: slopeByEncoder('E(a, b)'),
    right: slopeByEncoder('batch.mean(E(a, b))'),
  }),
  EBM2062: code<{ name: string; known: readonly string[]; suggestion: string | undefined }>({
    severity: 'error',
    title: 'an unknown kind of loop',
    message: ({ name }) => `a loop cannot be a \`${name} for\``,
    help: ({ known, suggestion }) => [
      ...didYouMean(suggestion),
      `known: ${known.map((k) => `\`${k} for\``).join(', ')}`,
    ],
    explain: 'A loop in an expression says what becomes of its values: `mean for v in views: E(v, a)`.',
    wrong: slope('sun for v in [a, b]: E(v, a)'),
    right: slope('sum for v in [a, b]: E(v, a)'),
  }),
  EBM2063: code<{ reducer: string }>({
    severity: 'error',
    title: 'a loop without a round',
    message: ({ reducer }) => `\`${reducer} for\` has nothing to go over`,
    help: () => ['is the list empty, or does `where` exclude everything?'],
    explain: 'The mean, sum, largest, … of no values is not defined.',
    wrong: slope('mean for v in [a, b], w in [a, b] where v == w and v != w: E(v, w)'),
    right: slope('mean for v in [a, b], w in [a, b] where v != w: E(v, w)'),
  }),
};
