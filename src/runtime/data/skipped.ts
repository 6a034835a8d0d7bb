/** Bad files among good ones: named, counted and left out, unless all have to be good or none is. */
import { EbmcError, report } from '../../diagnostics/index.js';
import type { OpenOptions } from './dataset.js';

export interface BadFile {
  readonly file: string;
  readonly reason: string;
}

const namedAtMost = 10;

/** `what` they are, in the plural: `texts`. */
export function reportSkipped(
  what: string,
  bad: readonly BadFile[],
  total: number,
  { strict, warn }: Pick<OpenOptions, 'strict' | 'warn'>,
): void {
  if (bad.length === 0) return;
  const named = bad.slice(0, namedAtMost);
  const slots = { what, count: bad.length, total, files: named.map(({ file }) => file) };
  const notes = named.map(({ file, reason }) => `${file}: ${reason}`);
  if (strict || bad.length === total) throw new EbmcError([report('EBM4043', slots, { notes })]);
  warn(report('EBM4042', slots, { notes }));
}
