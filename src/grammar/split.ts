/** Where items, members, statements and settings begin, found without the grammar: used when the text does not parse. */
import type { IToken, TokenType } from 'chevrotain';
import {
  beginsExpression,
  depths,
  endsExpression,
  isCloser,
  isName,
  isOpener,
  isWord,
  onSameLine,
} from './token-facts.js';
import * as t from './tokens.js';

export type Part = 'member' | 'statement' | 'setting' | 'field';

const hardItems = new Set<TokenType>([t.Fn, t.Net, t.Model, t.Use]);
const softItems = new Set<TokenType>([t.Train, t.Evaluate, t.Compare, t.Dataset, t.Regularizer]);
const families = new Set<TokenType>([t.Contrastive, t.Noncontrastive, t.Masking]);

/** Where items begin, whatever brackets are left open above. Before the first is what belongs to none. */
export function splitItems(tokens: readonly IToken[]): IToken[][] {
  const starts: number[] = [];
  let depth = 0;
  for (let i = 0; i < tokens.length; i++) {
    const token = tokens[i] as IToken;
    const isInModel = depth > 0 && tokens[starts.at(-1) ?? 0]?.tokenType === t.Model;
    if (beginsItem(tokens, i, depth) && !(isInModel && isIndentedFunction(token))) {
      starts.push(i);
      depth = 0;
    }
    if (isOpener(token)) depth++;
    else if (isCloser(token)) depth = Math.max(0, depth - 1);
  }
  return cut(tokens, starts);
}

/** A function may be a model's own; only the layout tells it from one below a model that is not closed. */
function isIndentedFunction(token: IToken): boolean {
  return token.tokenType === t.Fn && (token.startColumn ?? 1) > 1;
}

function beginsItem(tokens: readonly IToken[], at: number, depth: number): boolean {
  const [before, token, after] = [tokens[at - 1], tokens[at] as IToken, tokens[at + 1]];
  const type = token.tokenType;
  const startsLine = !onSameLine(before, token);
  const named = isName(after) && onSameLine(token, after);
  if (families.has(type))
    return named && (startsLine || (after?.tokenType === t.Regularizer && isName(tokens[at + 2])));
  if (type === t.Regularizer && families.has(before?.tokenType as TokenType)) return false;
  if (hardItems.has(type)) return startsLine ? named || depth === 0 : named && depth === 0;
  if (softItems.has(type))
    return named && (startsLine || (depth === 0 && endsExpression(before) && before?.tokenType !== t.On));
  // Two words that begin a line outside all brackets: some other declaration, or a misspelt one.
  return depth === 0 && startsLine && (before === undefined || endsExpression(before)) && isOddDeclaration(tokens, at);
}

const goesOn = new Set<TokenType>([
  t.And,
  t.Or,
  t.Not,
  t.If,
  t.Then,
  t.Else,
  t.Of,
  t.Over,
  t.On,
  t.In,
  t.For,
  t.Where,
  t.At,
  t.By,
]);

/** Two words, the first at the beginning of a line. */
function isOddDeclaration(tokens: readonly IToken[], at: number): boolean {
  const [before, token, after] = [tokens[at - 1], tokens[at] as IToken, tokens[at + 1]];
  if (!isWord(token) || goesOn.has(token.tokenType) || onSameLine(before, token)) return false;
  if (token.tokenType === t.Minimize) return true;
  if (token.tokenType === t.Representation) return beginsExpression(after) || after?.tokenType === t.Minus;
  return isName(after) && onSameLine(token, after) && !goesOn.has(after?.tokenType as TokenType);
}

/** True where a member of a model clearly begins, however deep in brackets. */
export function clearlyBeginsMember(tokens: readonly IToken[], at: number): boolean {
  const [before, token, after] = [tokens[at - 1], tokens[at] as IToken, tokens[at + 1]];
  if (onSameLine(before, token)) return false;
  const next = tokens[at + 2]?.tokenType;
  switch (token.tokenType) {
    case t.Minimize:
      return after?.tokenType === t.LeftBrace || after?.tokenType === t.Over;
    case t.After:
    case t.Before:
      return after?.tokenType === t.updateMoments.get(token.tokenType) && next === t.LeftBrace;
    case t.State:
      return isName(after) && (next === t.Equals || next === t.Colon);
    case t.Encoder:
      return isName(after) && next === t.Equals;
    case t.Data:
      return isName(after) && next === t.Colon;
    case t.View:
      return isName(after) && (next === t.Of || next === t.Comma || next === t.LeftSquare);
    case t.Mask:
      return isName(after) && next === t.Over;
    case t.Energy:
    case t.Fn:
      return isName(after) && next === t.LeftParen;
    case t.Representation:
      return isName(after) && onSameLine(token, after);
    default:
      return false;
  }
}

/** True where a statement clearly begins, inside brackets other than `{ }` too. */
export function clearlyBeginsStatement(tokens: readonly IToken[], at: number): boolean {
  const [before, token, after] = [tokens[at - 1], tokens[at] as IToken, tokens[at + 1]];
  const isFree = !onSameLine(before, token) || endsExpression(before) || before?.tokenType === t.LeftBrace;
  if (token.tokenType === t.Let || token.tokenType === t.Repeat) return isFree;
  if (onSameLine(before, token)) return false;
  if (token.tokenType === t.Param || token.tokenType === t.State) return isName(after);
  const moment = t.updateMoments.get(token.tokenType);
  if (moment) return after?.tokenType === moment;
  return isName(token) && after?.tokenType === t.Equals && before?.tokenType !== t.Comma;
}

/** Cuts what stands between the braces of an item, a member or a statement into its parts. */
export function splitParts(tokens: readonly IToken[], part: Part): IToken[][] {
  const starts: number[] = [];
  const depth = depths(tokens);
  for (let i = 0; i < tokens.length; i++) if (depth[i] === 0 && beginsPart(tokens, i, part)) starts.push(i);
  return cut(tokens, starts).filter((segment) => segment.length > 0);
}

function beginsPart(tokens: readonly IToken[], at: number, part: Part): boolean {
  const [before, token, after] = [tokens[at - 1], tokens[at] as IToken, tokens[at + 1]];
  if (isCloser(token)) return false;
  const startsLine = !onSameLine(before, token);
  if (part === 'member') {
    if (clearlyBeginsMember(tokens, at) || token.tokenType === t.Let) return true;
    if (!startsLine || !(endsExpression(before) || before?.tokenType === t.Comma)) return false;
    return isOddDeclaration(tokens, at) || (isName(token) && after?.tokenType === t.Equals);
  }
  if (part === 'statement') {
    if (clearlyBeginsStatement(tokens, at)) return true;
    return (startsLine && endsExpression(before) && beginsExpression(token)) || before?.tokenType === t.Comma;
  }
  if (before?.tokenType === t.Comma) return true;
  return startsLine && isWord(token) && (after?.tokenType === t.Colon || endsExpression(before));
}

function cut(tokens: readonly IToken[], starts: readonly number[]): IToken[][] {
  const bounds = [...starts, tokens.length];
  if (bounds[0] !== 0) bounds.unshift(0);
  return bounds.slice(0, -1).map((from, i) => tokens.slice(from, bounds[i + 1]));
}
