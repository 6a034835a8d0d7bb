/** The modules that `use` finds on disk: `std.*` and `examples.*` beside ebmc itself, others beside the file that uses them. */
import { existsSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Library } from '../compiler/index.js';
import type { Source } from '../grammar/source.js';
import { readSource } from './read-source.js';

export const packageFolder = fileURLToPath(new URL('../..', import.meta.url));
export const standardFolder = join(packageFolder, 'std');
export const examplesFolder = join(packageFolder, 'examples');

export class FileLibrary implements Library {
  private readonly found = new Map<string, Source | undefined>();
  private readonly folder: string;

  constructor(file: string) {
    this.folder = dirname(file);
  }

  find(path: readonly string[]): Source | undefined {
    const key = path.join('.');
    if (!this.found.has(key)) this.found.set(key, this.read(path));
    return this.found.get(key);
  }

  list(): readonly string[] {
    return [
      ...modulesIn(standardFolder).map((name) => `std.${name}`),
      ...modulesIn(examplesFolder).map((name) => `examples.${name}`),
      ...modulesIn(this.folder).filter((name) => /^\w+$/.test(name)),
    ];
  }

  private read(path: readonly string[]): Source | undefined {
    const [first, ...rest] = path;
    const inStandard = first === 'std' && rest.length > 0;
    let file = `${inStandard ? join(standardFolder, ...rest) : join(this.folder, ...path)}.ebm`;
    if (!existsSync(file) && first === 'examples') file = `${join(examplesFolder, ...rest)}.ebm`;
    if (!existsSync(file)) return undefined;
    const source = readSource(file);
    return inStandard ? { ...source, path: `${path.join('/')}.ebm` } : source;
  }
}

function modulesIn(folder: string): string[] {
  if (!existsSync(folder)) return [];
  const files = readdirSync(folder).filter((name) => name.endsWith('.ebm'));
  return files.map((name) => name.slice(0, -'.ebm'.length)).sort();
}
