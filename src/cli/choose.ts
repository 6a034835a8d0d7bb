/** Which model, `train` and data set of a checked file a command is about. */
import type { DatasetDecl, EvaluateDecl, TrainDecl } from '../compiler/declarations.js';
import type { CheckedFile, TypedModel } from '../compiler/index.js';
import { EbmcError, nearest, report } from '../diagnostics/index.js';

/** The model `name`, or the only one. Call it on a file without errors. */
export function chooseModel(checked: CheckedFile, name: string | undefined): TypedModel {
  const known = checked.modelNames;
  const wanted = name ?? onlyModel(checked);
  const model = checked.models.find((candidate) => candidate.name === wanted);
  if (!model) throw new EbmcError([report('EBM7003', { name: wanted, known, suggestion: nearest(wanted, known) })]);
  return model;
}

/** With several models, the one that the file trains, if it trains one. */
function onlyModel({ modelNames, trains }: CheckedFile): string {
  if (modelNames.length === 1) return modelNames[0]!;
  const trained = new Set(trains.map(({ model }) => model));
  if (trained.size === 1) return [...trained][0]!;
  throw new EbmcError([report('EBM7004', { known: modelNames })]);
}

export function trainOf(checked: CheckedFile, model: string): TrainDecl {
  const train = checked.trains.find((candidate) => candidate.model === model);
  if (!train) throw new EbmcError([report('EBM7006', { model })]);
  return train;
}

export function evaluateOf(checked: CheckedFile, model: string): EvaluateDecl | undefined {
  return checked.evaluates.find((candidate) => candidate.model === model);
}

/** The data sets that the encoder is probed on as well. */
export function transfersOf(checked: CheckedFile, { model, transfers }: EvaluateDecl): readonly DatasetDecl[] {
  return transfers.map((dataset) => {
    const found = checked.datasets.find(({ name }) => name === dataset);
    if (!found) throw new EbmcError([report('EBM7009', { model, dataset })]);
    return found;
  });
}

/** What the stages after the first are trained on. */
export function laterOf(checked: CheckedFile, { model, later }: TrainDecl): readonly DatasetDecl[] {
  return later.map(({ dataset }) => datasetOf(checked, { model, dataset }));
}

export function datasetOf(
  checked: CheckedFile,
  { model, dataset }: Pick<TrainDecl | EvaluateDecl, 'model' | 'dataset'>,
): DatasetDecl {
  const found = checked.datasets.find(({ name }) => name === dataset);
  if (!found) throw new EbmcError([report('EBM7009', { model, dataset })]);
  return found;
}
