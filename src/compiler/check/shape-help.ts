/** What would make shapes fit that do not: of products, joints and elementwise operations, by what is usually meant. */
import { type Dim, sameDim, sameShape, showShape } from '../graph/dim.js';
import type { ShapeError } from '../graph/shape-error.js';

export function shapeHelp({ op, args }: ShapeError): string[] {
  const [a, b] = args.map(({ shape }) => shape);
  if (!a || !b) return [];
  switch (op) {
    case 'contract':
      return productHelp(a, b);
    case 'concat':
      return joinHelp(a, b);
    default:
      return broadcastHelp(a, b);
  }
}

/** The other order, or a transposed factor, where that has a product. */
function productHelp(a: readonly Dim[], b: readonly Dim[]): string[] {
  const [m, n] = [a.at(-1)!, b.at(-1)!];
  if (a.length === 1 && b.length === 2 && sameDim(m, n))
    return [`the other way round it is ${showShape([b[0]!])}: \`matmul(b, a)\``];
  if (b.length === 2 && sameDim(m, n))
    return [`with the second transposed it is ${showShape([...a.slice(0, -1), b[0]!])}: \`matmul(a, transpose(b))\``];
  if (a.length === 2 && b.length <= 2 && sameDim(a[0]!, b[0]!))
    return [`with the first transposed it is ${showShape([m, ...b.slice(1)])}: \`matmul(transpose(a), b)\``];
  return [];
}

/** A row where rows are joined. */
function joinHelp(a: readonly Dim[], b: readonly Dim[]): string[] {
  const [row, rows] = a.length < b.length ? [a, b] : [b, a];
  if (rows.length !== row.length + 1 || !sameShape(rows.slice(1), row)) return [];
  return [
    `${showShape(row)} is a row of ${showShape(rows)}: \`batch(x)\` has those of all examples, \`reshape(x, ${showShape([1, ...row])})\` this one`,
  ];
}

/** A number for each row where rows are aligned. */
function broadcastHelp(a: readonly Dim[], b: readonly Dim[]): string[] {
  const [few, many] = a.length < b.length ? [a, b] : [b, a];
  if (few.length === 0 || few.length >= many.length || !sameShape(many.slice(0, few.length), few)) return [];
  const spread = showShape([...few, ...many.slice(few.length).map(() => 1)]);
  return [`axes are aligned from the last one: \`reshape(x, ${spread})\` has one value for each of the first`];
}
