/** What whole numbers are known to be below: ids of tokens and classes, followed through what only moves or mixes them. */
import type { Span } from '../../grammar/source.js';
import { type Dim, showShape } from '../graph/dim.js';
import type { OpName } from '../graph/ops/index.js';
import type { Node } from '../graph/types.js';
import type { Elaborator } from './elaborator.js';

const moving: ReadonlySet<OpName> = new Set<OpName>([
  'slice',
  'reshape',
  'transpose',
  'broadcast_to',
  'reverse',
  'gather',
  'enter',
  'leave',
  'batch',
  'drop_self',
]);

/** A number that every element is below; undefined where nothing is known. */
export function idsBelow(e: Elaborator, node: Node): number | undefined {
  const own = e.idsBelow.get(node);
  if (own !== undefined || !moving.has(node.op)) return own;
  return idsBelow(e, node.args[0]!);
}

/** Reports a table that has too few rows along `axis` for the ids that read it. */
export function checkTable(e: Elaborator, table: Node, axis: number, ids: Node, span: Span): boolean {
  const rows: Dim | undefined = table.type.shape[axis];
  const below = idsBelow(e, ids);
  if (below === undefined || typeof rows !== 'number' || rows >= below) return true;
  e.fail('EBM2053', { table: showShape(table.type.shape), rows, below }, span);
  return false;
}
