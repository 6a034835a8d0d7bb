/** Small questions about tokens that recovery asks. */
import type { IToken, TokenType } from 'chevrotain';
import * as t from './tokens.js';

export function isA(token: IToken | undefined, category: TokenType): boolean {
  if (!token) return false;
  return token.tokenType === category || (token.tokenType.CATEGORIES ?? []).includes(category);
}

export const isName = (token: IToken | undefined) => isA(token, t.Name);
/** A name or a keyword. */
export const isWord = (token: IToken | undefined) => token !== undefined && /^[A-Za-z_]/.test(token.image);

const enders = new Set<TokenType>([
  t.NumberLiteral,
  t.StringLiteral,
  t.UnclosedString,
  t.True,
  t.False,
  t.MissingMark,
  t.RightParen,
  t.RightSquare,
  t.RightBrace,
]);
/** An expression may end with it. */
export const endsExpression = (token: IToken | undefined) =>
  token !== undefined && (enders.has(token.tokenType) || isName(token));

const beginners = new Set<TokenType>([
  t.NumberLiteral,
  t.StringLiteral,
  t.UnclosedString,
  t.True,
  t.False,
  t.If,
  t.Not,
  t.LeftParen,
  t.LeftSquare,
  t.LeftBrace,
  t.LeadingMinus,
]);
/** An expression may begin with it, and no expression goes on with it on a new line. */
export const beginsExpression = (token: IToken | undefined) =>
  token !== undefined && (beginners.has(token.tokenType) || isName(token));

export const onSameLine = (before: IToken | undefined, after: IToken | undefined) =>
  before !== undefined && after !== undefined && before.startLine === after.startLine;

const pairs = new Map<TokenType, TokenType>([
  [t.LeftParen, t.RightParen],
  [t.LeftSquare, t.RightSquare],
  [t.LeftBrace, t.RightBrace],
]);
export const closerOf = (opener: IToken): TokenType => pairs.get(opener.tokenType) as TokenType;
export const isOpener = (token: IToken) => pairs.has(token.tokenType);
const closers = new Set(pairs.values());
export const isCloser = (token: IToken) => closers.has(token.tokenType);

/** A token that is not in the text, of no width, after another. */
export function inserted(type: TokenType, image: string, after: IToken): IToken {
  const at = after.startOffset + after.image.length;
  return {
    image,
    startOffset: at,
    endOffset: at - 1,
    tokenType: type,
    tokenTypeIdx: type.tokenTypeIdx as number,
    startLine: after.startLine ?? 1,
    endLine: after.startLine ?? 1,
    startColumn: 0,
    endColumn: 0,
    isInsertedInRecovery: true,
  };
}

/** Bracket depth before each token, and after the last. */
export function depths(tokens: readonly IToken[]): number[] {
  const found: number[] = [];
  let depth = 0;
  for (const token of tokens) {
    if (isCloser(token)) depth--;
    found.push(depth);
    if (isOpener(token)) depth++;
  }
  found.push(depth);
  return found;
}
