/** `dataset NAME = LOADER(arguments) { fields }`: the fields' types, and which examples are taken. */
import { nearest, report } from '../../diagnostics/index.js';
import type { Span } from '../../grammar/source.js';
import type { DatasetItem, Expr, Field } from '../../grammar/syntax-tree.js';
import type { DatasetDecl, FieldDecl, FilterExpr, Selection, SettingValue } from '../declarations.js';
import { fieldTypeInfo, fieldTypeSpellings, fieldTypes, isFieldType } from '../field-types.js';
import type { SettingsChecker } from './settings.js';

export function checkDataset(item: DatasetItem, checker: SettingsChecker): DatasetDecl | undefined {
  const { loader } = item;
  if (loader.kind !== 'call' || loader.callee.kind !== 'name') {
    checker.outOfRange('dataset', 'a loader such as `mnist()` or `idx("folder")`', loader.span);
    return undefined;
  }
  const fields = item.fields.flatMap((field) =>
    isTrajectory(field) ? ofSteps(field, checker) : (checkField(field, checker) ?? []),
  );
  const args: Record<string, SettingValue> = {};
  const places: Record<string, Span> = {};
  const selection: Record<string, unknown> = {};
  for (const [place, argument] of loader.args.entries()) {
    const name = argument.name?.text ?? `${place}`;
    places[name] = argument.span;
    const parse = Object.hasOwn(selections, name) ? selections[name as keyof Selection] : undefined;
    if (!parse) args[name] = checker.value(argument.value);
    else selection[name] = parse(argument.value, { checker, fields });
  }
  return {
    name: item.name.text,
    loader: loader.callee.name.text,
    args,
    selection: selection as Selection,
    fields,
    span: item.span,
    places: { loader: loader.callee.span, args: places },
  };
}

function isTrajectory({ type }: Field): boolean {
  return type.kind === 'named' && type.name.text === 'Trajectory';
}

/** What is there at each step, as fields with the steps as their first dimension. */
function ofSteps({ name, type, fields, span }: Field, checker: SettingsChecker): FieldDecl[] {
  const steps = type.kind === 'named' && type.args[0] ? checker.value(type.args[0]) : undefined;
  if (typeof steps !== 'number' || !Number.isInteger(steps) || steps < 1 || fields.length === 0) {
    checker.outOfRange(name.text, '`Trajectory[steps] { observation: [d], action: Class[n] }`', span);
    return [];
  }
  return fields.flatMap((field) => {
    const inner = checkField(field, checker);
    if (!inner) return [];
    if (inner.type === 'Class') return [{ ...inner, type: 'Tokens' as const, shape: [steps, inner.shape[0]!] }];
    if (inner.type === 'Tensor') return [{ ...inner, shape: [steps, ...inner.shape] }];
    checker.outOfRange(field.name.text, 'numbers `[d]` or `Class[n]` in a trajectory', field.type.span);
    return [];
  });
}

function checkField(field: DatasetItem['fields'][number], checker: SettingsChecker): FieldDecl | undefined {
  const { type } = field;
  const name = type.kind === 'named' ? type.name.text : 'Tensor';
  const dims = type.kind === 'named' ? type.args : type.dims;
  const shape = dims.map((d) => checker.value(d)).map(Number);
  if (!isFieldType(name)) {
    const suggestion = nearest(name, Object.keys(fieldTypes));
    const slots = { what: 'a data set', name, suggestion, known: fieldTypeSpellings };
    checker.diagnostics.push(report('EBM2050', slots, { span: type.span }));
    return undefined;
  }
  const { rank, spelling } = fieldTypeInfo(name);
  const wrong = shape.some((n) => !Number.isInteger(n) || n < 1)
    ? 'of positive whole dimensions'
    : rank !== undefined && shape.length !== rank
      ? `\`${spelling}\``
      : undefined;
  if (wrong === undefined) return { name: field.name.text, type: name, shape, span: field.span };
  checker.outOfRange(field.name.text, wrong, type.span);
  return undefined;
}

interface Place {
  readonly checker: SettingsChecker;
  readonly fields: readonly FieldDecl[];
}

