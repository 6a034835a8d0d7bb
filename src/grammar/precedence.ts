/** How tightly operators bind, for the builder and the printer. */
import type { BinaryOperator } from './syntax-tree.js';

/** Low to high. */
export const level = {
  if: 1,
  pipe: 2,
  or: 3,
  and: 4,
  not: 5,
  comparison: 6,
  schedule: 7,
  range: 8,
  sum: 9,
  product: 10,
  negative: 11,
  power: 12,
  postfix: 13,
} as const;

export function binaryLevel(operator: BinaryOperator | '..' | '->'): number {
  switch (operator) {
    case 'or':
      return level.or;
    case 'and':
      return level.and;
    case '==':
    case '!=':
    case '<':
    case '<=':
    case '>':
    case '>=':
      return level.comparison;
    case '->':
      return level.schedule;
    case '..':
      return level.range;
    case '++':
    case '+':
    case '-':
      return level.sum;
    case '*':
    case '/':
      return level.product;
    case '^':
      return level.power;
    default:
      return operator satisfies never;
  }
}
