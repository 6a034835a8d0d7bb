/** Patterns of files: `photos`, `photos/**`, `photos/*.png`, `photos/{a,b}/**`. */

export interface FilePattern {
  /** The folder before the first part with a wildcard. */
  readonly folder: string;
  /** Whether a file's path below the folder, with `/`, is meant. */
  readonly matches: (path: string) => boolean;
}

/** Of files whose names `name` describes; a pattern without wildcards is a folder. */
export function parseFilePattern(pattern: string, name: RegExp): FilePattern {
  const parts = pattern.replaceAll('\\', '/').split('/');
  const wild = parts.findIndex((part) => /[*?{]/.test(part));
  const rest = wild < 0 ? ['**'] : parts.slice(wild);
  const below = new RegExp(`^${translate(rest)}$`);
  return {
    folder: wild < 0 ? pattern : parts.slice(0, wild).join('/') || (pattern.startsWith('/') ? '/' : '.'),
    matches: (path) => name.test(path) && below.test(path),
  };
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