/** What they mean; Markdown. */
export const selectionDocs: { readonly [K in keyof Selection]-?: string } = {
  split:
    '`split: 0.9`: that share for `train`, the rest for `test`, of each class alike; only where the source has no splits.',
  filter:
    '`filter: label < 5 and label != 2`: only examples whose fields satisfy it; fields of one number, numbers, `"names of classes"`, comparisons, arithmetic, `and`, `or`, `not`.',
  balance:
    '`balance: under` or `balance: over`: as many of each class, by drawing from the larger ones or by repeating the smaller ones (in `train` only).',
  limit: '`limit: 1000`: at most so many of each split, drawn.',
  seed: '`seed: 1`: of these draws; 0 by default.',
  shuffle:
    '`shuffle: 10000`: examples among which the order is mixed where the data is read in parts (tables, Parquet, tar); 16384 by default.',
  columns: '`columns: from(x: [width, height], label: species)`: which columns of the source fill a field.',
};

/** Arguments that every loader has, since they choose among examples wherever these come from. */
const selections: { readonly [K in keyof Selection]-?: (expr: Expr, place: Place) => Selection[K] } = {
  split: (expr, { checker }) =>
    numberOf(expr, checker, 'split', 'a share above 0 and below 1 to train on', (n) => n > 0 && n < 1),
  limit: (expr, { checker }) =>
    numberOf(expr, checker, 'limit', 'a whole number above 0', (n) => Number.isInteger(n) && n > 0),
  seed: (expr, { checker }) =>
    numberOf(expr, checker, 'seed', 'a whole number of at least 0', (n) => Number.isInteger(n) && n >= 0),
  shuffle: (expr, { checker }) =>
    numberOf(expr, checker, 'shuffle', 'a whole number above 0', (n) => Number.isInteger(n) && n > 0),
  balance(expr, { checker }) {
    const value = checker.value(expr);
    if (value === 'under' || value === 'over') return value;
    checker.outOfRange('balance', '`under` or `over`', expr.span);
    return undefined;
  },
  columns(expr, { checker, fields }) {
    const value = checker.value(expr);
    if (typeof value !== 'object' || !('call' in value) || value.call !== 'from') {
      checker.outOfRange('columns', 'a list such as `from(x: [width, height], label: species)`', expr.span);
      return undefined;
    }
    const known = fields.map(({ name }) => name);
    const entries = Object.entries(value.args).flatMap(([field, names]) => {
      const list = Array.isArray(names) ? names : [names];
      if (!known.includes(field)) checker.unknown('the data set', field, known, expr.span);
      else if (list.every((name) => typeof name === 'string')) return [[field, list] as const];
      else checker.outOfRange(`columns: ${field}`, 'a name or a list of names', expr.span);
      return [];
    });
    return Object.fromEntries(entries);
  },
  filter: (expr, place) => filterOf(expr, place),
};

function numberOf(
  expr: Expr,
  checker: SettingsChecker,
  name: string,
  expected: string,
  fits: (n: number) => boolean,
): number | undefined {
  const value = checker.value(expr);
  if (typeof value === 'number' && fits(value)) return value;
  checker.outOfRange(name, expected, expr.span);
  return undefined;
}

/** What an example must satisfy: comparisons of its fields with numbers and names of classes. */
function filterOf(expr: Expr, place: Place): FilterExpr | undefined {
  const { checker, fields } = place;
  switch (expr.kind) {
    case 'number':
      return { kind: 'constant', value: expr.value };
    case 'string':
      return { kind: 'constant', value: expr.value };
    case 'name': {
      const field = fields.find(({ name }) => name === expr.name.text);
      const single =
        field &&
        fieldTypeInfo(field.type)
          .exampleShape(field.shape)
          .every((size) => size === 1);
      if (single) return { kind: 'field', name: field.name };
      if (field) checker.outOfRange('filter', 'about fields of one number, such as a class,', expr.span);
      else {
        const known = fields.map(({ name }) => name);
        checker.unknown('the data set', expr.name.text, known, expr.span);
      }
      return undefined;
    }
    case 'unary': {
      const operand = filterOf(expr.operand, place);
      return operand && { kind: 'unary', operator: expr.operator === 'not' ? 'not' : '-', operand };
    }
    case 'binary': {
      const { operator } = expr;
      if (operator === '++') break;
      const [left, right] = [filterOf(expr.left, place), filterOf(expr.right, place)];
      return left && right && { kind: 'binary', operator, left, right };
    }
  }
  checker.outOfRange('filter', 'a comparison such as `label < 5 and label != 2`', expr.span);
  return undefined;
}
