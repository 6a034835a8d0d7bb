/** Expressions and types: from the concrete tree to the syntax tree. */
import type { CstNode, IToken } from 'chevrotain';
import { nameOf, node, nodeSpan, nodes, optionalNode, token, tokenSpan, tokens } from './cst.js';
import { binaryLevel, level } from './precedence.js';
import { joinSpans, type Source } from './source.js';
import { stringValue } from './strings.js';
import type { Argument, BinaryOperator, Expr, Index, Setting, TypeExpr } from './syntax-tree.js';

export function buildExpr(source: Source, cst: CstNode): Expr {
  const parts = nodes(cst, 'operation');
  let left = buildOperation(source, parts[0] as CstNode);
  for (const part of parts.slice(1)) {
    const right = buildOperation(source, part);
    left = { kind: 'pipe', left, right, span: joinSpans(left.span, right.span) };
  }
  return left;
}

function buildOperation(source: Source, cst: CstNode): Expr {
  const conditional = optionalNode(cst, 'conditional');
  if (conditional) {
    return {
      kind: 'if',
      condition: buildExpr(source, node(conditional, 'condition')),
      // biome-ignore lint/suspicious/noThenProperty: the tree names it so, and is never awaited
      then: buildExpr(source, node(conditional, 'then')),
      otherwise: buildExpr(source, node(conditional, 'otherwise')),
      span: nodeSpan(source, conditional),
    };
  }
  const loop = optionalNode(cst, 'loop');
  if (loop) return buildLoop(source, loop);
  return new OperatorReader(source, nodes(cst, 'operand'), tokens(cst, 'BinarySign')).read();
}

/** Precedence climbing over `operand (sign operand)*`, where an operand may begin with `-` and `not`. */
class OperatorReader {
  private at = 0;
  private readonly prefixes: IToken[][];

  constructor(
    private readonly source: Source,
    private readonly operands: readonly CstNode[],
    private readonly signs: readonly IToken[],
  ) {
    this.prefixes = operands.map((operand) => [...tokens(operand, 'PrefixSign')]);
  }

  read(): Expr {
    return this.binary(0);
  }

  private binary(minimum: number): Expr {
    let left = this.prefixed();
    for (;;) {
      const sign = this.signs[this.at];
      if (!sign) return left;
      const operator = sign.image as BinaryOperator | '..' | '->';
      const binds = binaryLevel(operator);
      if (binds < minimum) return left;
      this.at++;
      const right = this.binary(operator === '^' ? binds : binds + 1);
      const span = joinSpans(left.span, right.span);
      left =
        operator === '..'
          ? { kind: 'range', low: left, high: right, span }
          : operator === '->'
            ? { kind: 'schedule', from: left, to: right, span }
            : { kind: 'binary', operator, left, right, span };
    }
  }

  private prefixed(): Expr {
    const sign = this.prefixes[this.at]?.shift();
    if (!sign) return buildOperand(this.source, this.operands[this.at] as CstNode);
    const operator = sign.image === 'not' ? 'not' : '-';
    const operand = this.binary(operator === 'not' ? level.comparison : level.power);
    return { kind: 'unary', operator, operand, span: joinSpans(tokenSpan(this.source, sign), operand.span) };
  }
}

function buildOperand(source: Source, cst: CstNode): Expr {
  let expr = buildAtom(source, cst);
  for (const postfix of nodes(cst, 'postfix')) {
    const span = joinSpans(expr.span, nodeSpan(source, postfix));
    if (postfix.children.Dot)
      expr = { kind: 'member', subject: expr, member: nameOf(source, token(postfix, 'Name')), span };
    else if (postfix.children.LeftParen) {
      expr = {
        kind: 'call',
        callee: expr,
        args: nodes(postfix, 'argument').map((a) => buildArgument(source, a)),
        span,
      };
    } else
      expr = { kind: 'index', subject: expr, indices: nodes(postfix, 'index').map((i) => buildIndex(source, i)), span };
  }
  return expr;
}

function buildLoop(source: Source, cst: CstNode): Expr {
  const condition = optionalNode(cst, 'condition');
  return {
    kind: 'for',
    reducer: nameOf(source, token(cst, 'reducer')),
    clauses: nodes(cst, 'forClause').map((clause) => ({
      name: nameOf(source, token(clause, 'Name')),
      domain: buildExpr(source, node(clause, 'expression')),
    })),
    condition: condition && buildExpr(source, condition),
    body: buildExpr(source, node(cst, 'value')),
    span: nodeSpan(source, cst),
  };
}

