/** A program from a file, with the command line's settings, checked: what a run is made of. */
import { type CheckedFile, type CheckOptions, checkFile, type Library, namedModels } from '../compiler/index.js';
import { EbmcError } from '../diagnostics/index.js';
import { parseModule } from '../grammar/index.js';
import type { Source } from '../grammar/source.js';
import type { Module } from '../grammar/syntax-tree.js';
import { FileLibrary } from '../runtime/library.js';
import { readSource } from '../runtime/read-source.js';
import { RecordingLibrary } from '../runtime/run-record.js';
import type { OptionValues } from './command.js';
import { hasErrors } from './output.js';
import { type ItemName, overridesFrom } from './settings.js';

export interface CheckedProgram {
  readonly source: Source;
  readonly library: RecordingLibrary;
  readonly overrides: CheckOptions;
  readonly checked: CheckedFile;
}

/**
 * @param models which names `--set NAME.parameter` may have.
 * @throws EbmcError of a file with errors; warnings are the caller's to show.
 */
export function checkProgram(
  file: string,
  options: OptionValues,
  item: ItemName = 'train',
  models: (module: Module) => readonly string[] = (module) => namedModels(module).map(({ text }) => text),
): CheckedProgram {
  return checkSource(readSource(file), new FileLibrary(file), options, item, models);
}

/** The same of a program that is no file. */
export function checkSource(
  source: Source,
  modules: Library,
  options: OptionValues,
  item: ItemName,
  models: (module: Module) => readonly string[],
): CheckedProgram {
  const overrides = overridesFrom(options, models(parseModule(source).module), item);
  const library = new RecordingLibrary(modules);
  const checked = checkFile(source, library, overrides);
  if (hasErrors(checked.diagnostics)) throw new EbmcError(checked.diagnostics);
  return { source, library, overrides, checked };
}
