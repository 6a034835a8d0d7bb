import Table from 'cli-table3';
import type { Output } from './output.js';

/** A table for people: no rules inside, a line under the heads. */
export function formatTable(output: Output, heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const none = '';
  const table = new Table({
    chars: {
      ...{ top: none, 'top-mid': none, 'top-left': none, 'top-right': none },
      ...{ bottom: none, 'bottom-mid': none, 'bottom-left': none, 'bottom-right': none },
      ...{ left: none, 'left-mid': none, mid: none, 'mid-mid': none, right: none, 'right-mid': none, middle: '  ' },
    },
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 },
  });
  const blank = heads.every((head) => head === '');
  if (!blank) table.push(heads.map((head) => output.paint.bold(head)));
  table.push(...rows.map((row) => [...row]));
  return table
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n');
}
