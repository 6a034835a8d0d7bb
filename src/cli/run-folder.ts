/** The folder of a run: `--out`, or the next free one under runs/; with --resume the latest of that model. */
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { EbmcError, report } from '../diagnostics/index.js';

export interface FolderChoice {
  readonly out: string | undefined;
  readonly resume: boolean;
  readonly overwrite: boolean;
}

export function chooseRunFolder(model: string, { out, resume, overwrite }: FolderChoice): string {
  if (out !== undefined) return out;
  const taken = runsOf(model);
  if (resume) {
    const latest = taken.at(-1);
    if (latest === undefined) throw new EbmcError([report('EBM5009', { path: join('runs', model) })]);
    return join('runs', latest.name);
  }
  const last = taken.reduce((most, { number }) => Math.max(most, number), 0);
  if (last === 0 || overwrite) return join('runs', model);
  return join('runs', `${model}-${last + 1}`);
}

/** `SimCLR` (number 1), `SimCLR-2`, …, the last changed one last. */
function runsOf(model: string): readonly { name: string; number: number; time: number }[] {
  let names: string[];
  try {
    names = readdirSync('runs');
  } catch {
    return [];
  }
  const found = names.flatMap((name) => {
    const number =
      name === model ? 1 : name.startsWith(`${model}-`) ? Number(name.slice(model.length + 1)) : Number.NaN;
    if (!Number.isInteger(number)) return [];
    return [{ name, number, time: changedAt(join('runs', name)) }];
  });
  return found.sort((a, b) => a.time - b.time || a.number - b.number);
}

function changedAt(folder: string): number {
  const manifest = statSync(join(folder, 'manifest.json'), { throwIfNoEntry: false });
  return manifest?.mtimeMs ?? 0;
}
