/** Puts an export where it is wanted. Killed at any moment, there is the earlier export or the new one, whole. */
import { readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { EbmcError, report } from '../../diagnostics/index.js';
import { writeError, writeWhole } from '../files/index.js';
import type { Exported, ExportFormat } from './format.js';

/** Throws EBM5051 where something is there that may not be replaced. Look before the work. */
export function requireFree(path: string, { kind }: ExportFormat, overwrite: boolean): void {
  const found = whatIs(path);
  if (found === undefined) return;
  const isFree = kind === 'folder' && found === 'empty folder';
  const isReplaceable = overwrite && found.endsWith(kind);
  if (!isFree && !isReplaceable) throw new EbmcError([report('EBM5051', { path })]);
}

function whatIs(path: string): 'file' | 'folder' | 'empty folder' | 'other' | undefined {
  try {
    const found = statSync(path, { throwIfNoEntry: false });
    if (!found) return undefined;
    if (found.isDirectory()) return readdirSync(path).length === 0 ? 'empty folder' : 'folder';
    return found.isFile() ? 'file' : 'other';
  } catch (error) {
    throw writeError(path, error);
  }
}

/** Returns the paths of the files. */
export function writeExport(path: string, { files }: Exported, { kind }: ExportFormat): readonly string[] {
  const before = kind === 'folder' ? shardsOf(path) : [];
  const written = files.map(({ name, content }) => {
    const file = kind === 'folder' ? join(path, name) : path;
    writeWhole(file, content);
    return file;
  });
  for (const name of before) if (!files.some((file) => file.name === name)) rmSync(join(path, name), { force: true });
  return written;
}

const shardName = /^weights-[0-9a-f]{8}-\d+of\d+\.bin$/;

/** The weight files that an earlier export names. */
function shardsOf(folder: string): readonly string[] {
  try {
    const { weightsManifest } = JSON.parse(readFileSync(join(folder, 'model.json'), 'utf8')) as {
      readonly weightsManifest: readonly { readonly paths: readonly string[] }[];
    };
    return weightsManifest.flatMap(({ paths }) => paths).filter((name) => shardName.test(name));
  } catch {
    return [];
  }
}
