/** `run.json` in a run's folder: the program as it was, so that a run can be evaluated after its file was edited or moved. */
import { readFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import type { CheckOptions, Library } from '../compiler/index.js';
import { EbmcError, report } from '../diagnostics/index.js';
import type { Source } from '../grammar/source.js';

export interface RunRecord {
  readonly format: 1;
  /** Where the program was, relative to the run's folder: data paths start from there. */
  readonly file: string;
  readonly source: Source;
  /** What `use` found: dotted path → text. */
  readonly modules: Readonly<Record<string, Source>>;
  readonly model: string;
  /** `--set` and its like. */
  readonly overrides: CheckOptions;
  /** Of a run of a comparison: which of its competitors, trained how. */
  readonly competitor?: { readonly name: string; readonly variant: number };
}

export const recordName = 'run.json';

export function readRecord(folder: string): RunRecord {
  const path = join(folder, recordName);
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    throw new EbmcError([report('EBM5009', { path: folder })]);
  }
  try {
    const record = JSON.parse(text) as RunRecord;
    if (record.format !== 1) throw new Error(`its format is ${String(record.format)}; this version reads format 1`);
    if (typeof record.source?.text !== 'string') throw new Error('it holds no program');
    return record;
  } catch (error) {
    throw new EbmcError([report('EBM5007', { path, problem: (error as Error).message })]);
  }
}

export function relativeToRun(folder: string, file: string): string {
  return relative(resolve(folder), resolve(file));
}

/** Remembers what was found, for the record. */
export class RecordingLibrary implements Library {
  readonly found: Record<string, Source> = {};

  constructor(private readonly inner: Library) {}

  find(path: readonly string[]): Source | undefined {
    const source = this.inner.find(path);
    if (source) this.found[path.join('.')] = source;
    return source;
  }

  list(): readonly string[] {
    return this.inner.list();
  }
}

/** Finds what a record remembers. */
export class RecordedLibrary implements Library {
  constructor(private readonly modules: Readonly<Record<string, Source>>) {}

  find(path: readonly string[]): Source | undefined {
    return this.modules[path.join('.')];
  }

  list(): readonly string[] {
    return Object.keys(this.modules);
  }
}
