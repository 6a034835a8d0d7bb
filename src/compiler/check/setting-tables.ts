/** What may be set in `train`, `evaluate` and `compare`: what a setting means, and what holds where it is left out. */
import type { BudgetUnit, CompareDecl, TrainDecl } from '../declarations.js';
import { comparedMeasures, defaultMeasures, type MeasureName } from '../measure-names.js';

export interface SettingInfo {
  /** Markdown. */
  readonly doc: string;
  /** Markdown. */
  readonly otherwise: string;
}

type Numbers = Readonly<Record<string, number>>;

/** Optimizers with their settings' defaults. */
export const optimizers: Record<TrainDecl['optimizer']['name'], Numbers> = {
  sgd: { rate: 0.1, momentum: 0.9, decay: 0 },
  adamw: { rate: 1e-3, beta1: 0.9, beta2: 0.999, eps: 1e-8, decay: 0.01 },
  lars: { rate: 0.3, momentum: 0.9, decay: 1e-6, eta: 0.001 },
};

/** Schedules with their settings' defaults. */
export const schedules: Record<TrainDecl['schedule']['name'], Numbers> = {
  constant: { warmup: 0 },
  cosine: { warmup: 0, final: 0 },
};

export const statistics: Record<TrainDecl['statistics'], Numbers> = { whole: {}, micro: {} };

export const precisions: Record<TrainDecl['precision'], Numbers> = { float32: {}, bf16: {}, fp16: {} };

/** Settings of `train` whose value is a word, with the words. */
export const settingWords: Readonly<Record<string, readonly string[]>> = {
  optimizer: Object.keys(optimizers),
  schedule: Object.keys(schedules),
  statistics: Object.keys(statistics),
  precision: Object.keys(precisions),
};

export const searches: Record<CompareDecl['search']['name'], Numbers> = { grid: {}, halving: { factor: 2 } };

export const baselines: CompareDecl['baselines'] = ['untrained', 'raw', 'supervised'];

export const budgetUnits: readonly BudgetUnit[] = ['epochs', 'examples', 'seconds', 'flops'];

export const defaults = {
  epochs: 10,
  batch: 128,
  seed: 0,
  optimizer: 'adamw',
  schedule: 'cosine',
  statistics: 'whole',
  precision: 'float32',
  knn: 20,
  labels: [0.01, 0.1, 1],
  seeds: 3,
  search: 'grid',
  validation: 0.1,
} as const;

/** What the settings of optimizers and schedules mean. */
export const rateSettings: Readonly<Record<string, string>> = {
  rate: 'The learning rate of a step, before the schedule.',
  momentum: 'How much of the last step goes on.',
  beta1: "The decay of the gradients' moving average.",
  beta2: "The decay of the squared gradients' moving average.",
  eps: 'What is added to the root of the squares.',
  decay: 'Weight decay; it leaves vectors (biases, scales of norms) alone.',
  eta: "The share of a parameter's norm that a step may have.",
  warmup: 'In how many epochs the rate rises from 0, linearly.',
  final: 'The last rate as a share of the first.',
};

export const scheduleDocs: { readonly [N in TrainDecl['schedule']['name']]: string } = {
  constant: 'The rate stays.',
  cosine: 'The rate falls along half a cosine (Loshchilov and Hutter 2017, without restarts).',
};

const showShare = (share: number): string => `${100 * share}%`;
const code = (text: string): string => `\`${text}\``;
const list = (names: readonly string[]): string => code(`[${names.join(', ')}]`);

