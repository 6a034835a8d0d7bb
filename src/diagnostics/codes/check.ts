import { code } from '../diagnostic.js';
import { didYouMean } from './did-you-mean.js';

const program = (body: string) => `use std.energies { mean_square }
use std.layers { linear }
use std.regularizers { variance }

model M {
  data x: Image[4, 4, 1]
  view a, b of x = x + 0.1 * normal([4, 4, 1])
${body}
}
`;
const encoder = '  encoder f = linear(8)';
const energy = '  energy E(u, v) = mean_square(f(reshape(u, [16])), f(reshape(v, [16])))';
const objective =
  '  minimize {\n    invariance: E(a, b)\n    spread: variance(f(reshape(a, [16]))) + variance(f(reshape(b, [16])))\n  }';
const representation = '  representation f(reshape(x, [16]))';
const labelled = (name: string) =>
  program(
    [
      '  data label: Class[8]',
      encoder,
      energy,
      objective.replace('  }', `    ${name}: mean_square(f(reshape(a, [16])), one_hot(label, 8))\n  }`),
      representation,
    ].join('\n'),
  );
const good = program([encoder, energy, objective, representation].join('\n'));

const tokens = `model M(vocab = 100) {
  data x: Tokens[16, vocab]
  param words: [vocab, 8] = normal([vocab, 8])
  param weight: [8, vocab] = normal([8, vocab])
  let logits = matmul(words[x], weight)
  minimize { next: mean(logsumexp(logits, axis: -1)) - mean(logits) }
  representation mean(words[x], axis: 0)
}`;

