/** `filter: label < 5 and label != 2`: the rows whose fields satisfy a condition. */
import type { DatasetDecl, FilterExpr } from '../../../compiler/declarations.js';
import { EbmcError, nearest, report } from '../../../diagnostics/index.js';
import type { Dataset, SplitName } from '../dataset.js';
import { readNumbers } from './read-classes.js';

export async function filterRows(
  decl: DatasetDecl,
  condition: FilterExpr,
  dataset: Dataset,
  split: SplitName,
  rows: Uint32Array,
): Promise<Uint32Array> {
  const values = new Map<string, Float64Array>();
  for (const name of new Set(fieldsOf(condition))) values.set(name, await readNumbers(dataset, split, rows, name));
  const holds = compile(condition, values, (word, other) => classNumber(decl, dataset, word, other));
  return rows.filter((_, place) => holds(place) !== 0);
}

type Evaluate = (place: number) => number;

/** Truth is 1 or 0. */
function compile(
  expr: FilterExpr,
  values: ReadonlyMap<string, Float64Array>,
  classNumber: (word: string, other: FilterExpr | undefined) => number,
  other?: FilterExpr,
): Evaluate {
  switch (expr.kind) {
    case 'constant': {
      const value = typeof expr.value === 'number' ? expr.value : classNumber(expr.value, other);
      return () => value;
    }
    case 'field': {
      const read = values.get(expr.name)!;
      return (place) => read[place]!;
    }
    case 'unary': {
      const operand = compile(expr.operand, values, classNumber);
      return expr.operator === 'not' ? (place) => Number(operand(place) === 0) : (place) => -operand(place);
    }
    case 'binary': {
      const left = compile(expr.left, values, classNumber, expr.right);
      const right = compile(expr.right, values, classNumber, expr.left);
      const apply = operators[expr.operator];
      return (place) => Number(apply(left(place), right(place)));
    }
  }
}

const operators: Readonly<
  Record<Extract<FilterExpr, { kind: 'binary' }>['operator'], (a: number, b: number) => number | boolean>
> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => a / b,
  '^': (a, b) => a ** b,
  '==': (a, b) => a === b,
  '!=': (a, b) => a !== b,
  '<': (a, b) => a < b,
  '<=': (a, b) => a <= b,
  '>': (a, b) => a > b,
  '>=': (a, b) => a >= b,
  and: (a, b) => a !== 0 && b !== 0,
  or: (a, b) => a !== 0 || b !== 0,
};

function fieldsOf(expr: FilterExpr): string[] {
  switch (expr.kind) {
    case 'constant':
      return [];
    case 'field':
      return [expr.name];
    case 'unary':
      return fieldsOf(expr.operand);
    case 'binary':
      return [...fieldsOf(expr.left), ...fieldsOf(expr.right)];
  }
}

/** A word stands for the class of that name of the field it is compared with. */
function classNumber(decl: DatasetDecl, dataset: Dataset, word: string, other: FilterExpr | undefined): number {
  const field = other?.kind === 'field' ? other.name : '';
  const known = dataset.classNames?.get(field) ?? [];
  const number = known.indexOf(word);
  if (number >= 0) return number;
  const slots = { dataset: decl.name, field, word, known, suggestion: nearest(word, known) };
  throw new EbmcError([report('EBM4022', slots, { span: decl.span })]);
}
