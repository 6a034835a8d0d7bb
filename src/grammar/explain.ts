/** From what the parser could not read to what a person is told. */
import type { IToken } from 'chevrotain';
import { type Diagnostic, report } from '../diagnostics/index.js';
import { tokenSpan } from './cst.js';
import type { Mismatch } from './mismatch.js';
import type { Source, Span } from './source.js';
import { beginsExpression, isA, isName, isWord, onSameLine } from './token-facts.js';
import * as t from './tokens.js';

/** Where a sign or a name is missing, in words: by the rule, then by what is wanted. */
const places: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  useItem: { Name: 'after `use`', LeftBrace: "after the module's path", RightBrace: 'after the names that are used' },
  fnItem: { Name: 'after `fn`', LeftParen: "after the function's name" },
  netItem: { Name: 'after `net`', LeftParen: 'of the net: `net name(settings)(inputs)`' },
  regularizerItem: {
    Regularizer: "after the regularizer's family",
    Name: 'after `regularizer`',
    LeftParen: "after the regularizer's name",
  },
  modelItem: { Name: 'after `model`', LeftBrace: "after the model's name" },
  datasetItem: { Name: 'after `dataset`', Equals: "after the data set's name" },
  trainItem: { Name: 'after `train`' },
  evaluateItem: { Name: 'after `evaluate`' },
  compareItem: { On: 'after the models: `compare A, B on data`' },
  field: { Name: 'of the field', Colon: "after the field's name" },
  setting: { Name: 'of the setting', Colon: 'after the name' },
  parameter: { Name: 'of the parameter' },
  parameters: { LeftParen: 'around the parameters' },
  dataMember: { Name: 'after `data`', Colon: 'after the name of the data' },
  viewMember: { Name: 'after `view`', Of: "after the view's names", Equals: "after the view's subject" },
  maskMember: { Name: 'after `mask`', Over: "after the mask's name", Equals: "after the mask's subject" },
  encoderMember: { Name: 'after `encoder`', Equals: "after the encoder's name" },
  energyMember: { Name: 'after `energy`', LeftParen: "after the energy's name" },
  letStatement: { Name: 'after `let`', Equals: 'after what `let` names' },
  paramStatement: { Name: 'after `param`', Equals: 'after the parameter (its value at the start of training follows)' },
  stateStatement: { Name: 'after `state`', Equals: 'after the state (its value at the start of training follows)' },
  updateStatement: { Step: 'after `after`', Epoch: 'after `before`', LeftBrace: 'after when states change' },
  viewName: { Name: 'after `view`', RightSquare: 'after how many views there are' },
  loop: { Colon: 'before what is repeated: `mean for s in views: value`' },
  forClause: { Name: 'after `for`', In: 'after the name that `for` gives' },
  minimum: {
    LeftBrace: 'around what is minimised',
    RightBrace: 'after what is minimised',
    By: 'after the start: `min z from start by gradient(steps: 8, rate: 0.1) { ... }`',
  },
  conditional: { Then: 'after the condition of the `if`', Else: 'after the `then` part: an `if` always has both' },
  minimizeMember: { LeftBrace: 'after `minimize`' },
};

const signs: Readonly<Record<string, string>> = {
  Equals: '`=`',
  Colon: '`:`',
  LeftBrace: '`{`',
  RightBrace: '`}`',
  LeftParen: '`(`',
  RightParen: '`)`',
  LeftSquare: '`[`',
  RightSquare: '`]`',
  Of: '`of`',
  Over: '`over`',
  On: '`on`',
  In: '`in`',
  Then: '`then`',
  Else: '`else`',
  Step: '`step`',
  Epoch: '`epoch`',
  By: '`by`',
  Regularizer: '`regularizer`',
  Name: 'a name',
  Comma: '`,`',
};

