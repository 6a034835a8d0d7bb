/** How deep a program may be, so that no stage that walks it runs out of stack. */
import type { IToken, TokenType } from 'chevrotain';
import { isA, isCloser, isOpener } from './token-facts.js';
import * as t from './tokens.js';

/** So many faults are noise: no more are looked for. */
export const enough = 500;

const brackets = 64;
const operators = 1000;
const separators = new Set<TokenType>([t.Equals, t.Colon, t.Comma, t.LeftBrace, t.RightBrace, t.Let]);

export function isTooDeep(tokens: readonly IToken[]): boolean {
  let depth = 0;
  let run = 0;
  for (const token of tokens) {
    if (isOpener(token)) depth++;
    else if (isCloser(token)) depth = Math.max(0, depth - 1);
    if (separators.has(token.tokenType)) run = 0;
    else if (deepens(token)) run++;
    if (depth > brackets || run > operators) return true;
  }
  return false;
}

function deepens(token: IToken): boolean {
  const type = token.tokenType;
  return (
    isA(token, t.BinarySign) ||
    isA(token, t.PrefixSign) ||
    isOpener(token) ||
    type === t.Pipe ||
    type === t.Dot ||
    type === t.If ||
    type === t.Else
  );
}
