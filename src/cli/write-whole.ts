/** Writes a file under another name and renames it, so that what was there before stays whole if writing fails. */
import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { EbmcError, report } from '../diagnostics/index.js';

export function writeWhole(path: string, text: string): void {
  const temporary = `${path}.${process.pid}.tmp`;
  try {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(temporary, text);
    renameSync(temporary, path);
  } catch (error) {
    removeIfThere(temporary);
    throw writeError(path, error);
  }
}

function removeIfThere(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch {
    // The fault that is being reported is in the way here too.
  }
}

const reasons: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EROFS: 'the disk is read-only',
  EEXIST: 'a file is where a folder is needed',
  ENOTDIR: 'a file is where a folder is needed',
  EISDIR: 'it is a folder',
};

function writeError(path: string, error: unknown): unknown {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === undefined) return error;
  if (code === 'ENOSPC' || code === 'EDQUOT') return new EbmcError([report('EBM5004', { path })]);
  return new EbmcError([report('EBM5005', { path, reason: reasons[code] ?? message })]);
}
