/** The command line: files, names and settings given to a command. */
import { code } from '../diagnostic.js';
import { didYouMean } from './did-you-mean.js';

export const commandCodes = {
  EBM7001: code<{ path: string; why: string }>({
    severity: 'error',
    title: 'A file cannot be read',
    message: ({ path, why }) => `cannot read ${path}: ${why}`,
    explain: `The file given on the command line is not there, is a folder, or may not be read. Paths are relative to the folder that
the command was started in.`,
    wrong: '$ ebmc check simlcr.ebm\n',
    right: '$ ebmc check simclr.ebm\n',
  }),

  EBM7002: code<{ path: string }>({
    severity: 'error',
    title: 'A file is not text',
    message: ({ path }) => `${path} is not UTF-8 text`,
    help: () => ['a .ebm file is plain text in UTF-8; is this a picture, an archive or a checkpoint?'],
    explain: `A program is plain text in UTF-8. This file holds bytes that are no UTF-8 text, so it is not read any further.
An editor's "save with encoding UTF-8" repairs text in another encoding.`,
    wrong: '$ ebmc check picture.png\n',
    right: '$ ebmc check simclr.ebm\n',
  }),

  EBM7003: code<{ name: string; known: readonly string[]; suggestion: string | undefined }>({
    severity: 'error',
    title: 'The file has no such model',
    message: ({ name }) => `the file declares no model \`${name}\``,
    help: ({ known, suggestion }) => [
      ...didYouMean(suggestion),
      known.length === 0
        ? 'it declares no model at all'
        : `it declares ${known.map((name) => `\`${name}\``).join(', ')}`,
    ],
    explain: `\`--model NAME\` names a \`model\` of the file (models of files that it uses do not count), with the same capitals.`,
    wrong: '$ ebmc train simclr.ebm --model SimCRL\n',
    right: '$ ebmc train simclr.ebm --model SimCLR\n',
  }),

  EBM7004: code<{ known: readonly string[] }>({
    severity: 'error',
    title: 'It is not clear which model is meant',
    message: ({ known }) =>
      known.length === 0
        ? 'the file declares no model'
        : `the file declares ${known.length} models: ${known.join(', ')}`,
    help: ({ known }) =>
      known.length === 0
        ? ['`ebmc init` writes a first model']
        : [`choose one with --model, for example --model ${known[0]}`],
    explain: `\`ebmc compile\` and \`ebmc train\` work on one model. A file with one model needs no option; with several,
\`--model NAME\` says which.`,
    wrong: '$ ebmc compile two-models.ebm\n',
    right: '$ ebmc compile two-models.ebm --model SimCLR\n',
  }),

  EBM7005: code<{ setting: string; problem: string; known: readonly string[] }>({
    severity: 'error',
    title: 'A setting on the command line is wrong',
    message: ({ setting, problem }) => `--set ${setting}: ${problem}`,
    help: ({ known }) => (known.length === 0 ? [] : [`settings that can be changed: ${known.join(', ')}`]),
    explain: `\`--set\` changes one setting of the file for one run: \`--set train.epochs=5\` of the model's \`train\` item,
\`--set train.optimizer.rate=1e-3\` of its optimizer, \`--set train.schedule.warmup=1\` of its schedule, \`--set train.precision=bf16\`, and
\`--set SimCLR.temperature=0.2\` of the model itself. It may be given several times.`,
    wrong: '$ ebmc train simclr.ebm --set train.epoch=5\n',
    right: '$ ebmc train simclr.ebm --set train.epochs=5\n',
  }),

  EBM7006: code<{ model: string }>({
    severity: 'error',
    title: 'The file does not say how to train the model',
    message: ({ model }) => `there is no \`train ${model} on …\` in the file`,
    help: ({ model }) => [`add one, for example:\ntrain ${model} on digits.train {\n  epochs: 5\n  batch: 128\n}`],
    explain: `\`ebmc train\` needs a \`train MODEL on DATASET.train { … }\` item: it names the data and the batch size. Most of its
settings have defaults.`,
    wrong: `model M {
  data x: [4]
  representation x
}
`,
    right: `model M {
  data x: [4]
  representation x
}
train M on table.train { epochs: 5 }
`,
  }),

  EBM7007: code<{ name: string; suggestion: string | undefined }>({
    severity: 'error',
    title: 'There is nothing of that name to explain',
    message: ({ name }) => `there is nothing called \`${name}\` to explain`,
    help: ({ suggestion }) => [
      ...(suggestion === undefined ? [] : [`did you mean ${suggestion}?`]),
      '`ebmc explain` without a name lists all codes of diagnostics; docs/reference.md lists the rest',
    ],
    explain: `\`ebmc explain\` knows codes of diagnostics (EBM and four digits: 1xxx syntax, 2xxx names and shapes, 3xxx collapse, 4xxx data, 5xxx runs and their files,
6xxx backends, 7xxx the command line), words and functions of the language, definitions of the standard library, types and loaders of data, settings, optimizers
and measures.`,
    wrong: '$ ebmc explain nt_xnet\n',
    right: '$ ebmc explain nt_xent\n',
  }),

  EBM7008: code<{ path: string }>({
    severity: 'error',
    title: 'A file is there already',
    message: ({ path }) => `${path} is there already and was left as it is`,
    help: () => ['name another folder: `ebmc init DIR`'],
    explain: `\`ebmc init\` writes a first program but never over a file that exists.`,
    wrong: '$ ebmc init && ebmc init\n',
    right: '$ ebmc init first && ebmc init second\n',
  }),

  EBM7009: code<{ model: string; dataset: string | undefined }>({
    severity: 'error',
    title: 'The data set of a model is not declared',
    message: ({ model, dataset }) =>
      dataset === undefined
        ? `\`train ${model}\` names no data set`
        : `the data set \`${dataset}\` of \`${model}\` is not declared`,
    help: () => ['declare it, for example:\ndataset digits = mnist() { x: Image[28, 28, 1], label: Class[10] }'],
    explain: `A \`train\` or \`evaluate\` item is run on a data set that the same file, or one that it uses, declares.`,
    wrong: 'train M on digits.train { epochs: 5 }\n',
    right: `dataset digits = mnist() { x: Image[28, 28, 1], label: Class[10] }
train M on digits.train { epochs: 5 }
`,
  }),

  EBM7012: code<{ path: string }>({
    severity: 'error',
    title: 'The file compares nothing',
    message: ({ path }) => `${path} has no \`compare\` item`,
    help: () => [
      'add one, for example `compare SimCLR, VICReg on digits { seeds: 3, epochs: 5 }`',
      'or name several files: `ebmc compare simclr.ebm vicreg.ebm --seeds 3`',
    ],
    explain: `\`ebmc compare FILE\` carries out the \`compare\` item of a file: the models it names, of this file or of others by \`use\`, are
trained on the same data with the same effort and measured alike.`,
    wrong: '$ ebmc compare simclr.ebm   # it has a `train` item alone\n',
    right: '$ ebmc compare digits.ebm   # compare SimCLR, VICReg on digits { seeds: 3 }\n',
  }),

  EBM7014: code<{ path: string }>({
    severity: 'error',
    title: 'The file has no model to compare',
    message: ({ path }) => `${path} neither trains nor declares a model`,
    explain: `\`ebmc compare A.ebm B.ebm\` compares the models that the files train, or declare where they train none.`,
    wrong: '$ ebmc compare simclr.ebm data.ebm   # data.ebm declares data sets alone\n',
    right: '$ ebmc compare simclr.ebm --data data.ebm\n',
  }),

  EBM7015: code<{ model: string; first: string; second: string }>({
    severity: 'error',
    title: 'Two files have a model of one name',
    message: ({ model, first, second }) => `\`${model}\` is a model of ${first} and of ${second}`,
    help: ({ model }) => [`give one of them another name, such as \`model ${model}Changed\``],
    explain: `\`ebmc compare A.ebm B.ebm\` tells competitors apart by the names of their models. To compare one model with several values of a
parameter, a \`compare\` item lists them: \`compare SimCLR(temperature: [0.1, 0.5]) on digits\`.`,
    wrong: '$ ebmc compare simclr.ebm copy.ebm   # model SimCLR { … } in both\n',
    right: '$ ebmc compare simclr.ebm copy.ebm   # model SimCLR and model SimCLRChanged\n',
  }),

  EBM7011: code<{ name: string | undefined; known: readonly string[]; suggestion: string | undefined }>({
    severity: 'error',
    title: 'No such data set',
    message: ({ name }) =>
      name === undefined ? 'the file declares no data set' : `the file declares no data set \`${name}\``,
    help: ({ known, suggestion }) => [
      ...didYouMean(suggestion),
      known.length > 0
        ? `data sets: ${known.map((name) => `\`${name}\``).join(', ')}`
        : 'declare one, for example:\ndataset digits = mnist() { x: Image[28, 28, 1], label: Class[10] }',
    ],
    explain: `\`ebmc data FILE\` shows the data sets that the file declares, or the one that \`--dataset\` names.`,
    wrong: '$ ebmc data simclr.ebm --dataset digts\n',
    right: '$ ebmc data simclr.ebm --dataset digits\n',
  }),

  EBM7030: code<{ model: string; name: string | undefined; known: readonly string[]; suggestion: string | undefined }>({
    severity: 'error',
    title: 'No such energy',
    message: ({ model, name, known }) =>
      name !== undefined
        ? `\`${model}\` has no energy \`${name}\` that can be used by itself`
        : known.length === 0
          ? `\`${model}\` has no energy that can be used by itself`
          : `\`${model}\` has ${known.length} energies`,
    help: ({ known, suggestion }) => [
      ...didYouMean(suggestion),
      known.length === 0
        ? 'declare one and use it on single examples: energy E(x, y) = …'
        : `choose one with --energy: ${known.map((name) => `\`${name}\``).join(', ')}`,
    ],
    explain: `\`ebmc infer\` asks a trained energy. A model may declare several, or none; one that is only ever used on whole batches, or that reads
the batch itself, has no value for single points.`,
    wrong: '$ ebmc infer runs/SimCLR score 0 1 --energy F\n',
    right: '$ ebmc infer runs/SimCLR score 0 1 --energy E\n',
  }),

  EBM7031: code<{ argument: string; shape: readonly number[]; given: string; problem: string }>({
    severity: 'error',
    title: 'A point does not fit the energy',
    message: ({ argument, shape, given, problem }) =>
      `\`${given}\` cannot be \`${argument}\` [${shape.join(', ')}]: ${problem}`,
    explain: `The points that \`ebmc infer\` is given, one list for each argument of the energy, are examples of the data set by number (\`3\`, \`0..9\`,
\`1,4,7\`), \`noise\`, a picture of the argument's size (of any size where the data set has \`resize: true\`), a JSON file of arrays of numbers that fill one
or more points, and where the data set reads texts for the argument, one an example, \`text:red apple\` or a \`.txt\` file with a text a line.`,
    wrong: '$ ebmc infer runs/SimCLR score 0 photo.json   # [1, 2, 3] for Image[28, 28, 1]\n',
    right: '$ ebmc infer runs/SimCLR score 0 photo.png    # 28 × 28\n',
  }),

  EBM7032: code<{ energy: string; given: number; wanted: readonly string[] }>({
    severity: 'error',
    title: 'The energy takes other arguments',
    message: ({ energy, given, wanted }) =>
      `\`${energy}\` takes ${wanted.length} argument${wanted.length === 1 ? '' : 's'} (${wanted.join(', ')}), not ${given}`,
    help: () => ['give one list of points for each argument; lists are as long as each other, or of one point'],
    explain: `\`ebmc infer RUN MODE\` takes a list of points for each argument of the energy, in their order. Lists pair point by point; a list of one
point goes with all points of the others.`,
    wrong: '$ ebmc infer runs/SimCLR score 0              # energy E(x, y)\n',
    right: '$ ebmc infer runs/SimCLR score 0 1\n',
  }),

  EBM7033: code<{ energy: string; argument: string; known: readonly string[]; suggestion: string | undefined }>({
    severity: 'error',
    title: 'The energy has no such argument',
    message: ({ energy, argument }) => `\`${energy}\` has no argument \`${argument}\``,
    help: ({ known, suggestion }) => [
      ...didYouMean(suggestion),
      `its arguments: ${known.map((n) => `\`${n}\``).join(', ')}`,
    ],
    explain: `\`--over NAME\` says which argument of the energy \`minimise\` and \`sample\` move; without it, the last one.`,
    wrong: '$ ebmc infer runs/SimCLR minimise 0 1 --over z   # energy E(x, y)\n',
    right: '$ ebmc infer runs/SimCLR minimise 0 1 --over y\n',
  }),

  EBM7034: code<{ energy: string; argument: string }>({
    severity: 'error',
    title: 'The argument cannot be moved little by little',
    message: ({ energy, argument }) =>
      `\`${argument}\` of \`${energy}\` is whole numbers: there is no slope to go down`,
    help: () => ['use `rank` with the values that it may have, or `plan`, which draws values and keeps the best'],
    explain: `\`minimise\` and \`sample\` follow the gradient of the energy with respect to an argument, which has to be continuous. Classes, tokens and
actions out of a few are not: \`rank\` orders candidates, \`plan\` looks for a point of low energy by drawing (the cross-entropy method).`,
    wrong: '$ ebmc infer runs/GPT minimise 0 1 --over next   # tokens\n',
    right: '$ ebmc infer runs/GPT rank 0 0..99 --over next\n',
  }),

  EBM7035: code<{ energy: string; numbers: number; mode: string }>({
    severity: 'error',
    title: 'The energy is several numbers',
    message: ({ energy, numbers, mode }) =>
      `\`${energy}\` is ${numbers} numbers: \`${mode}\` needs one that is lower or higher`,
    help: ({ energy }) => [
      `\`ebmc infer RUN score --energy ${energy} …\` shows all of its numbers`,
      'or choose an energy of one number with --energy',
    ],
    explain: `Scores of prototypes, as SwAV has them, may be declared as an energy: \`energy S(x) = matmul(prototypes, g(f(x)))\`. \`ebmc infer RUN score\`
shows them for each point. What is ranked, minimised or drawn from has to be one number.`,
    wrong: '$ ebmc infer runs/SwAV rank 0 --energy S   # 100 scores\n',
    right: '$ ebmc infer runs/SwAV score 0 --energy S\n',
  }),
};
