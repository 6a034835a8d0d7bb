/** When a run trains on what: its stages one after another, each so many epochs of one data set. */
import type { TrainDecl } from '../../compiler/declarations.js';
import { batches, type Dataset, type NumberedBatch, type SplitName, stepsPerEpoch } from '../data/index.js';

export interface Stage {
  readonly dataset: Dataset;
  readonly split: SplitName;
  /** Steps taken before it. */
  readonly firstStep: number;
  readonly steps: number;
  readonly stepsPerEpoch: number;
  /** The number of its first epoch, from 0. */
  readonly firstEpoch: number;
}

export interface Plan {
  readonly stages: readonly Stage[];
  readonly steps: number;
}

/** Where a step is. */
export interface Place {
  /** The number of its stage, from 0. */
  readonly number: number;
  readonly stage: Stage;
}

export function planOf(
  data: readonly { readonly dataset: Dataset; readonly split: SplitName }[],
  { epochs }: Pick<TrainDecl, 'epochs'>,
  batch: number,
): Plan {
  const stages: Stage[] = [];
  let steps = 0;
  for (const { dataset, split } of data) {
    const perEpoch = stepsPerEpoch(dataset.size(split), batch);
    const own = Math.round(epochs * perEpoch);
    stages.push({
      ...{ dataset, split, firstStep: steps, steps: own, stepsPerEpoch: perEpoch },
      firstEpoch: stages.length * Math.ceil(epochs),
    });
    steps += own;
  }
  return { stages, steps };
}

/** Of the step after `step` others; behind the last one, the last stage. */
export function placeOf({ stages }: Plan, step: number): Place {
  const number = Math.max(
    0,
    stages.findLastIndex(({ firstStep }) => firstStep <= step),
  );
  return { number, stage: stages[number]! };
}

/** Whether an epoch begins with the step after `step` others. */
export function beginsEpoch({ stage }: Place, step: number): boolean {
  return (step - stage.firstStep) % stage.stepsPerEpoch === 0;
}

/** The batches from `firstStep` to `steps`, stage after stage; those of the first one are read at once. */
export function plannedBatches(
  { stages }: Plan,
  options: {
    readonly batch: number;
    readonly seed: number;
    readonly firstStep: number;
    readonly steps: number;
    readonly fields: readonly string[];
  },
): AsyncGenerator<NumberedBatch, undefined> {
  const { firstStep, steps } = options;
  const read = (stage: Stage) =>
    batches(stage.dataset, {
      ...options,
      split: stage.split,
      firstStep: Math.max(0, firstStep - stage.firstStep),
      steps: Math.min(stage.steps, steps - stage.firstStep),
      firstEpoch: stage.firstEpoch,
    });
  const [first, ...later] = stages.filter((s) => s.firstStep + s.steps > firstStep && s.firstStep < steps);
  const reading = first && read(first);
  return (async function* () {
    if (!first || !reading) return undefined;
    for await (const batch of reading) yield { ...batch, step: batch.step + first.firstStep };
    for (const stage of later)
      for await (const batch of read(stage)) yield { ...batch, step: batch.step + stage.firstStep };
    return undefined;
  })();
}
