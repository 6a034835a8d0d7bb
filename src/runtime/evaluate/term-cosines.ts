/** Whether the terms of an objective pull the encoder the same way: cosines between their gradients (Yu et al. 2020, "Gradient Surgery for Multi-Task Learning"). */
import { gradientProduct } from '../../compiler/index.js';
import { batches, type Dataset } from '../data/index.js';
import type { HostTensor, LoadedModel } from '../model.js';

/** Of two terms' gradients, means over batches. */
export interface TermCosine {
  readonly a: string;
  readonly b: string;
  readonly start: number;
  readonly end: number;
}

export interface TermCosineOptions {
  /** Compiled with `comparesTerms`. Its states are overwritten. */
  readonly model: LoadedModel;
  /** Names of the terms, in their order. */
  readonly terms: readonly string[];
  readonly dataset: Dataset;
  readonly seed: number;
  /** Steps of the training: schedules inside the objective stand where they stood at its ends. */
  readonly steps: number;
  readonly states: { readonly start: States; readonly end: States };
}

type States = Readonly<Record<string, HostTensor>>;

/** As many batches are enough to tell agreement from conflict. */
const batchCount = 4;

/** Every pair of terms that both move the encoder. */
export async function termCosines({ states, ...options }: TermCosineOptions): Promise<readonly TermCosine[]> {
  const { terms, steps } = options;
  const start = await cosinesAt(options, states.start, 0);
  const end = await cosinesAt(options, states.end, Math.max(0, steps - batchCount));
  return terms.flatMap((a, i) =>
    terms.flatMap((b, j) => {
      const [first, last] = [start[i]![j]!, end[i]![j]!];
      return j > i && Number.isFinite(first) && Number.isFinite(last) ? [{ a, b, start: first, end: last }] : [];
    }),
  );
}

/** Steps of rate 0 on the first training batches: parameters stay. */
async function cosinesAt(
  { model, terms, dataset, seed, steps }: Omit<TermCosineOptions, 'states'>,
  states: States,
  firstStep: number,
): Promise<number[][]> {
  await model.init(seed);
  const own = await model.read();
  const kept = model.states.map(({ name, role }) => {
    return [name, (role === 'optimizer' ? undefined : states[name]) ?? own[name]!] as const;
  });
  await model.write(Object.fromEntries(kept));
  model.stepNumber = firstStep;
  model.plannedSteps = Math.max(1, steps);
  const sums = terms.map(() => terms.map(() => 0));
  const fields = model.inputs.map(({ name }) => name);
  const order = { split: 'train', batch: model.batch, seed, firstStep: 0, steps: batchCount, fields } as const;
  for await (const { data } of batches(dataset, order)) {
    const found = await model.step(data, 0);
    const product = (i: number, j: number): number => found[gradientProduct(i, j)] ?? Number.NaN;
    for (const [i, row] of sums.entries())
      for (const j of row.keys()) row[j]! += product(i, j) / Math.sqrt(product(i, i) * product(j, j)) / batchCount;
  }
  return sums;
}
