/** What `ebmc report` is given: a comparison's file or folder, or a run's folder. */
import { readFile, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { EbmcError, report } from '../../diagnostics/index.js';
import type { Comparison } from '../compare/comparison.js';
import { followRun } from './from-run.js';
import { comparisonName, readComparison } from './read.js';

export interface Reported {
  readonly comparison: Comparison;
  /** Where the runs' folders are relative to, and where a report is put. */
  readonly folder: string;
}

/** @throws EbmcError EBM5030 of a damaged comparison, EBM5031 where there is neither, EBM5007 of a damaged run. */
export async function openReported(path: string): Promise<Reported> {
  const found = await stat(path).catch(() => undefined);
  if (found === undefined) throw new EbmcError([report('EBM7001', { path, why: 'there is no such file' })]);
  if (!found.isDirectory()) return { comparison: readComparison(await read(path), path), folder: dirname(path) };
  const file = join(path, comparisonName);
  if (await stat(file).catch(() => undefined))
    return { comparison: readComparison(await read(file), file), folder: path };
  return { comparison: await followRun(path)(), folder: path };
}

async function read(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw new EbmcError([report('EBM7001', { path, why: (error as Error).message })]);
  }
}
