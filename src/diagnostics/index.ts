export { type Code, codeGroups, codes, type ReportPlace, report, sortedCodes } from './codes/index.js';
export type { CodeEntry, Diagnostic, Related, Severity } from './diagnostic.js';
export { EbmcError } from './error.js';
export { formatDiagnostic } from './format.js';
export { nearest } from './suggest.js';
