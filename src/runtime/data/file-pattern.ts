/** Patterns of files: `photos`, `photos/**`, `photos/*.png`, `photos/{a,b}/**`, `photos/one.png`. */
import { statSync } from 'node:fs';
import { basename, dirname } from 'node:path';

export interface FilePattern {
  /** The folder before the first part with a wildcard. */
  readonly folder: string;
  /** Whether a file's path below the folder, with `/`, is meant. */
  readonly matches: (path: string) => boolean;
}

/** Of files whose names `name` describes; a pattern without wildcards is a folder, or the one file that is there. */
export function parseFilePattern(pattern: string, name: RegExp): FilePattern {
  if (isFile(pattern)) {
    const only = basename(pattern);
    return { folder: dirname(pattern), matches: (path) => path === only && name.test(path) };
  }
  const parts = pattern.replaceAll('\\', '/').split('/');
  const wild = parts.findIndex((part) => /[*?{]/.test(part));
  const rest = wild < 0 ? ['**'] : parts.slice(wild);
  const below = new RegExp(`^${translate(rest)}$`);
  return {
    folder: wild < 0 ? pattern : parts.slice(0, wild).join('/') || (pattern.startsWith('/') ? '/' : '.'),
    matches: (path) => name.test(path) && below.test(path),
  };
}

function isFile(path: string): boolean {
  try {
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

function translate(parts: readonly string[]): string {
  const last = parts.length - 1;
  return parts
    .map((part, i) => {
      if (part === '**') return i === last ? '.*' : '(?:[^/]+/)*';
      const one = part
        .replace(/[.+^$()|[\]\\]/g, '\\$&')
        .replaceAll('*', '[^/]*')
        .replaceAll('?', '[^/]')
        .replace(/\{([^}]*)\}/g, (_, choices: string) => `(?:${choices.split(',').join('|')})`);
      return i === last ? one : `${one}/`;
    })
    .join('');
}