export function explain(source: Source, m: Mismatch): Diagnostic {
  const span = placeOf(source, m);
  const after = m.before && describe(m.before);
  const found = atEnd(m) ? undefined : describe(m.found);
  switch (m.wanted) {
    case 'expression':
    case 'statement':
      return missingExpression(m, span, after, found);
    case 'type':
      return report('EBM1019', { after, found }, { span });
    case 'body':
      return report(
        'EBM1007',
        { wanted: 'a body', where: 'after the signature', found },
        { span, help: ['write `= expression` or `{ statements, then a value }`'] },
      );
    case 'end':
      if (
        (m.twoBefore?.tokenType === t.Train ||
          m.twoBefore?.tokenType === t.Evaluate ||
          m.twoBefore?.tokenType === t.Compare) &&
        m.rule === 'item' &&
        isName(m.found)
      ) {
        return report('EBM1007', { wanted: '`on`', where: "after the model's name", found }, { span });
      }
      return report('EBM1010', { before: after ?? 'this', found: found ?? 'more' }, { span, help: endHelp(source, m) });
    case 'setting':
    case 'field':
      return report(
        'EBM1007',
        { wanted: `a ${m.wanted}`, where: 'before this comma', found: undefined },
        { span: tokenSpan(source, m.found) },
      );
    default:
      return missingSign(source, m, span, found);
  }
}

function missingExpression(m: Mismatch, span: Span, after: string | undefined, found: string | undefined): Diagnostic {
  const help: string[] = [];
  if (m.found.tokenType === t.Dot) help.push('a number needs a digit before its point: `0.5`');
  else if (m.found.tokenType === t.Equals && isA(m.before, t.BinarySign))
    help.push('`==` compares; there are no other operators that end in `=`, but `<=`, `>=` and `!=`');
  else if (m.found.tokenType === t.Times && m.before?.tokenType === t.Times) help.push('a power is written `^`');
  return report('EBM1006', { after, found }, { span, help });
}

function missingSign(source: Source, m: Mismatch, span: Span, found: string | undefined): Diagnostic {
  const wanted = signs[m.wanted] ?? 'something';
  if (m.wanted === 'Name' && !atEnd(m) && isWord(m.found)) {
    return report('EBM1020', { word: m.found.image }, { span: tokenSpan(source, m.found) });
  }
  if (isWantingValue(m)) return missingExpression(m, span, m.before && describe(m.before), found);
  if (m.rule === 'parameters' && opensOrSeparates(m.before) && isWord(m.found)) {
    return report('EBM1020', { word: m.found.image }, { span });
  }
  // In brackets, what stands where `,` or the closing bracket should is one value after another.
  if (/^Right/.test(m.wanted) && !atEnd(m)) {
    return report(
      'EBM1010',
      { before: m.before ? describe(m.before) : 'this', found: describe(m.found) },
      { span, help: bracketHelp(m) },
    );
  }
  if (
    m.wanted === 'Colon' &&
    m.rule === 'setting' &&
    isName(m.before) &&
    onSameLine(m.twoBefore, m.before) &&
    m.twoBefore &&
    m.before &&
    endsValue(m.twoBefore)
  ) {
    return report(
      'EBM1010',
      { before: describe(m.twoBefore), found: describe(m.before) },
      { span: tokenSpan(source, m.before) },
    );
  }
  const where = places[m.rule]?.[m.wanted] ?? (m.before ? `after ${describe(m.before)}` : 'here');
  const help: string[] = [];
  if (m.rule === 'setting' && m.wanted === 'Colon') {
    help.push(
      m.inside === 'minimize'
        ? 'every term of `minimize` has a name: `name: expression`'
        : m.found.tokenType === t.Equals
          ? 'settings are written `name: value`'
          : 'each line is `name: value`',
    );
  }
  if (m.rule === 'updateStatement' && m.wanted !== 'LeftBrace')
    help.push('states change `after step`, by values of its batch, and `before epoch`, by values of the data set');
  if (m.wanted === 'Equals' && m.found.tokenType === t.Colon) help.push('a type is given with `:`, a value with `=`');
  if (
    ['viewMember', 'maskMember'].includes(m.rule) &&
    m.wanted === 'Equals' &&
    onSameLine(m.before, m.found) &&
    isGoneOn(m)
  )
    help.push(`what it is made of is a name: give the expression one above, \`let p = ${m.before?.image}...\``);
  if (m.rule === 'netItem' && m.wanted === 'LeftParen') help.push('a net without settings is written `net name()(x)`');
  return report('EBM1007', { wanted, where, found }, { span, help });
}