function buildMinimum(source: Source, cst: CstNode): Expr {
  const part = (name: string) => {
    const found = optionalNode(cst, name);
    return found && buildExpr(source, found);
  };
  return {
    kind: 'minimum',
    word: token(cst, 'word').image as 'min' | 'softmin' | 'argmin',
    variable: nameOf(source, token(cst, 'variable')),
    domain: part('domain'),
    beta: part('beta'),
    start: part('start'),
    method: part('method'),
    body: buildExpr(source, node(cst, 'value')),
    span: nodeSpan(source, cst),
  };
}

function buildAtom(source: Source, cst: CstNode): Expr {
  const { children } = cst;
  if (children.minimum) return buildMinimum(source, node(cst, 'minimum'));
  if (children.Name) {
    const name = nameOf(source, token(cst, 'Name'));
    return { kind: 'name', name, span: name.span };
  }
  if (children.NumberLiteral) {
    const literal = token(cst, 'NumberLiteral');
    const percent = literal.image.endsWith('%');
    const number = Number(percent ? literal.image.slice(0, -1) : literal.image);
    const value = percent ? number / 100 : number;
    return { kind: 'number', value, text: literal.image, percent, span: tokenSpan(source, literal) };
  }
  if (children.expression) {
    // The parentheses belong to the span, so that the text of a span is a whole expression.
    const inner = buildExpr(source, node(cst, 'expression'));
    const span = joinSpans(tokenSpan(source, token(cst, 'LeftParen')), tokenSpan(source, token(cst, 'RightParen')));
    return { ...inner, span };
  }
  if (children.list) {
    const list = node(cst, 'list');
    return { kind: 'list', items: buildList(source, list), span: nodeSpan(source, list) };
  }
  if (children.StringLiteral) {
    const literal = token(cst, 'StringLiteral');
    return { kind: 'string', value: stringValue(literal.image), span: tokenSpan(source, literal) };
  }
  if (children.settings) {
    const record = node(cst, 'settings');
    return { kind: 'record', fields: buildSettings(source, record), span: nodeSpan(source, record) };
  }
  if (children.MissingMark) return { kind: 'missing', span: tokenSpan(source, token(cst, 'MissingMark')) };
  const word = token(cst, children.True ? 'True' : 'False');
  return { kind: 'bool', value: word.image === 'true', span: tokenSpan(source, word) };
}

function buildList(source: Source, cst: CstNode): Expr[] {
  return nodes(cst, 'expression').map((item) => buildExpr(source, item));
}

function buildArgument(source: Source, cst: CstNode): Argument {
  const name = cst.children.Name && nameOf(source, token(cst, 'Name'));
  return { name, value: buildExpr(source, node(cst, 'expression')), span: nodeSpan(source, cst) };
}

function buildIndex(source: Source, cst: CstNode): Index {
  const span = nodeSpan(source, cst);
  const part = (name: string) => {
    const found = optionalNode(cst, name);
    return found && buildExpr(source, found);
  };
  if (cst.children.Colon) return { kind: 'slice', from: part('from'), to: part('to'), span };
  return { kind: 'at', value: buildExpr(source, node(cst, 'from')), span };
}

export function buildSettings(source: Source, cst: CstNode): Setting[] {
  return nodes(cst, 'setting').map((setting) => buildSetting(source, setting));
}

function buildSetting(source: Source, cst: CstNode): Setting {
  const name = nameOf(source, token(cst, 'Name'));
  return { name, value: buildExpr(source, node(cst, 'expression')), span: nodeSpan(source, cst) };
}

export function buildType(source: Source, cst: CstNode): TypeExpr {
  const span = nodeSpan(source, cst);
  const shape = optionalNode(cst, 'shape');
  if (shape)
    return { kind: 'shape', rest: shape.children.Ellipsis !== undefined, dims: buildList(source, shape), span };
  if (cst.children.MissingMark) {
    // What could not be read has every shape.
    return { kind: 'shape', rest: true, dims: [{ kind: 'missing', span }], span };
  }
  const args = optionalNode(cst, 'list');
  return { kind: 'named', name: nameOf(source, token(cst, 'Name')), args: args ? buildList(source, args) : [], span };
}
