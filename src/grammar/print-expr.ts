/** Expressions, types and signatures as text to be laid out; parentheses only where precedence needs them. */
import { bracketed, concat, type Doc, group, indent, line } from './layout.js';
import { binaryLevel, level } from './precedence.js';
import { quote } from './strings.js';
import type { Argument, Expr, Index, Parameter, Setting, TypeExpr } from './syntax-tree.js';

/** `minimum`: how tightly the expression must bind to stand here without parentheses. */
export function exprDoc(expr: Expr, minimum = 0): Doc {
  const doc = bareDoc(expr);
  return levelOf(expr) < minimum ? concat('(', doc, ')') : doc;
}

function levelOf(expr: Expr): number {
  switch (expr.kind) {
    case 'pipe':
      return level.pipe;
    case 'if':
    case 'for':
      return level.if;
    case 'schedule':
      return level.schedule;
    case 'range':
      return level.range;
    case 'binary':
      return binaryLevel(expr.operator);
    case 'unary':
      return expr.operator === 'not' ? level.not : level.negative;
    default:
      return level.postfix;
  }
}

function bareDoc(expr: Expr): Doc {
  switch (expr.kind) {
    case 'number':
      return expr.text;
    case 'string':
      return quote(expr.value);
    case 'bool':
      return String(expr.value);
    case 'name':
      return expr.name.text;
    case 'missing':
      return 'missing';
    case 'call':
      return concat(exprDoc(expr.callee, level.postfix), bracketed('(', expr.args.map(argumentDoc), ')'));
    case 'member':
      return concat(exprDoc(expr.subject, level.postfix), '.', expr.member.text);
    case 'index':
      return concat(exprDoc(expr.subject, level.postfix), bracketed('[', expr.indices.map(indexDoc), ']'));
    case 'list':
      return bracketed(
        '[',
        expr.items.map((item) => exprDoc(item)),
        ']',
      );
    case 'record':
      return recordDoc(expr.fields);
    case 'pipe':
      return pipeDoc(expr);
    case 'range':
      return concat(exprDoc(expr.low, level.range + 1), '..', exprDoc(expr.high, level.range + 1));
    case 'schedule':
      return concat(exprDoc(expr.from, level.schedule), ' -> ', exprDoc(expr.to, level.schedule + 1));
    case 'for':
      return concat(
        `${expr.reducer.text} for `,
        ...expr.clauses.flatMap(({ name, domain }, i) => [i > 0 ? ', ' : '', `${name.text} in `, exprDoc(domain)]),
        ...(expr.condition ? [' where ', exprDoc(expr.condition)] : []),
        ': ',
        exprDoc(expr.body, level.if),
      );
    case 'minimum':
      return concat(
        `${expr.word} ${expr.variable.text} `,
        ...(expr.domain ? ['in ', exprDoc(expr.domain)] : []),
        ...(expr.beta ? [' at ', exprDoc(expr.beta)] : []),
        ...(expr.start ? ['from ', exprDoc(expr.start)] : []),
        ...(expr.method ? [' by ', exprDoc(expr.method)] : []),
        ' { ',
        exprDoc(expr.body),
        ' }',
      );
    case 'if':
      return concat(
        'if ',
        exprDoc(expr.condition),
        ' then ',
        exprDoc(expr.then),
        ' else ',
        exprDoc(expr.otherwise, level.if),
      );
    case 'unary':
      return expr.operator === 'not'
        ? concat('not ', exprDoc(expr.operand, level.comparison))
        : concat('-', exprDoc(expr.operand, level.power));
    case 'binary': {
      const own = binaryLevel(expr.operator);
      if (expr.operator !== '^')
        return concat(exprDoc(expr.left, own), ` ${expr.operator} `, exprDoc(expr.right, own + 1));
      const isNegative = expr.right.kind === 'unary' && expr.right.operator === '-';
      return concat(exprDoc(expr.left, own + 1), ' ^ ', exprDoc(expr.right, isNegative ? level.negative : own));
    }
    default:
      return expr satisfies never;
  }
}

/** A chain of pipes breaks as one. */
function pipeDoc(expr: Expr): Doc {
  const stages: Doc[] = [];
  let first = expr;
  while (first.kind === 'pipe') {
    stages.unshift(line, '|> ', exprDoc(first.right, level.pipe + 1));
    first = first.left;
  }
  return group(exprDoc(first, level.pipe + 1), indent(...stages));
}

function recordDoc(fields: readonly Setting[]): Doc {
  if (fields.length === 0) return '{}';
  return group(
    '{',
    indent(line, ...fields.flatMap((f, i) => (i === 0 ? [settingDoc(f)] : [',', line, settingDoc(f)]))),
    line,
    '}',
  );
}

export const settingDoc = (setting: Setting): Doc => concat(setting.name.text, ': ', exprDoc(setting.value));

function argumentDoc(argument: Argument): Doc {
  return argument.name ? concat(argument.name.text, ': ', exprDoc(argument.value)) : exprDoc(argument.value);
}

function indexDoc(index: Index): Doc {
  if (index.kind === 'at') return exprDoc(index.value);
  return concat(index.from ? exprDoc(index.from) : '', ':', index.to ? exprDoc(index.to) : '');
}

export function typeDoc(type: TypeExpr): Doc {
  const dims = (type.kind === 'shape' ? type.dims : type.args).map((dim) => exprDoc(dim));
  if (type.kind === 'shape') return bracketed('[', type.rest ? ['...', ...dims] : dims, ']');
  return dims.length === 0 ? type.name.text : concat(type.name.text, bracketed('[', dims, ']'));
}

export function parametersDoc(parameters: readonly Parameter[]): Doc {
  return bracketed('(', parameters.map(parameterDoc), ')');
}

function parameterDoc({ name, type, defaultValue }: Parameter): Doc {
  return concat(name.text, typed(type), defaultValue ? concat(' = ', exprDoc(defaultValue)) : '');
}

/** `: type`, or nothing. */
export function typed(type: TypeExpr | undefined): Doc {
  return type ? concat(': ', typeDoc(type)) : '';
}
