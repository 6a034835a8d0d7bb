/** The program of a run as it was, whether `train` or `compare` made it. */
import { dirname, resolve } from 'node:path';
import type { EvaluateDecl, TrainDecl } from '../compiler/declarations.js';
import { type CheckedFile, checkFile, type TypedModel, typeVariant } from '../compiler/index.js';
import { EbmcError } from '../diagnostics/index.js';
import { RecordedLibrary, readRecord } from '../runtime/run-record.js';
import { chooseModel, evaluateOf, trainOf } from './choose.js';
import { hasErrors } from './output.js';

export interface RecordedRun {
  readonly checked: CheckedFile;
  readonly typed: TypedModel;
  readonly train: TrainDecl;
  /** How the file has the model measured; undefined if it does not say. */
  readonly evaluate: EvaluateDecl | undefined;
  /** What data paths start from. */
  readonly baseDirectory: string;
}

/** Of a folder that `readRecord` can read; `data` is what data paths start from, where that is no longer the program's folder. */
export function reopenRun(folder: string, data?: string): RecordedRun {
  const record = readRecord(folder);
  const library = new RecordedLibrary(record.modules);
  // It was analysed before it was trained.
  const checked = checkFile(record.source, library, { ...record.overrides, analyses: false });
  if (hasErrors(checked.diagnostics)) throw new EbmcError(checked.diagnostics);
  const baseDirectory = data ?? dirname(resolve(folder, record.file));
  const { compare } = checked;
  if (!record.competitor || !compare) {
    const typed = chooseModel(checked, record.model);
    return {
      checked,
      typed,
      train: trainOf(checked, typed.name),
      evaluate: evaluateOf(checked, typed.name),
      baseDirectory,
    };
  }
  const { name, variant: place } = record.competitor;
  const competitor = compare.competitors.find((candidate) => candidate.name === name)!;
  const variant = competitor.variants[place]!;
  const { model: typed, diagnostics } = typeVariant(checked.module, library, competitor, variant);
  if (!typed) throw new EbmcError(diagnostics);
  const train = { ...variant.train, dataset: compare.dataset, split: 'train' };
  return { checked, typed, train, evaluate: { ...compare.evaluate, model: competitor.model }, baseDirectory };
}
