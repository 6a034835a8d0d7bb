/** Trains an encoder on a share of the labels and says which test examples it then classifies rightly. */
import { superviseModel, type TypedModel } from '../compiler/index.js';
import { batches, type Dataset } from '../runtime/data/index.js';
import { selectRows } from '../runtime/data/select/rows.js';
import { headAccuracy, type Labels, stratifiedSubset } from '../runtime/evaluate/index.js';
import type { HostTensor } from '../runtime/model.js';
import { rateAt } from '../runtime/train/index.js';
import { loadProgram, type RunningProgram } from './load-program.js';
import { Output } from './output.js';

export interface FineTuning {
  readonly typed: TypedModel;
  readonly dataset: Dataset;
  readonly labels: Labels;
  /** What it starts from. */
  readonly states: Readonly<Record<string, HostTensor>>;
  /** Steps of the training before. */
  readonly steps: number;
  readonly seed: number;
  readonly backend: string;
}

/** A twentieth of the steps, at least this many. */
const leastSteps = 50;
/** Peak rate of AdamW and its weight decay, cosine to zero after a tenth of the steps: the same for every encoder. */
const optimizer = {
  name: 'adamw',
  settings: { rate: 1e-3, beta1: 0.9, beta2: 0.999, eps: 1e-8, decay: 0.05 },
} as const;
const schedule = { name: 'cosine', settings: { warmup: 0.1, final: 0 } } as const;

export class FineTuner {
  private program: Promise<RunningProgram> | undefined;
  private readonly supervised: TypedModel | undefined;

  constructor(private readonly options: FineTuning) {
    const { typed, dataset, labels } = options;
    const field = dataset.fields.find(({ type }) => type === 'Class')!;
    this.supervised = superviseModel(typed, { name: field.name, classes: labels.classes });
  }

  /** For each test example whether its class is found; undefined where the representation reads no parameters. */
  async scores(share: number): Promise<Uint8Array | undefined> {
    const { supervised } = this;
    if (!supervised) return undefined;
    const { dataset, labels, states, steps, seed, backend } = this.options;
    this.program ??= loadProgram(supervised, { optimizer }, backend, new Output({ json: true, colour: false }));
    const { model } = await this.program;
    await model.init(seed);
    const own = await model.read();
    const kept = Object.entries(own).map(([name, value]) => [name, states[name] ?? value] as const);
    await model.write(Object.fromEntries(kept));
    const rows = atLeast(stratifiedSubset(labels.train, share, seed), model.batch);
    const labelled = selectRows(dataset, { train: { from: 'train', rows } });
    const count = Math.max(leastSteps, Math.round(steps / 20));
    model.plannedSteps = count;
    const fields = model.inputs.map(({ name }) => name);
    const order = { split: 'train', batch: model.batch, seed, firstStep: 0, steps: count, fields } as const;
    // The warm-up's unit is the whole training.
    const plan = { stepsPerEpoch: count, steps: count };
    for await (const { step, data } of batches(labelled, order))
      await model.step(data, rateAt(schedule, optimizer.settings.rate, step, plan));
    return (await headAccuracy(model, dataset, labels.test)).scores;
  }

  close(): void {
    this.program?.then((program) => program.close()).catch(() => {});
  }
}

/** Repeats rows until they fill a batch; ascending, as they were. */
function atLeast(rows: Uint32Array, count: number): Uint32Array {
  const times = Math.max(1, Math.ceil(count / rows.length));
  return Uint32Array.from({ length: rows.length * times }, (_, i) => rows[Math.floor(i / times)]!);
}
