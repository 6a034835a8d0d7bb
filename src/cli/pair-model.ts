/** The program that says which examples' parts fit together: asked for where partners are looked for. */
import { energiesWithin } from '../compiler/energy-functions.js';
import type { StepSettings, TypedModel } from '../compiler/index.js';
import type { Dataset } from '../runtime/data/index.js';
import { candidates, type PairModel } from '../runtime/evaluate/index.js';
import type { RunningProgram } from './load-program.js';

/** Undefined of a model without an energy of pairs. */
export function pairModelOf(
  typed: TypedModel,
  { optimizer }: Pick<StepSettings, 'optimizer'>,
  dataset: Dataset,
  load: (typed: TypedModel, settings: StepSettings) => Promise<RunningProgram>,
): (() => Promise<PairModel | undefined>) | undefined {
  if (!typed.pairs) return undefined;
  return async () => {
    const derived = energiesWithin(typed, Math.min(candidates, dataset.size('test')));
    if (!derived) return undefined;
    const { model } = await load(derived, { optimizer });
    return { model, fields: derived.inputs.map(({ name }) => name) };
  };
}