/** Whether an expression that has begun with a name goes on: `small(x)`, `a[0]`, `a ++ b`. */
const isGoneOn = ({ before, found }: Mismatch) =>
  isName(before) && !isWord(found) && !endsValue(found) && found.tokenType !== t.LeftBrace;

const opensOrSeparates = (token: IToken | undefined) =>
  token !== undefined && [t.LeftParen, t.LeftSquare, t.LeftBrace, t.Comma].includes(token.tokenType);

/** After `,` or an opening bracket of a call, a list or an index, where only a value or the closing bracket may stand. */
function isWantingValue(m: Mismatch): boolean {
  return (
    /^Right/.test(m.wanted) && ['list', 'postfix', 'shape', 'operand'].includes(m.rule) && opensOrSeparates(m.before)
  );
}

function endsValue(token: IToken): boolean {
  return isName(token) || /[\w"\])}%]$/.test(token.image);
}

function endHelp(source: Source, m: Mismatch): string[] {
  if (m.found.tokenType === t.Comma && /^\s*train\b/.test(lineBefore(source, m.found)))
    return ['what is trained on in turn is joined by `then`: `train M on early.train then late.train`'];
  if (m.found.tokenType === t.LeadingMinus)
    return ['a line that begins with `-` begins a new expression: put the `-` at the end of the line above'];
  if (m.found.tokenType === t.Equals) return ['`==` compares; only a name can be given a value with `=`'];
  if (m.found.tokenType === t.Dot)
    return ['a range is written with two points, `1..2`; a number has digits on both sides of its point'];
  if (!onSameLine(m.before, m.found)) return [];
  if (m.before && membersOnly.has(m.before.image) && isName(m.found))
    return [memberHelp(m.before.image, m.found.image)];
  if (m.found.tokenType === t.For && m.before && reducers.has(m.before.image)) {
    const loop = `${m.before.image} for v in views: f(v)`;
    return [
      `a loop takes in all that follows it: inside a larger expression it stands in parentheses, \`2 * (${loop})\``,
    ];
  }
  if (beginsExpression(m.found)) return ['is an operator, a comma or a line break missing between them?'];
  return [];
}

const reducers: ReadonlySet<string> = new Set(['mean', 'sum', 'max', 'min', 'stack', 'concat', 'list']);

/** Words that declare something in a model, and are names elsewhere. */
const membersOnly: ReadonlySet<string> = new Set(['encoder', 'data', 'view', 'mask', 'energy']);

function memberHelp(word: string, name: string): string {
  return word === 'encoder'
    ? `\`encoder\` stands in a model; within a body a network is named by \`let ${name} = ...\``
    : `\`${word}\` stands in a model; within a body \`let ${name} = ...\` names a value`;
}

function lineBefore({ text }: Source, { startOffset }: IToken): string {
  return text.slice(text.lastIndexOf('\n', startOffset) + 1, startOffset);
}

function bracketHelp(m: Mismatch): string[] {
  if (m.found.tokenType === t.Equals && isName(m.before))
    return [`arguments are named with a colon: \`${m.before?.image}: ...\``];
  if (m.found.tokenType === t.Equals) return ['`==` compares'];
  if (m.found.tokenType === t.Colon) return ['`:` follows the name of an argument, or separates the ends of a slice'];
  if (m.found.tokenType === t.Arrow)
    return ['`->` gives the type of a result; a range of values is written `low..high`'];
  if (beginsExpression(m.found) || isWord(m.found)) return ['is a comma or an operator missing between them?'];
  return [];
}

const atEnd = (m: Mismatch) => Number.isNaN(m.found.startOffset);

/** The token that should not be there; where the text just ends, what it ends with. */
function placeOf(source: Source, m: Mismatch): Span {
  if (!atEnd(m)) return tokenSpan(source, m.found);
  if (m.before) return tokenSpan(source, m.before);
  return { source, start: source.text.length, end: source.text.length };
}

function describe(token: IToken): string {
  if (isA(token, t.StringLiteral)) return 'a string';
  const text = token.image.length > 40 ? `${token.image.slice(0, 37)}...` : token.image;
  return `\`${text}\``;
}
