/** Reads a program's text from a file. */
import { readFileSync } from 'node:fs';
import { relative, resolve, sep } from 'node:path';
import { EbmcError, report } from '../diagnostics/index.js';
import type { Source } from '../grammar/source.js';

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EISDIR: 'it is a folder',
  EACCES: 'permission denied',
  ENOTDIR: 'a part of its path is not a folder',
};

export function readSource(path: string): Source {
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(path);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new EbmcError([report('EBM7001', { path, why: reasons[code ?? ''] ?? message })]);
  }
  const shown = shownPath(path);
  try {
    return { path: shown, text: new TextDecoder('utf-8', { fatal: true }).decode(bytes) };
  } catch {
    throw new EbmcError([report('EBM7002', { path: shown })]);
  }
}

/** Relative to the current folder where it lies inside. */
function shownPath(path: string): string {
  const inside = relative(process.cwd(), resolve(path));
  return inside.startsWith('..') ? path : inside.split(sep).join('/');
}