/** 2xxx: names, kinds, shapes and levels. */
export const checkCodes = {
  EBM2001: code<{ name: string; suggestion?: string | undefined; homes?: readonly string[] }>({
    severity: 'error',
    title: 'unknown name',
    message: ({ name }) => `there is nothing called \`${name}\` here`,
    help: ({ name, suggestion, homes = [] }) =>
      homes.length > 0 ? homes.map((module) => `\`use ${module} { ${name} }\` brings it in`) : didYouMean(suggestion),
    explain:
      'A name must be declared above its use, be a parameter or a dimension of the signature around it, be brought in with `use`, or be one of the built-in functions.',
    wrong: good.replace('f(reshape(u', 'ff(reshape(u'),
    right: good,
  }),
  EBM2002: code<{ module: string; suggestion?: string | undefined }>({
    severity: 'error',
    title: 'unknown module',
    message: ({ module }) => `there is no module \`${module}\``,
    help: ({ suggestion }) => didYouMean(suggestion),
    explain:
      "`use std.layers { ... }` reads the standard library's `layers.ebm`; another path is looked up beside the file that uses it: `use mine.heads { ... }` reads `mine/heads.ebm`.",
    wrong: good.replace('std.layers', 'std.layer'),
    right: good,
  }),
  EBM2003: code<{ module: string; name: string; suggestion?: string | undefined; names: readonly string[] }>({
    severity: 'error',
    title: 'a module has no such name',
    message: ({ module, name }) => `\`${module}\` has nothing called \`${name}\``,
    help: ({ suggestion, names }) =>
      suggestion || names.length === 0 ? didYouMean(suggestion) : [`it has ${names.map((n) => `\`${n}\``).join(', ')}`],
    explain: 'The names in the braces of `use` must be `fn`, `net`, `regularizer` or `model` items of that module.',
    wrong: good.replace('{ linear }', '{ linaer }'),
    right: good,
  }),
  EBM2004: code<{ name: string }>({
    severity: 'error',
    title: 'a name declared twice',
    message: ({ name }) => `\`${name}\` is declared twice`,
    explain:
      'Names are unique in their model or file; inside a block use `x = ...` to give an existing name a new value.',
    wrong: good.replace(encoder, `${encoder}\n${encoder}`),
    right: good,
  }),
  EBM2005: code<{ name: string; meaning: string }>({
    severity: 'error',
    title: 'a `data` field with the name of something else that a step takes',
    message: ({ name, meaning }) => `\`data ${name}\` has the name under which a step takes ${meaning}`,
    help: ({ name }) => [`give the field another name here and in the data set, for example \`${name}_of_x\``],
    explain:
      'A compiled step takes the data fields of the model and the learning rate by name, so no field may be called `rate`. Arguments of an energy, views and encoders may.',
    wrong: good.replace('data x: Image[4, 4, 1]', 'data x: Image[4, 4, 1]\n  data rate: Class[3]'),
    right: good,
  }),
  EBM2010: code<{ message: string }>({
    severity: 'error',
    title: 'shapes do not fit',
    message: ({ message }) => message,
    explain:
      'The shapes of the values do not fit the operation. Elementwise operations broadcast like NumPy, aligned at the last axis; a product needs the dimensions summed over to be equal.',
    wrong: good.replace('0.1 * normal([4, 4, 1])', '0.1 * normal([3, 4, 1])'),
    right: good,
  }),
  EBM2011: code<{ callee: string; parameter: string; expected: string; actual: string; reason: string }>({
    severity: 'error',
    title: 'an argument has another shape than the signature says',
    message: ({ callee, parameter, expected, actual, reason }) =>
      `\`${callee}\` takes \`${parameter}: ${expected}\` but is given ${actual}${reason ? `: ${reason}` : ''}`,
    explain:
      "The names in a signature's shapes stand for one dimension each and must agree over all arguments of a call. Leading axes that the signature does not have are mapped over.",
    wrong: `use std.energies { cosine }\n${good.replace('mean_square(f(reshape(u, [16])), f(reshape(v, [16])))', 'cosine(f(reshape(u, [16])), reshape(v, [16]))')}`,
    right: good,
  }),
  EBM2012: code<{ callee: string; expected: string; actual: string }>({
    severity: 'error',
    title: 'a result has another shape than declared',
    message: ({ callee, expected, actual }) => `\`${callee}\` says it returns ${expected} but returns ${actual}`,
    explain: 'The shape after `->` is checked at every call, with the dimensions that the arguments gave.',
    wrong: `fn half(z: [d]) -> [d] = sum(z)\n${good.replace('mean_square(f(', 'mean_square(half(f(').replace('u, [16]))', 'u, [16])))')}`,
    right: good,
  }),
  EBM2013: code<{ expected: string; actual: string; what: string }>({
    severity: 'error',
    title: 'another kind of value is needed',
    message: ({ expected, actual, what }) => `${what} must be ${expected}, not ${actual}`,
    explain:
      'Shapes, counts of `repeat` and settings of nets are known when compiled; tensors are computed at run time. One cannot stand for the other.',
    wrong: good.replace('linear(8)', 'linear("8")'),
    right: good,
  }),
  EBM2020: code<{ callee: string; parameter: string; parameters: string }>({
    severity: 'error',
    title: 'an argument is missing',
    message: ({ callee, parameter }) => `\`${callee}\` needs \`${parameter}\``,
    help: ({ parameters }) => [`it takes (${parameters})`],
    explain: 'Parameters without a default must be given, by place or by name.',
    wrong: good.replace('linear(8)', 'linear()'),
    right: good,
  }),
  EBM2021: code<{ callee: string; name: string; suggestion?: string | undefined; parameters: string }>({
    severity: 'error',
    title: 'an argument that is not taken',
    message: ({ callee, name }) => `\`${callee}\` has no parameter \`${name}\``,
    help: ({ suggestion, parameters }) => [...didYouMean(suggestion), `it takes (${parameters})`],
    explain:
      'Named arguments must be parameters of what is called, each given once; positional ones must not be more than there are.',
    wrong: good.replace('linear(8)', 'linear(8, biass: false)'),
    right: good,
  }),
  EBM2022: code<{ value: string }>({
    severity: 'error',
    title: 'not something that can be called',
    message: ({ value }) => `${value} cannot be called`,
    explain: 'Functions, nets, encoders, regularizers and energies can be called; values cannot.',
    wrong: good.replace('variance(f(reshape(a, [16])))', 'a(variance(f(reshape(a, [16]))))'),
    right: good,
  }),
  EBM2023: code<{ net: string }>({
    severity: 'error',
    title: 'a layer without an owner',
    message: ({ net }) => `\`${net}\` would get new parameters at each evaluation here`,
    help: ({ net }) => [`name an instance: \`encoder h = ${net}(...)\`, and call \`h\``],
    explain:
      "A net called inside another net belongs to that net's instance. In a model, an instance must be named with `encoder` (or `let`) so that two calls share its parameters.",
    wrong: good.replace('mean_square(f(reshape(u, [16]))', 'mean_square((reshape(u, [16]) |> linear(8))'),
    right: good,
  }),
  EBM2024: code<{ path: string; first: string; now: string }>({
    severity: 'error',
    title: 'one parameter, two shapes',
    message: ({ path, first, now }) => `\`${path}\` was created as ${first} and is now needed as ${now}`,
    help: () => ['call the encoder on inputs of one size, or declare two encoders'],
    explain: 'Calls of one instance share its parameters, so their inputs must lead to parameters of the same shape.',
    wrong: good.replace(
      'mean_square(f(reshape(u, [16])), f(reshape(v, [16])))',
      'mean_square(f(reshape(u, [16])), f(reshape(v, [2, 8])))',
    ),
    right: good,
  }),
  EBM2025: code<{ subject: string; member: string; suggestion?: string | undefined }>({
    severity: 'error',
    title: 'no such field',
    message: ({ subject, member }) => `${subject} has no \`${member}\``,
    help: ({ suggestion }) => didYouMean(suggestion),
    explain:
      'Records (such as masks) have fields, ranges have `low` and `high`, and `batch` has mean, sum, var, std, cov and corr.',
    wrong: good.replace('energy E(u, v) = ', 'energy E(u, v) = 0 * batch.men(u[0, 0, 0]) + '),
    right: good,
  }),
  EBM2030: code<{ what: string }>({
    severity: 'error',
    title: 'it does not cross examples here',
    message: ({ what }) => `${what} needs a value that differs from example to example`,
    help: ({ what }) => [
      `give it what is of one example: ${what.replace(/`$/, '(f(x))`')}; or leave it out, where the value is the same for all`,
    ],
    explain:
      '`batch(e)` and `others(e)` collect the value of `e` of every example. A parameter, or a value that already is a collection, is the same for all of them. An energy that is given a collection, as in `E(x, batch(y))`, is one energy for each of its elements, whatever its body does with one: `batch` is not written in the body.',
    wrong: good.replace('energy E(u, v) = ', 'energy E(u, v) = 0 * sum(batch(ones([3]))) + '),
    right: good,
  }),
  EBM2031: code<{ term: string; shape: string }>({
    severity: 'error',
    title: 'a term that is not a scalar',
    message: ({ term, shape }) => `the term \`${term}\` has shape ${shape}; one number per example is needed`,
    help: () => ['reduce it: `mean(...)` or `sum(...)`, or `logsumexp(...)` over a set of energies'],
    explain:
      '`minimize` takes the mean over examples of each term and adds them. A term is one number per example (or one for the whole batch).',
    wrong: good.replace('invariance: E(a, b)', 'invariance: f(reshape(a, [16]))'),
    right: good,
  }),
  EBM2032: code<{ what: string }>({
    severity: 'error',
    title: 'a representation that needs other examples',
    message: ({ what }) => `the ${what} of one example depends on the other examples of the batch`,
    help: () => ['use `running(...)` around batch statistics, as `batch_norm` does'],
    explain:
      'After training, an example is represented alone. `running(e)` is the batch statistic in training and its moving average afterwards.',
    wrong: good.replace('representation f(reshape(x, [16]))', 'representation f(reshape(x - batch.mean(x), [16]))'),
    right: good,
  }),
  EBM2040: code<{ model: string; member: 'data' | 'minimize' | 'representation' }>({
    severity: 'error',
    title: 'a model lacks a part',
    message: ({ model, member }) => `model \`${model}\` has no \`${member}\``,
    help: ({ member }) => [
      {
        data: 'say what of an example it reads: `data x: Image[28, 28, 1]`',
        minimize: 'say what is minimised, each term with a name: `minimize { contrast: nt_xent(E, a, b) }`',
        representation:
          'say what is used of it afterwards, to be measured and exported: `representation f(x)`; of a generative model, what it makes of x',
      }[member],
    ],
    explain: 'A model declares its `data`, what it `minimize`s and the `representation` it is used for.',
    wrong: good.replace(representation, ''),
    right: good,
  }),
  EBM2041: code<{ kind: string; name: string }>({
    severity: 'warning',
    title: 'declared and not used',
    message: ({ kind, name }) => `${kind} \`${name}\` is never used`,
    explain:
      'What is declared and not used is often a slip: an encoder left out of the energy, a view that no term sees, a setting that does nothing. Names of `use` that the file mentions nowhere are told too; energies are not, since a trained model can be asked for them.',
    wrong: good.replace(encoder, `${encoder}\n  encoder unused = linear(3)`),
    right: good,
  }),
  EBM2042: code<{ encoder: string }>({
    severity: 'error',
    title: 'an encoder that no gradient reaches',
    message: ({ encoder }) => `no term of \`minimize\` has a gradient with respect to encoder \`${encoder}\``,
    help: () => ['use it in a term outside `stop(...)`, or remove it'],
    explain:
      'The parameters of this encoder would stay as they were drawn: every path from them to the objective goes through `stop`, an index or a comparison, or there is none.',
    wrong: good.replace(representation, '  encoder h = linear(3)\n  representation h(f(reshape(x, [16])))'),
    right: good,
  }),
  EBM2050: code<{ what: string; name: string; suggestion?: string | undefined; known: string }>({
    severity: 'error',
    title: 'an unknown setting',
    message: ({ what, name }) => `${what} has no \`${name}\``,
    help: ({ suggestion, known }) => [...didYouMean(suggestion), `known: ${known}`],
    explain: 'Settings of `train`, `evaluate` and `dataset`, optimizers and schedules are a closed list.',
    wrong: `${good}\ntrain M { epoch: 3 }`,
    right: `${good}\ntrain M { epochs: 3 }`,
  }),
  EBM2051: code<{ name: string; expected: string; actual: string }>({
    severity: 'error',
    title: 'a setting out of range',
    message: ({ name, expected, actual }) => `\`${name}\` must be ${expected}, not ${actual}`,
    explain: 'The value of this setting has the wrong kind or cannot work.',
    wrong: `${good}\ntrain M { epochs: -3 }`,
    right: `${good}\ntrain M { epochs: 3 }`,
  }),
  EBM2052: code<{ what: string; field: string; expected: string; actual: string }>({
    severity: 'error',
    title: 'the model and the data set disagree',
    message: ({ what, field, expected, actual }) =>
      `model \`${what}\` takes \`${field}: ${expected}\` but the data set has ${actual}`,
    explain:
      "The fields that a model declares with `data` are taken from the data set's fields of the same name, and must have the same type.",
    wrong: `${good}\ndataset d = mnist() { x: Image[28, 28, 1] }\ntrain M on d.train { epochs: 1 }`,
    right: good,
  }),
  EBM2053: code<{ table: string; rows: number; below: number }>({
    severity: 'error',
    title: 'a table with too few rows for the ids',
    message: ({ table, rows, below }) =>
      `ids are below ${below}, but what they pick from has only ${rows} rows (shape ${table})`,
    help: ({ below }) => [`give the table ${below} rows, or declare a smaller vocabulary`],
    explain: `\`Tokens[length, vocab]\` and \`Class[n]\` declare what their whole numbers are below. A table of embeddings, or the logits of a
cross-entropy, needs a row for each of them: reading past the end would stop the training, on some devices it would silently give zeros.`,
    wrong: tokens.replaceAll('[vocab, 8]', '[50, 8]'),
    right: tokens,
  }),
  EBM2060: code<{ path: string }>({
    severity: 'error',
    title: 'an empty file',
    message: ({ path }) => `${path} declares nothing`,
    help: () => ['`ebmc init` writes a first model to start from'],
    explain: 'A file has at least one item: `model`, `net`, `fn`, `regularizer`, `dataset`, `train` or `evaluate`.',
    wrong: '// nothing here\n',
    right: good,
  }),
  EBM2061: code<{ name: string; depth: number }>({
    severity: 'error',
    title: 'a definition that calls itself',
    message: ({ name, depth }) => `\`${name}\` calls itself (${depth} calls deep)`,
    explain: 'Functions and nets are expanded when compiled, so none may call itself, directly or through others.',
    wrong: `fn again(z: [d]) = again(z)\n${good.replace('mean_square(f(', 'mean_square(again(f(').replace('u, [16]))', 'u, [16])))')}`,
    right: good,
  }),
  EBM2070: code<{ term: string; label: string; type: string }>({
    severity: 'warning',
    title: 'an objective that reads labels',
    message: ({ term, label, type }) => `term \`${term}\` of \`minimize\` reads the labels \`${label}: ${type}\``,
    help: ({ term }) => [
      `if it is meant to, say so in its name: \`supervised: ...\` or \`supervised_${term}: ...\``,
      'else take the labels out of the model: `evaluate` reads them from the data set',
    ],
    explain: `Self-supervised learning sees no labels, and its evaluation is worth something only if it did not. Labels are therefore kept apart: a
data set may have them, and \`evaluate\` reads them there. A model reads them only if it declares \`data label: Class[n]\`, and a term whose
value depends on them, in whatever way (as a target, as a choice of positives, as a weight), is pointed out. A supervised baseline says that
it is one: a term called \`supervised\`, or \`supervised_\` and more, may read labels. The name appears in the log and in reports.`,
    wrong: labelled('classify'),
    right: labelled('supervised'),
  }),
  EBM2071: code<{ units: readonly string[]; known: readonly string[] }>({
    severity: 'error',
    title: 'two budgets',
    message: ({ units }) => `a comparison has one budget, not ${units.map((unit) => `\`${unit}\``).join(' and ')}`,
    help: ({ known }) => [`keep one of ${known.map((unit) => `\`${unit}\``).join(', ')}`],
    explain: `Every competitor gets the same effort, counted in one unit: \`epochs\` (passes over the data), \`examples\` (seen in all), \`flops\`
(arithmetic of all steps: cheap models take more steps) or \`seconds\` (of training on this machine).`,
    wrong: `${good}\ndataset d = synthetic(count: 64) { x: Image[4, 4, 1] }\ncompare M on d { epochs: 3, examples: 1000 }`,
    right: `${good}\ndataset d = synthetic(count: 64) { x: Image[4, 4, 1] }\ncompare M on d { epochs: 3 }`,
  }),
  EBM2072: code<{ name: string; what: string; known: readonly string[]; suggestion: string | undefined }>({
    severity: 'error',
    title: 'what is compared is no model',
    message: ({ name, what }) => `\`${name}\` is ${what}, and only models can be compared`,
    help: ({ known, suggestion }) => [
      ...didYouMean(suggestion),
      ...(known.length > 0 ? [`models here: ${known.join(', ')}`] : ['bring one in: `use examples.simclr { SimCLR }`']),
    ],
    explain: '`compare` takes models: of the same file, or of others by `use`.',
    wrong: `${good}\ndataset d = synthetic(count: 64) { x: Image[4, 4, 1] }\nfn twice(z) = 2 * z\ncompare M, twice on d { epochs: 3 }`,
    right: `${good}\ndataset d = synthetic(count: 64) { x: Image[4, 4, 1] }\ncompare M on d { epochs: 3 }`,
  }),
  EBM2073: code<{ what: string }>({
    severity: 'error',
    title: 'more than one comparison',
    message: ({ what }) => `this file has another \`compare\`, of ${what}`,
    help: () => ['put each comparison into a file of its own; models can be shared by `use`'],
    explain:
      'A file declares at most one comparison, so that `ebmc compare FILE` and its results are about one question.',
    wrong: `${good}\ndataset d = synthetic(count: 64) { x: Image[4, 4, 1] }\ncompare M on d { epochs: 3 }\ncompare M on d { epochs: 4 }`,
    right: `${good}\ndataset d = synthetic(count: 64) { x: Image[4, 4, 1] }\ncompare M on d { epochs: 3 }`,
  }),
  EBM2074: code<{ measure: string; lacks: string; remedy: string }>({
    severity: 'warning',
    title: 'a measure of nothing',
    message: ({ measure, lacks }) => `\`${measure}\` is asked for, but there is ${lacks}: it is left out`,
    help: ({ remedy }) => [remedy],
    explain: `Some measures need more than a data set and an encoder: \`forgetting\` needs several stages of training, to tell what the later ones have undone, and
\`transfer\` the data sets that the encoder is probed on as well. Without them there is nothing to measure, and the tables lack the column.`,
    wrong: `${good}\ndataset d = synthetic(count: 64) { x: Image[4, 4, 1] }\ncompare M on d { measures: [rankme, forgetting] }`,
    right: `${good}\ndataset d = synthetic(count: 64) { x: Image[4, 4, 1] }\ndataset e = synthetic(count: 32) { x: Image[4, 4, 1] }\ncompare M on d then e { measures: [rankme, forgetting] }`,
  }),
};
