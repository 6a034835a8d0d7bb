import { EbmcError, report } from '../../diagnostics/index.js';

/** Throws EBM5052 where these bytes are more than a Protocol Buffers message holds. */
export function requireBelow2GB(format: string, sizes: readonly number[]): void {
  const bytes = sizes.reduce((sum, size) => sum + size, 0);
  if (bytes >= 2 ** 31) throw new EbmcError([report('EBM5052', { format, bytes })]);
}
