/** Finds a data set's folder and what is in it. */
import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, extname } from 'node:path';
import type { DatasetDecl } from '../../compiler/declarations.js';
import { EbmcError, nearest, report } from '../../diagnostics/index.js';
import type { OpenOptions } from './dataset.js';
import type { FilePattern } from './file-pattern.js';
import { readError } from './read-error.js';

/** What nearly has that name in the same folder. */
export async function nearlyNamed(path: string): Promise<string | undefined> {
  const names = await readdir(dirname(path)).catch(() => []);
  return nearest(basename(path), names);
}

/** Throws if `path` is not a folder. */
export async function requireFolder(decl: DatasetDecl, path: string): Promise<void> {
  const found = await stat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return undefined;
    throw readError(path, error);
  });
  if (found?.isDirectory()) return;
  const slots = { dataset: decl.name, path, suggestion: found ? undefined : await nearlyNamed(path) };
  throw new EbmcError([report('EBM4001', slots, { span: decl.places?.args['0'] ?? decl.span })]);
}

export function nothingFound(decl: DatasetDecl, path: string, wanted: string): EbmcError {
  return new EbmcError([
    report('EBM4002', { dataset: decl.name, path, wanted }, { span: decl.places?.args['0'] ?? decl.span }),
  ]);
}

/** Files that look as if they were meant and are not read: nobody should learn of them by counting. */
export function tellOtherKinds(
  { name: dataset, span }: DatasetDecl,
  what: string,
  { matches }: FilePattern,
  paths: readonly string[],
  { warn }: Pick<OpenOptions, 'warn'>,
): void {
  const counts = new Map<string, number>();
  for (const path of paths.filter(matches)) {
    const ending = extname(path).toLowerCase();
    counts.set(ending, (counts.get(ending) ?? 0) + 1);
  }
  const kinds = [...counts].map(([ending, count]) => ({ ending, count }));
  if (kinds.length > 0) warn(report('EBM4052', { dataset, what, kinds }, { span }));
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
