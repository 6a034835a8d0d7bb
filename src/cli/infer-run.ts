/** A run opened for asking its energy: the program as it was trained, its states, its data. */
import type { DatasetDecl } from '../compiler/declarations.js';
import type { CheckedFile, TypedModel } from '../compiler/index.js';
import { EbmcError, nearest, report } from '../diagnostics/index.js';
import { loadCheckpoint, requireSameStates } from '../runtime/checkpoint/index.js';
import { type Dataset, openDataset } from '../runtime/data/index.js';
import type { LoadedModel } from '../runtime/model.js';
import { datasetOf } from './choose.js';
import type { OptionValues } from './command.js';
import { findingData } from './data-folder.js';
import { loadProgram } from './load-program.js';
import type { Output } from './output.js';
import { reopenRun } from './recorded-run.js';

export interface OpenRun {
  readonly model: TypedModel;
  readonly energy: TypedModel['energies'][number];
  readonly checked: CheckedFile;
  readonly dataset: Dataset;
  /** As the program declares it. */
  readonly declared: DatasetDecl;
  /** A model made of the run's, with the run's states. `close` ends all. */
  load(model: TypedModel): Promise<LoadedModel>;
  close(): void;
}

export async function openRun(folder: string, options: OptionValues, output: Output): Promise<OpenRun> {
  const backend = options.text('backend') ?? 'auto';
  const checkpoint = await loadCheckpoint(folder);
  const { checked, typed: model, train, baseDirectory } = reopenRun(folder, options.text('data'));
  const energy = chooseEnergy(model, options.text('energy'));
  const declared = datasetOf(checked, train);
  const dataset = await findingData(folder, baseDirectory, () =>
    openDataset(declared, {
      baseDirectory,
      strict: false,
      warn: (diagnostic) => output.diagnostics([diagnostic]),
    }),
  );
  const open: (() => void)[] = [];
  return {
    ...{ model, energy, checked, dataset, declared },
    async load(made) {
      const program = await loadProgram(
        made,
        { ...train, microBatch: undefined, precision: 'float32' },
        backend,
        output,
      );
      open.push(program.close);
      requireSameStates(checkpoint, program.model.states);
      await program.model.init(checkpoint.manifest.seed);
      await program.model.write(checkpoint.states);
      return program.model;
    },
    close() {
      for (const close of open) close();
    },
  };
}

function chooseEnergy({ name: model, energies }: TypedModel, name: string | undefined): TypedModel['energies'][number] {
  const known = energies.map((energy) => energy.name);
  const energy = name === undefined && energies.length === 1 ? energies[0] : energies.find((e) => e.name === name);
  if (energy) return energy;
  const suggestion = name === undefined ? undefined : nearest(name, known);
  throw new EbmcError([report('EBM7030', { model, name, known, suggestion })]);
}