export const trainSettings: Readonly<Record<string, SettingInfo>> = {
  epochs: { doc: 'Passes over the data, of each stage; fractions are allowed.', otherwise: `${defaults.epochs}` },
  batch: { doc: 'Examples in a step, at least 2.', otherwise: `${defaults.batch}` },
  micro_batch: {
    doc: `Examples that are computed at a time, a divisor of \`batch\`. Loss and gradient are those of the whole batch, whatever crosses examples: what a contrast or a
batch statistic reads is kept for all examples, and each micro-batch's encoder is run again for its gradient (as GradCache, Gao et al. 2021, for any objective). Native
backend. \`ebmc train FILE --memory GB\` chooses it such that a step's values fit.`,
    otherwise: 'all',
  },
  statistics: {
    doc: `Of what statistics with moving averages are in a step of micro-batches: the \`whole\` batch, or each \`micro\` batch (less memory; another definition of batch
normalisation).`,
    otherwise: code(defaults.statistics),
  },
  precision: {
    doc: `\`float32\`, or \`bf16\` or \`fp16\`: products inside layers take bfloat16 or float16 factors; parameters, statistics and losses stay float32. With \`fp16\` (for GPUs) gradients
are those of a scaled loss, divided by the scale before the optimizer reads them: it starts at 65536, is halved where a gradient is not finite (the step changes nothing else then)
and doubled after 2000 good steps (Micikevicius et al. 2018). Native backend.`,
    otherwise: code(defaults.precision),
  },
  seed: { doc: 'Of the initial parameters, the order of the data and every draw.', otherwise: `${defaults.seed}` },
  optimizer: {
    doc: 'How parameters follow the gradient: one of the optimizers below, with its settings.',
    otherwise: code(defaults.optimizer),
  },
  schedule: { doc: 'How the rate changes: one of the schedules below.', otherwise: code(defaults.schedule) },
};

function measuring(measures: readonly MeasureName[]): Readonly<Record<string, SettingInfo>> {
  return {
    knn: { doc: 'k of k-NN.', otherwise: `${defaults.knn}` },
    labels: {
      doc: 'Shares of the training labels that linear probes get.',
      otherwise: list(defaults.labels.map(showShare)),
    },
    measures: { doc: 'What is measured: names of [measures](measures.md).', otherwise: list(measures) },
    transfer: {
      doc: 'Data sets whose classes a linear probe learns as well, on the frozen encoder; their labels are needed. Counts where `measures` has `transfer`.',
      otherwise: 'none',
    },
  };
}

export const evaluateSettings: Readonly<Record<string, SettingInfo>> = measuring(defaultMeasures);

/** The same of a comparison. */
export const comparedSettings: Readonly<Record<string, SettingInfo>> = measuring(comparedMeasures);

/** What a comparison says of itself; the rest of its settings are `train`'s and `evaluate`'s. */
export const ownCompareSettings: Readonly<Record<string, SettingInfo>> = {
  seeds: { doc: 'How many, or a list of different ones.', otherwise: `${defaults.seeds} (0, 1 and 2)` },
  probe: {
    doc: 'The data set that measures are taken on: probes learn from its training examples, all are judged on its test examples.',
    otherwise: 'what is trained on; of several stages the last',
  },
  baselines: {
    doc: `Which of ${baselines.map((name) => `\`${name}\``).join(', ')} are measured too. \`raw\` are the inputs themselves: their numbers, or of texts alone how often each token is in them. A supervised encoder is the competitors' own with a linear head, trained with their
settings for the same budget; where those are \`tuned(…)\`, they are chosen for it as for them.`,
    otherwise: list(baselines),
  },
  ranked_by: {
    doc: 'Which of the `measures` the question is about: the report ranks by it (of several figures by that with all labels, or the first), any reader may choose another. Where it is given, `tuned(…)` settings are chosen by it too.',
    otherwise: '`linear` where it is measured, else the first with a better side',
  },
  search: {
    doc: `How \`tuned(…)\` settings are chosen. \`grid\`: every one is trained to the end. \`halving(factor: ${searches.halving['factor']})\`: the better half goes on with twice the budget
(Jamieson & Talwalkar 2016).`,
    otherwise: code(defaults.search),
  },
  validation: {
    doc: 'The share of the training examples that settings are chosen on.',
    otherwise: showShare(defaults.validation),
  },
  epochs: {
    doc: 'The budget of every run as passes over the data. A comparison has one budget, in one unit.',
    otherwise: `${defaults.epochs}`,
  },
  examples: { doc: 'The budget as examples seen in all.', otherwise: 'the budget is `epochs`' },
  seconds: { doc: 'The budget as time of training on this machine.', otherwise: 'the budget is `epochs`' },
  flops: { doc: 'The budget as arithmetic of all steps.', otherwise: 'the budget is `epochs`' },
};

/** Of `train`: a comparison's own `seeds` and budget stand for `seed` and `epochs`. */
export const sharedTrainSettings: readonly string[] = Object.keys(trainSettings).filter(
  (name) => name !== 'seed' && name !== 'epochs',
);
