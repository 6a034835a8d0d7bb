/** What the system says about writing files, as diagnostics. */
import { existsSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { EbmcError, report } from '../../diagnostics/index.js';

/** Runs `write`, with what `writeError` makes of its failures. */
export async function writing<T>(path: string, write: () => Promise<T>): Promise<T> {
  try {
    return await write();
  } catch (error) {
    throw writeError(path, error);
  }
}

/** A full disk becomes EBM5004, any other failure of the file system EBM5005. */
export function writeError(path: string, error: unknown): unknown {
  const { code } = error as NodeJS.ErrnoException;
  if (typeof code !== 'string' || !code.startsWith('E')) return error;
  if (code === 'ENOSPC' || code === 'EDQUOT') return new EbmcError([report('EBM5004', { path })]);
  // Node 24 says of a folder below a file that it exists.
  const kind = code === 'EEXIST' && isBelowFile(path) ? 'ENOTDIR' : code;
  return new EbmcError([report('EBM5005', { path, reason: reasons[kind] ?? (error as Error).message })]);
}

function isBelowFile(path: string): boolean {
  let above = dirname(path);
  while (!existsSync(above) && above !== dirname(above)) above = dirname(above);
  return existsSync(above) && statSync(above).isFile();
}

const reasons: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EPERM: 'operation not permitted',
  EROFS: 'the file system is read-only',
  ENOTDIR: 'a part of the path is a file, not a folder',
  EEXIST: 'a file of this name is in the way',
  EISDIR: 'a folder of this name is in the way',
  ENOENT: 'the folder does not exist',
};
