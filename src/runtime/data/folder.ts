/** Finds a data set's folder and what is in it. */
import { readdir, stat } from 'node:fs/promises';
import type { DatasetDecl } from '../../compiler/declarations.js';
import { EbmcError, report } from '../../diagnostics/index.js';
import { readError } from './read-error.js';

/** Throws if `path` is not a folder. */
export async function requireFolder(decl: DatasetDecl, path: string): Promise<void> {
  const found = await stat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return undefined;
    throw readError(path, error);
  });
  if (!found?.isDirectory())
    throw new EbmcError([report('EBM4001', { dataset: decl.name, path }, { span: decl.span })]);
}

export function nothingFound(decl: DatasetDecl, path: string, wanted: string): EbmcError {
  return new EbmcError([report('EBM4002', { dataset: decl.name, path, wanted }, { span: decl.span })]);
}

/** Paths of all files below `folder`, relative to it, with `/`, sorted; symbolic links are followed once. */
export async function filesBelow(folder: string): Promise<string[]> {
  try {
    const entries = await readdir(folder, { withFileTypes: true, recursive: true });
    return entries
      .filter((entry) => !entry.isDirectory())
      .map((entry) => `${entry.parentPath ?? entry.path}/${entry.name}`.slice(folder.length + 1).replaceAll('\\', '/'))
      .sort();
  } catch (error) {
    throw readError(folder, error);
  }
}
