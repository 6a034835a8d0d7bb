/** A failure to read a file of a data set as a diagnostic. */
import { EbmcError, report } from '../../diagnostics/index.js';

export function readError(file: string, error: unknown): EbmcError {
  if (error instanceof EbmcError) return error;
  return new EbmcError([report('EBM4015', { file, reason: error instanceof Error ? error.message : String(error) })]);
}

/** A file that would take more memory to describe than its data is worth. */
export function tooManyColumns(file: string, count: number): EbmcError {
  return new EbmcError([report('EBM4029', { file, count })]);
}
