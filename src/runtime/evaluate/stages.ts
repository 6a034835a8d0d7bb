/** What an encoder that was trained in stages still knows of each of them: accuracies after every stage, and how much was forgotten. */
import type { Dataset } from '../data/index.js';
import type { HostTensor, LoadedModel } from '../model.js';
import type { Algebra } from './algebra.js';
import { features } from './features.js';
import { hits, mean } from './hits.js';
import { fitProbe } from './linear-probe.js';
import { type Labels, readLabels } from './subject.js';

export interface StageData {
  readonly dataset: Dataset;
  readonly labels: Labels;
}

export interface TrainedStages {
  /** In the order of training. */
  readonly data: readonly StageData[];
  /** The states at the end of each. */
  readonly ends: readonly Readonly<Record<string, HostTensor>>[];
}

/** Undefined where there were not several stages, or not all are finished and have labels and a test split. */
export async function labelStages(
  datasets: readonly Dataset[],
  ends: TrainedStages['ends'],
): Promise<TrainedStages | undefined> {
  if (datasets.length < 2 || ends.length < datasets.length) return undefined;
  const data: StageData[] = [];
  for (const dataset of datasets) {
    const labels = dataset.splits.includes('test') ? await readLabels(dataset) : undefined;
    if (!labels) return undefined;
    data.push({ dataset, labels });
  }
  return { data, ends };
}

/**
 * Row l, column j: the test accuracy on the data of stage j of a linear probe on all its training labels, the encoder as it was at the end of stage l.
 * The model is left in the last of the states.
 */
export async function stageAccuracies(
  model: LoadedModel,
  { data, ends }: TrainedStages,
  seed: number,
  algebra: Algebra,
): Promise<number[][]> {
  const rows: number[][] = [];
  for (const states of ends) {
    await model.write(states);
    const row: number[] = [];
    for (const { dataset, labels } of data) {
      const train = await features(model, dataset, 'train');
      const probe = await fitProbe(train, labels.train, { classes: labels.classes, labels: 1, seed }, algebra);
      row.push(mean(hits(await probe.predict(await features(model, dataset, 'test')), labels.test)));
    }
    rows.push(row);
  }
  return rows;
}

/**
 * Of each stage but the last, how far its accuracy at the end is below the best that it had after an earlier stage; their mean (Chaudhry et al. 2018,
 * "Riemannian Walk for Incremental Learning", equation 3).
 */
export function meanForgetting(accuracies: readonly (readonly number[])[]): number {
  const last = accuracies.at(-1)!;
  const earlier = accuracies.slice(0, -1);
  const falls = earlier.map((_, stage) => Math.max(...earlier.map((row) => row[stage]!)) - last[stage]!);
  return mean(falls);
}
