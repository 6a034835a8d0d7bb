import type { Span } from '../../grammar/source.js';
import type { CodeEntry, Diagnostic, Related } from '../diagnostic.js';
import { backendCodes } from './backend.js';
import { checkCodes } from './check.js';
import { collapseCodes } from './collapse.js';
import { commandCodes } from './command.js';
import { dataCodes } from './data.js';
import { dynamicsCodes } from './dynamics.js';
import { exportCodes } from './export.js';
import { reportCodes } from './report.js';
import { runCodes } from './run.js';
import { syntaxCodes } from './syntax.js';
import { textDataCodes } from './text-data.js';

/** Every diagnostic there is: 1xxx syntax, 2xxx checking, 3xxx collapse, 4xxx data, 5xxx runs and files, 6xxx backends,
 * 7xxx the command line. */
export const codes = {
  ...syntaxCodes,
  ...checkCodes,
  ...dynamicsCodes,
  ...collapseCodes,
  ...dataCodes,
  ...textDataCodes,
  ...runCodes,
  ...exportCodes,
  ...reportCodes,
  ...backendCodes,
  ...commandCodes,
};

/** Families of codes by their first digit. */
export const codeGroups: Readonly<Record<string, string>> = {
  EBM1: 'Syntax',
  EBM2: 'Names, kinds and shapes',
  EBM3: 'Collapse',
  EBM4: 'Data',
  EBM5: 'Runs and their files',
  EBM6: 'Backends',
  EBM7: 'The command line',
};

/** All entries by code. */
export function sortedCodes(): readonly (readonly [code: string, entry: CodeEntry<never>])[] {
  return Object.entries(codes as Readonly<Record<string, CodeEntry<never>>>).sort(([a], [b]) => (a < b ? -1 : 1));
}

export type Code = keyof typeof codes;
type Slots<C extends Code> = (typeof codes)[C] extends CodeEntry<infer S extends object> ? S : never;

export interface ReportPlace {
  readonly span?: Span | undefined;
  readonly related?: readonly Related[];
  readonly notes?: readonly string[];
  readonly help?: readonly string[];
}

/** Makes the diagnostic `code` with its slots filled in. */
export function report<C extends Code>(code: C, slots: Slots<C>, place: ReportPlace = {}): Diagnostic {
  const entry = codes[code] as unknown as CodeEntry<Slots<C>>;
  return {
    code,
    severity: entry.severity,
    message: entry.message(slots),
    span: place.span,
    related: place.related ?? [],
    notes: place.notes ?? [],
    help: [...(entry.help?.(slots) ?? []), ...(place.help ?? [])],
  };
}
