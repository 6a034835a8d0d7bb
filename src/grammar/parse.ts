/** Comes in: a source. Goes out: its syntax tree and every syntax diagnostic. Guarantees: never throws; items that
 * are well formed are in the tree whatever the others look like. */
import type { CstNode } from 'chevrotain';
import { type Diagnostic, report } from '../diagnostics/index.js';
import { buildItems } from './build.js';
import { lex, publicTokens } from './lex.js';
import { parser } from './parser.js';
import { repairModule } from './recover.js';
import type { Source } from './source.js';
import type { Item, Module } from './syntax-tree.js';

const shownAtMost = 20;

export function parseModule(source: Source): { module: Module; diagnostics: Diagnostic[] } {
  const { tokens, comments, docs, diagnostics } = lex(source);
  const cst = parseTokens(tokens) ?? parseTokens(repairModule(source, tokens, diagnostics));
  const items: Item[] = cst ? buildItems({ source, docs }, cst, diagnostics) : [];
  const span = { source, start: 0, end: source.text.length };
  const module: Module = { kind: 'module', source, items, tokens: publicTokens(source, tokens), comments, span };
  return { module, diagnostics: limit(source, diagnostics) };
}

function parseTokens(tokens: Parameters<typeof repairModule>[1]): CstNode | undefined {
  parser.input = tokens;
  const cst = parser.module();
  return parser.errors.length === 0 ? cst : undefined;
}

function limit(source: Source, diagnostics: readonly Diagnostic[]): Diagnostic[] {
  const sorted = [...diagnostics].sort((a, b) => (a.span?.start ?? 0) - (b.span?.start ?? 0));
  if (sorted.length <= shownAtMost) return sorted;
  const shown = sorted.slice(0, shownAtMost);
  const end = source.text.length;
  shown.push(report('EBM1015', { count: sorted.length - shownAtMost }, { span: { source, start: end, end } }));
  return shown;
}
