import type { Diagnostic } from './diagnostic.js';

/** Thrown where work cannot go on because of the user's input; the command line prints the diagnostics and exits 1. */
export class EbmcError extends Error {
  constructor(readonly diagnostics: readonly Diagnostic[]) {
    super(diagnostics.map((d) => `${d.code}: ${d.message}`).join('\n'));
    this.name = 'EbmcError';
  }
}
