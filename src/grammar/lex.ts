/** From text to tokens, comments and doc comments. What the lexer cannot read is reported and left out. */
import { type IToken, Lexer } from 'chevrotain';
import { type Diagnostic, report } from '../diagnostics/index.js';
import { enough } from './limits.js';
import type { Source } from './source.js';
import { unknownEscapes } from './strings.js';
import type { Comment, Token } from './syntax-tree.js';
import * as t from './tokens.js';

export interface Lexed {
  /** For the parser. */
  readonly tokens: IToken[];
  readonly comments: Comment[];
  /** The lines of the doc comment above the token that begins at an offset. */
  readonly docs: ReadonlyMap<number, readonly string[]>;
  readonly diagnostics: Diagnostic[];
}

const lexer = new Lexer(t.allTokens, { positionTracking: 'full', skipValidations: true, ensureOptimizations: true });

export function lex(source: Source): Lexed {
  const result = lexer.tokenize(source.text);
  const diagnostics: Diagnostic[] = [];
  const tokens = checkTokens(source, result.tokens, diagnostics);
  markLeadingMinus(tokens);
  const comments = (result.groups.comments ?? []).map((c) => readComment(source, c));
  return { tokens, comments, docs: attachDocs(source, tokens, comments), diagnostics };
}

export function publicTokens(source: Source, tokens: readonly IToken[]): Token[] {
  return tokens.map((token) => ({
    type: token.tokenType.name,
    text: token.image,
    span: { source, start: token.startOffset, end: token.startOffset + token.image.length },
  }));
}

/** Reports the tokens that are none and leaves them out: unreadable characters once a line, semicolons once a file. */
function checkTokens(source: Source, tokens: IToken[], diagnostics: Diagnostic[]): IToken[] {
  let dropped = 0;
  let sawSemicolon = false;
  let strayLine = -1;
  for (const token of tokens) {
    switch (token.tokenType) {
      case t.Stray:
        dropped++;
        if (token.startLine === strayLine) break;
        strayLine = token.startLine ?? -1;
        if (diagnostics.length < enough)
          diagnostics.push(report('EBM1001', { text: token.image.slice(0, 24) }, { span: span(source, token) }));
        break;
      case t.Semicolon:
        dropped++;
        if (!sawSemicolon) diagnostics.push(report('EBM1016', {}, { span: span(source, token) }));
        sawSemicolon = true;
        break;
      case t.UnclosedString:
        if (diagnostics.length < enough) diagnostics.push(report('EBM1002', {}, { span: span(source, token) }));
        break;
      case t.StringLiteral:
        if (token.image.includes('\\')) checkEscapes(source, token, diagnostics);
    }
  }
  return dropped === 0
    ? tokens
    : tokens.filter((token) => token.tokenType !== t.Stray && token.tokenType !== t.Semicolon);
}

function checkEscapes(source: Source, token: IToken, diagnostics: Diagnostic[]): void {
  for (const { at, text } of unknownEscapes(token.image)) {
    if (diagnostics.length >= enough) return;
    const start = token.startOffset + at;
    diagnostics.push(report('EBM1003', { text }, { span: { source, start, end: start + text.length } }));
  }
}

function span(source: Source, token: IToken) {
  return { source, start: token.startOffset, end: token.startOffset + token.image.length };
}

/** See `LeadingMinus`. */
function markLeadingMinus(tokens: readonly IToken[]): void {
  const open: boolean[] = [];
  let line = -1;
  for (const token of tokens) {
    const type = token.tokenType;
    if (type === t.LeftBrace) open.push(true);
    else if (type === t.LeftParen || type === t.LeftSquare) open.push(false);
    else if (type === t.RightBrace || type === t.RightParen || type === t.RightSquare) open.pop();
    else if (type === t.Minus && token.startLine !== line && open[open.length - 1] === true)
      retype(token, t.LeadingMinus);
    line = token.startLine ?? line;
  }
}

export function retype(token: IToken, type: IToken['tokenType']): void {
  token.tokenType = type;
  token.tokenTypeIdx = type.tokenTypeIdx as number;
}

function readComment(source: Source, token: IToken): Comment {
  const isDoc = token.image.startsWith('///') && !token.image.startsWith('////');
  return { text: token.image.trimEnd(), isDoc, span: span(source, token) };
}

/** A doc comment belongs to the token below it, if nothing but its own further lines stands between; a blank line begins another. */
function attachDocs(source: Source, tokens: readonly IToken[], comments: readonly Comment[]): Map<number, string[]> {
  const docs = new Map<number, string[]>();
  let at = 0;
  for (let first = 0; first < comments.length; ) {
    let last = first;
    while (last + 1 < comments.length && adjacent(source, comments[last] as Comment, comments[last + 1] as Comment))
      last++;
    const lastComment = comments[last] as Comment;
    if (lastComment.isDoc) {
      while (at < tokens.length && (tokens[at] as IToken).startOffset < lastComment.span.end) at++;
      const below = tokens[at];
      const gap = below && source.text.slice(lastComment.span.end, below.startOffset);
      if (below && gap?.trim() === '') {
        docs.set(
          below.startOffset,
          comments.slice(first, last + 1).map((c) => c.text.replace(/^\/\/\/ ?/, '')),
        );
      }
    }
    first = last + 1;
  }
  return docs;
}

function adjacent(source: Source, upper: Comment, lower: Comment): boolean {
  if (!upper.isDoc || !lower.isDoc) return false;
  return /^[^\S\n]*\n[^\S\n]*$/.test(source.text.slice(upper.span.end, lower.span.start));
}
