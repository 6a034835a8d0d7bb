/** Trains an encoder on a share of the labels and says which test examples it then classifies rightly. */
import { headName, type StepSettings, superviseModel, type TypedModel } from '../compiler/index.js';
import { batches, type Dataset } from '../runtime/data/index.js';
import { selectRows } from '../runtime/data/select/rows.js';
import { headAccuracy, type Labels, type LinearHead, stratifiedSubset } from '../runtime/evaluate/index.js';
import type { HostTensor, LoadedModel } from '../runtime/model.js';
import { rateAt } from '../runtime/train/index.js';
import type { RunningProgram } from './load-program.js';

export interface FineTuning {
  readonly typed: TypedModel;
  readonly dataset: Dataset;
  readonly labels: Labels;
  /** What it starts from. */
  readonly states: Readonly<Record<string, HostTensor>>;
  /** Steps of the training before. */
  readonly steps: number;
  readonly seed: number;
  /** Compiles the supervised model, or finds it compiled. */
  readonly load: (typed: TypedModel, settings: StepSettings) => Promise<RunningProgram>;
}

/** Small batches, whatever the training's were: many steps for few examples. */
const mostInBatch = 32;
/** As many examples as this share of the training's for each share of the labels, at least so many batches: all together stay a small part of the training. */
const examplesShare = 1 / 100;
const leastSteps = 50;
/** Batches that an untrained encoder's moving averages see; after as many, of decay 0.9, half a percent of what they began with is left. */
const settlingSteps = 50;
/** Peak rate of AdamW and its weight decay, cosine to zero after a tenth of the steps: the same for every encoder. */
const optimizer = {
  name: 'adamw',
  settings: { rate: 3e-4, beta1: 0.9, beta2: 0.999, eps: 1e-8, decay: 0.05 },
} as const;
const schedule = { name: 'cosine', settings: { warmup: 0.1, final: 0 } } as const;

export class FineTuner {
  private program: Promise<RunningProgram> | undefined;
  private readonly supervised: TypedModel | undefined;
  private states: FineTuning['states'];

  constructor(private readonly options: FineTuning) {
    const { typed, dataset, labels, states } = options;
    this.states = states;
    const field = dataset.fields.find(({ type }) => type === 'Class')!;
    const small: TypedModel = { ...typed, batch: Math.min(mostInBatch, typed.batch) };
    this.supervised = superviseModel(small, { name: field.name, classes: labels.classes });
  }

  /**
   * Of an untrained encoder, whose moving averages are those of no data: lets them see training batches while no parameter changes, and starts
   * from there. Returns them; a head has to be fitted to what the encoder then gives.
   */
  async settle(): Promise<FineTuning['states']> {
    const model = await this.started({});
    if (!model) return {};
    const { dataset } = this.options;
    const rows = Uint32Array.from({ length: dataset.size('train') }, (_, i) => i);
    await this.run(model, atLeast(rows, model.batch), settlingSteps, () => 0);
    const after = await model.read();
    const averages = model.states.filter(({ role }) => role === 'average').map(({ name }) => [name, after[name]!]);
    const found = Object.fromEntries(averages) as FineTuning['states'];
    this.states = { ...this.states, ...found };
    return found;
  }

  /** From a head on, for each test example whether its class is found; undefined where the representation reads no parameters. */
  async scores(share: number, { weight, bias }: LinearHead): Promise<Uint8Array | undefined> {
    const model = await this.started({ [`${headName}/weight`]: weight, [`${headName}/bias`]: bias });
    if (!model) return undefined;
    const { typed, dataset, labels, steps, seed } = this.options;
    const rows = atLeast(stratifiedSubset(labels.train, share, seed), model.batch);
    const count = Math.max(leastSteps, Math.round((steps * typed.batch * examplesShare) / model.batch));
    // The warm-up's unit is the whole training.
    const plan = { stepsPerEpoch: count, steps: count };
    await this.run(model, rows, count, (step) => rateAt(schedule, optimizer.settings.rate, step, plan));
    return (await headAccuracy(model, dataset, labels.test)).scores;
  }

  /** The supervised model with the encoder's states, a new optimizer and this head. */
  private async started(head: Readonly<Record<string, Float32Array>>): Promise<LoadedModel | undefined> {
    const { supervised, states } = this;
    if (!supervised) return undefined;
    const { seed, load } = this.options;
    this.program ??= load(supervised, { optimizer });
    const { model } = await this.program;
    await model.init(seed);
    const own = await model.read();
    const written = model.states.flatMap(({ name, role }) => {
      const data = head[name];
      if (data) return [[name, { shape: own[name]!.shape, data }] as const];
      const known = role === 'optimizer' ? undefined : states[name];
      return [[name, known ?? own[name]!] as const];
    });
    await model.write(Object.fromEntries(written));
    return model;
  }

  private async run(
    model: LoadedModel,
    rows: Uint32Array,
    steps: number,
    rate: (step: number) => number,
  ): Promise<void> {
    const labelled = selectRows(this.options.dataset, { train: { from: 'train', rows } });
    model.plannedSteps = steps;
    const fields = model.inputs.map(({ name }) => name);
    const { seed } = this.options;
    const order = { split: 'train', batch: model.batch, seed, firstStep: 0, steps, fields } as const;
    for await (const { step, data } of batches(labelled, order)) await model.step(data, rate(step));
  }
}

/** Repeats rows until they fill a batch; ascending, as they were. */
function atLeast(rows: Uint32Array, count: number): Uint32Array {
  const times = Math.max(1, Math.ceil(count / rows.length));
  return Uint32Array.from({ length: rows.length * times }, (_, i) => rows[Math.floor(i / times)]!);
}
