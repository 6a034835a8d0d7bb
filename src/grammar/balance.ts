/** Comes in: the tokens of one item. Goes out: the same with every bracket closed. Guarantees: each bracket that had to be
 * put in, taken out or changed is reported. */
import type { IToken, TokenType } from 'chevrotain';
import { type Diagnostic, report } from '../diagnostics/index.js';
import { tokenSpan } from './cst.js';
import type { Source } from './source.js';
import { clearlyBeginsMember, clearlyBeginsStatement } from './split.js';
import { closerOf, endsExpression, inserted, isCloser, isOpener, isWord, onSameLine } from './token-facts.js';
import * as t from './tokens.js';

interface Open {
  readonly token: IToken;
  /** Its place among the tokens that go out. */
  readonly at: number;
}

/** `next`: the token that begins the item after this one. */
export function balance(
  source: Source,
  tokens: readonly IToken[],
  next: IToken | undefined,
  diagnostics: Diagnostic[],
): IToken[] {
  const out: IToken[] = [];
  const open: Open[] = [];
  const isModel = tokens[0]?.tokenType === t.Model;

  const braceOfModel = () => out.findIndex((token) => token.tokenType === t.LeftBrace);
  // A string that is not closed has swallowed what would have closed the brackets before it.
  const stringLines = new Set(
    tokens.filter((token) => token.tokenType === t.UnclosedString).map((token) => token.startLine),
  );

  /** Closes the innermost bracket where it most likely should have been closed. */
  const close = () => {
    const { token, at } = open.pop() as Open;
    const text = closerOf(token).LABEL as string;
    const span = tokenSpan(source, token);
    if (isModel && at === braceOfModel() && next && (next.startColumn ?? 1) > 1) {
      diagnostics.push(report('EBM1013', { word: next.image, part: 'item' }, { span: tokenSpan(source, next) }));
    } else if (!stringLines.has(token.startLine)) {
      diagnostics.push(report('EBM1004', { opener: token.image, closer: text.replace(/`/g, '') }, { span }));
    }
    const place = token.tokenType === t.LeftBrace ? out.length : likelyEnd(out, at);
    out.splice(place, 0, inserted(closerOf(token), text.replace(/`/g, ''), out[place - 1] ?? token));
  };
  const closeHere = () => {
    const { token } = open.pop() as Open;
    diagnostics.push(report('EBM1004', { opener: '(', closer: ')' }, { span: tokenSpan(source, token) }));
    out.push(inserted(t.RightParen, ')', out.at(-1) as IToken));
  };
  const closeDownTo = (depth: number) => {
    while (open.length > depth) close();
  };
  const braceDepth = () => open.findLastIndex(({ token }) => token.tokenType === t.LeftBrace) + 1;

  tokens.forEach((token, i) => {
    if (endsSignature(token, tokens[i + 1], open, out)) closeHere();
    else if (isModel && open.length > 1 && clearlyBeginsMember(tokens, i)) closeDownTo(1);
    else if (open.length > braceDepth() && clearlyBeginsStatement(tokens, i)) closeDownTo(braceDepth());
    if (isOpener(token)) open.push({ token, at: out.length });
    if (!isCloser(token)) {
      out.push(token);
      return;
    }
    const matching = open.findLastIndex((o) => closerOf(o.token) === token.tokenType);
    const innermost = open[open.length - 1];
    const span = tokenSpan(source, token);
    if (matching >= 0 && (token.tokenType === t.RightBrace || matching >= braceDepth())) {
      closeDownTo(matching + 1);
      open.pop();
      out.push(token);
    } else if (innermost && innermost.token.tokenType !== t.LeftBrace && token.tokenType !== t.RightBrace) {
      const related = [{ span: tokenSpan(source, innermost.token), message: 'opened here' }];
      const wanted = (closerOf(innermost.token).LABEL as string).replace(/`/g, '');
      diagnostics.push(
        report('EBM1005', { closer: token.image, opener: innermost.token.image, wanted }, { span, related }),
      );
      open.pop();
      out.push({
        ...token,
        image: wanted,
        tokenType: closerOf(innermost.token),
        tokenTypeIdx: closerOf(innermost.token).tokenTypeIdx as number,
      });
    } else {
      diagnostics.push(report('EBM1005', { closer: token.image, opener: undefined, wanted: undefined }, { span }));
    }
  });
  closeDownTo(0);
  return out;
}

/** Whether the parameters of a definition should have ended: what begins its result's type, or its body, stands in no parameter. */
function endsSignature(
  token: IToken,
  next: IToken | undefined,
  open: readonly Open[],
  out: readonly IToken[],
): boolean {
  const begins = token.tokenType === t.LeftBrace || (token.tokenType === t.Arrow && next?.tokenType === t.LeftSquare);
  return (
    begins &&
    open.length === 1 &&
    open[0]!.token.tokenType === t.LeftParen &&
    definitions.has(out[0]!.tokenType) &&
    !hasBody(out)
  );
}

const definitions: ReadonlySet<TokenType> = new Set([
  t.Fn,
  t.Net,
  t.Regularizer,
  t.Contrastive,
  t.Noncontrastive,
  t.Masking,
]);

/** Whether a `=` or `{` outside of all brackets was met. */
function hasBody(tokens: readonly IToken[]): boolean {
  let depth = 0;
  return tokens.some((token) => {
    if (depth === 0 && (token.tokenType === t.Equals || token.tokenType === t.LeftBrace)) return true;
    depth += isOpener(token) ? 1 : isCloser(token) ? -1 : 0;
    return false;
  });
}

/** The end of the first line after the bracket at which what it holds could end. */
function likelyEnd(out: readonly IToken[], opener: number): number {
  let depth = 0;
  for (let i = opener + 1; i < out.length; i++) {
    const token = out[i] as IToken;
    if (isOpener(token)) depth++;
    else if (isCloser(token)) depth--;
    const next = out[i + 1];
    if (depth <= 0 && endsExpression(token) && next && !onSameLine(token, next) && (isWord(next) || isCloser(next)))
      return i + 1;
  }
  return out.length;
}
