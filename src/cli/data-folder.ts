/** Where the data of a recorded run is, which may have been moved since, as may the run. */
import { Option } from 'commander';
import { EbmcError, report } from '../diagnostics/index.js';

export function dataFolderOption(): Option {
  return new Option(
    '--data <dir>',
    "what the program's data paths start from, where the run or its data was moved (default: where the program was)",
  );
}

const notThere: ReadonlySet<string> = new Set(['EBM4001', 'EBM4002', 'EBM4028']);

/** Opens what a run reads. Where that is not there, says where it was looked for and how to look elsewhere. */
export async function findingData<T>(run: string, baseDirectory: string, open: () => Promise<T>): Promise<T> {
  try {
    return await open();
  } catch (error) {
    if (!(error instanceof EbmcError) || !error.diagnostics.some(({ code }) => notThere.has(code))) throw error;
    throw new EbmcError([...error.diagnostics, report('EBM5036', { run, folder: baseDirectory })]);
  }
}
