/** Comes in: a source. Goes out: its syntax tree and every syntax diagnostic. Guarantees: never throws; items that
 * are well formed are in the tree whatever the others look like. */
import type { CstNode, IToken } from 'chevrotain';
import { type Diagnostic, report } from '../diagnostics/index.js';
import { type BuildInput, buildItems } from './build.js';
import { lex, publicTokens } from './lex.js';
import { enough, isTooDeep } from './limits.js';
import { parser } from './parser.js';
import { repairModule } from './recover.js';
import type { Source } from './source.js';
import type { Item, Module, Token } from './syntax-tree.js';

const shownAtMost = 20;

export function parseModule(source: Source): { module: Module; diagnostics: Diagnostic[] } {
  const { tokens, comments, docs, diagnostics } = lex(source);
  const items = readItems({ source, docs }, tokens, diagnostics);
  const span = { source, start: 0, end: source.text.length };
  let tokenList: readonly Token[] | undefined;
  const module: Module = {
    kind: 'module',
    source,
    items,
    comments,
    span,
    // Few readers want them.
    get tokens() {
      tokenList ??= publicTokens(source, tokens);
      return tokenList;
    },
  };
  return { module, diagnostics: limit(source, diagnostics) };
}

function readItems(input: BuildInput, tokens: IToken[], diagnostics: Diagnostic[]): Item[] {
  try {
    const cst =
      (isTooDeep(tokens) ? undefined : parseTokens(tokens)) ??
      parseTokens(repairModule(input.source, tokens, diagnostics));
    return cst ? buildItems(input, cst, diagnostics) : [];
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    // The stack ran out all the same.
    diagnostics.push(report('EBM1014', {}, { span: { source: input.source, start: 0, end: 0 } }));
    return [];
  }
}

function parseTokens(tokens: IToken[]): CstNode | undefined {
  parser.input = tokens;
  const cst = parser.module();
  return parser.errors.length === 0 ? cst : undefined;
}

function limit(source: Source, diagnostics: readonly Diagnostic[]): Diagnostic[] {
  const sorted = [...diagnostics].sort((a, b) => (a.span?.start ?? 0) - (b.span?.start ?? 0));
  if (sorted.length <= shownAtMost) return sorted;
  const shown = sorted.slice(0, shownAtMost);
  const end = source.text.length;
  shown.push(
    report(
      'EBM1015',
      { count: sorted.length - shownAtMost, exact: sorted.length < enough },
      { span: { source, start: end, end } },
    ),
  );
  return shown;
}
