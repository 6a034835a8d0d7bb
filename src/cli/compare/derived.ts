/** Models made of a trained one, to look at it: how its terms pull, how its energy lies. */

import type { TrainDecl } from '../../compiler/declarations.js';
import { dataReadBy, energyArguments, energyFunction } from '../../compiler/energy-functions.js';
import type { StepSettings, TypedModel } from '../../compiler/index.js';
import type { RunPictures } from '../../runtime/compare/comparison.js';
import type { Dataset } from '../../runtime/data/index.js';
import { type TermCosine, termCosines } from '../../runtime/evaluate/index.js';
import { energyPlane } from '../../runtime/infer/energy-plane.js';
import type { HostTensor, LoadedModel } from '../../runtime/model.js';
import type { RunningProgram } from '../load-program.js';

type States = Readonly<Record<string, HostTensor>>;

export interface TrainedModel {
  readonly typed: TypedModel;
  readonly settings: TrainDecl;
  /** Compiles a model made of it, `part` by name, or finds it compiled. */
  readonly load: (part: string, typed: TypedModel, settings: StepSettings) => Promise<RunningProgram>;
  readonly dataset: Dataset;
  readonly seed: number;
  readonly steps: number;
  readonly initial: States;
  readonly states: States;
}

/** Cosines between the gradients of its terms; undefined where it has but one, or where none is computed of a whole batch. */
export function termCosinesOf(trained: TrainedModel): (() => Promise<readonly TermCosine[]>) | undefined {
  const { typed, settings, load, dataset, seed, steps, initial, states } = trained;
  if (typed.terms.length < 2 || settings.microBatch !== undefined) return undefined;
  return async () => {
    // The loss of float16 is scaled, its terms are not.
    const { model } = await load('terms', typed, { ...settings, comparesTerms: true, precision: 'float32' });
    const terms = typed.terms.map(({ name }) => name);
    return termCosines({ model, terms, dataset, seed, steps, states: { start: initial, end: states } });
  };
}

/** Its energy of pairs, or the first that it declares, over planes of an argument. */
export async function landscapeOf(trained: TrainedModel): Promise<RunPictures['landscape'] | undefined> {
  const { typed, dataset } = trained;
  // Scores of prototypes may be declared as an energy too: of those there is no height to draw.
  const scalars = typed.energies.filter(({ node }) => node.type.shape.length === 0);
  const energy = scalars.find(({ name }) => name === typed.pairs?.energy) ?? scalars[0];
  if (energy?.parameters.at(-1)?.node.type.dtype !== 'float32') return undefined;
  const { model: asked, places } = energyArguments(typed, energy);
  const load = async (part: string, derived: TypedModel): Promise<LoadedModel> => {
    const { settings, seed, states } = trained;
    const plain = { ...settings, microBatch: undefined, precision: 'float32' } as const;
    const program = await trained.load(part, derived, plain);
    await program.model.init(seed);
    const own = await program.model.read();
    await program.model.write(
      Object.fromEntries(Object.entries(own).map(([name, value]) => [name, states[name] ?? value])),
    );
    return program.model;
  };
  const data = dataReadBy(typed, energy).map(({ name }) => name);
  return energyPlane({
    energy: await load(`energy ${energy.name}`, energyFunction(typed, energy)),
    examples: await load(`arguments of ${energy.name}`, asked),
    fields: asked.inputs.map(({ name }) => name),
    ...{ places, data, dataset },
  });
}
