/** A curve in a line of text. */
const blocks = '▁▂▃▄▅▆▇█';

/**
 * The last values in `width` characters, each the mean of as many values; from the least finite one (▁) to the greatest (█). What is
 * not finite is a space.
 *
 * @param width in characters; fewer values give a shorter line.
 */
export function sparkline(values: readonly number[], width: number): string {
  const cells = Math.max(0, Math.min(Math.floor(width), values.length));
  const means = Array.from({ length: cells }, (_, i) => {
    const part = values.slice(Math.floor((i * values.length) / cells), Math.floor(((i + 1) * values.length) / cells));
    return part.reduce((sum, value) => sum + value, 0) / part.length;
  });
  const finite = means.filter(Number.isFinite);
  const low = finite.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
  const high = finite.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  return means
    .map((value) => {
      if (!Number.isFinite(value)) return ' ';
      const height = high > low ? (value - low) / (high - low) : 0;
      return blocks[Math.min(blocks.length - 1, Math.floor(height * blocks.length))];
    })
    .join('');
}
