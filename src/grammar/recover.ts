/** Comes in: the tokens of a module that does not parse. Goes out: tokens that do. Guarantees: every part (item, member,
 * statement, setting) that parses by itself is kept; each that does not is reported once, and left out or kept with a
 * mark where its expression should be. */
import type { IToken, TokenType } from 'chevrotain';
import { type Diagnostic, report } from '../diagnostics/index.js';
import { balance } from './balance.js';
import { tokenSpan } from './cst.js';
import { explain } from './explain.js';
import { enough, isTooDeep } from './limits.js';
import { type Mismatch, readMismatch } from './mismatch.js';
import { reportOdd, spelledRight } from './odd-words.js';
import { parser, type RuleName } from './parser.js';
import type { Source } from './source.js';
import { type Part, splitItems, splitParts } from './split.js';
import { depths, inserted } from './token-facts.js';
import * as t from './tokens.js';

export function repairModule(source: Source, tokens: readonly IToken[], diagnostics: Diagnostic[]): IToken[] {
  return new Repair(source, diagnostics).items(tokens);
}

const itemParts = new Map<TokenType, Part | undefined>([
  [t.Use, undefined],
  [t.Fn, 'statement'],
  [t.Net, 'statement'],
  [t.Regularizer, 'statement'],
  [t.Contrastive, 'statement'],
  [t.Noncontrastive, 'statement'],
  [t.Masking, 'statement'],
  [t.Model, 'member'],
  [t.Dataset, 'field'],
  [t.Train, 'setting'],
  [t.Evaluate, 'setting'],
  [t.Compare, 'setting'],
]);
const memberParts = new Map<TokenType, Part | undefined>([
  [t.Fn, 'statement'],
  [t.Energy, 'statement'],
  [t.Minimize, 'setting'],
  [t.After, 'statement'],
  [t.Before, 'statement'],
]);
const statementParts = new Map<TokenType, Part | undefined>([
  [t.Repeat, 'statement'],
  [t.After, 'statement'],
  [t.Before, 'statement'],
]);

class Repair {
  /** The first word of what the part at hand stands in. */
  private inside: string | undefined;
  /** Attempts that failed: of these there are several for each thing that is wrong. */
  private faults = 0;
  private readonly strayLines: ReadonlySet<number | undefined>;

  constructor(
    private readonly source: Source,
    private readonly diagnostics: Diagnostic[],
  ) {
    this.strayLines = linesOf(source, diagnostics);
  }

  items(tokens: readonly IToken[]): IToken[] {
    const kept: IToken[] = [];
    let insideNoise = false;
    const chunks = splitItems(tokens).filter((chunk) => chunk.length > 0);
    for (const [i, chunk] of chunks.entries()) {
      const item = this.namedItem(chunk);
      if (this.faults > 2 * enough) break;
      if (!item) this.faults++;
      if (item) for (const token of this.item(item, chunks[i + 1]?.[0])) kept.push(token);
      else if (!insideNoise) this.diagnostics.push(reportOdd(this.source, chunk, 'item'));
      insideNoise = !item;
    }
    return kept;
  }

  /** The chunk, with its first word spelled right; nothing if it is no item. */
  private namedItem(chunk: IToken[]): IToken[] | undefined {
    if (itemParts.has((chunk[0] as IToken).tokenType)) return chunk;
    return this.respelled(chunk, 'item');
  }

  private respelled(tokens: IToken[], part: 'item' | 'member' | 'statement'): IToken[] | undefined {
    const right = spelledRight(tokens, part);
    if (!right) return undefined;
    const first = tokens[0] as IToken;
    this.diagnostics.push(
      report('EBM1009', { word: first.image, part, meant: right.image }, { span: tokenSpan(this.source, first) }),
    );
    return [right, ...tokens.slice(1)];
  }

  private item(tokens: IToken[], next: IToken | undefined): IToken[] {
    if (isTooDeep(tokens)) {
      this.diagnostics.push(report('EBM1014', {}, { span: tokenSpan(this.source, tokens[0] as IToken) }));
      return [];
    }
    if (!this.mismatch('item', tokens)) return tokens;
    const balanced = balance(this.source, tokens, next, this.diagnostics);
    // Closing a bracket may show that a further item began inside it.
    const [first = [], ...others] = splitItems(balanced);
    const repaired = this.part('item', first);
    const isSound = repaired.length > 0 && !this.mismatch('item', repaired);
    return [...(isSound ? repaired : []), ...others.flatMap((other) => this.items(other))];
  }

  /** One item, member, statement or setting whose brackets are balanced. */
  private part(rule: Exclude<RuleName, 'module'>, tokens: IToken[]): IToken[] {
    const wrong = this.mismatch(rule, tokens);
    if (!wrong) return tokens;
    const body = findBody(rule, tokens);
    if (!body) return this.giveUp(rule, tokens, wrong);
    const { open, close, part } = body;
    const header = [...tokens.slice(0, open + 1), tokens[close] as IToken];
    const headerWrong = this.mismatch(rule, header);
    if (headerWrong) this.report(headerWrong);
    const outside = this.inside;
    this.inside = tokens[0]?.image;
    const inner = this.parts(part, tokens.slice(open + 1, close));
    this.inside = outside;
    const after = tokens.slice(close + 1);
    if (after.length > 0)
      this.report({ wanted: 'end', rule, found: after[0] as IToken, before: tokens[close], rules: [] });
    if (headerWrong) return [];
    return [...tokens.slice(0, open + 1), ...inner, tokens[close] as IToken];
  }

  private parts(part: Part, tokens: readonly IToken[]): IToken[] {
    const kept: IToken[] = [];
    for (const segment of splitParts(tokens, part)) {
      if (this.faults > 2 * enough) break;
      const { body, comma, extra } = withoutCommas(segment);
      if (extra) this.report({ wanted: part, rule: part, found: extra, before: kept[kept.length - 1], rules: [] });
      if (body.length === 0) continue;
      const known = this.known(part, body);
      for (const token of known) kept.push(token);
      if (comma && known.length > 0) kept.push(comma);
    }
    return kept;
  }

  private known(part: Part, tokens: IToken[]): IToken[] {
    if (!this.mismatch(part, tokens)) return tokens;
    if (part === 'member' || part === 'statement') {
      const respelled = this.respelled(tokens, part);
      if (respelled) return this.part(part, respelled);
      const odd = this.mismatch(part, tokens);
      if (part === 'member' && odd?.wanted === 'member') {
        this.diagnostics.push(reportOdd(this.source, tokens, 'member'));
        return [];
      }
    }
    return this.part(part, tokens);
  }

  /** Reports what is wrong and keeps the beginning, with a mark for the expression, where that much is well formed. */
  private giveUp(rule: Exclude<RuleName, 'module'>, tokens: IToken[], wrong: Mismatch): IToken[] {
    this.report(wrong);
    const depth = depths(tokens);
    const first = tokens[0] as IToken;
    const beginnings: IToken[][] = [];
    tokens.forEach((token, i) => {
      if (depth[i] === 0 && (token.tokenType === t.Equals || token.tokenType === t.Colon))
        beginnings.unshift(tokens.slice(0, i + 1));
    });
    if (wrong.wanted === 'Equals' || wrong.wanted === 'Colon') {
      const upTo = Number.isNaN(wrong.found.startOffset) ? tokens : tokens.slice(0, tokens.indexOf(wrong.found));
      const [type, image] = wrong.wanted === 'Equals' ? [t.Equals, '='] : [t.Colon, ':'];
      beginnings.push([...upTo, inserted(type, image, upTo[upTo.length - 1] ?? first)]);
    }
    beginnings.push(first.tokenType === t.Representation ? [first] : []);
    for (const begin of beginnings) {
      if (begin.length === 0 && rule !== 'statement') continue;
      const stub = [...begin, inserted(t.MissingMark, '', begin[begin.length - 1] ?? first)];
      if (!this.mismatch(rule, stub)) return stub;
    }
    return [];
  }

  private report(wrong: Mismatch): void {
    // Characters that were left out have been reported, and explain whatever else is wrong on their line.
    if (
      this.strayLines.has(wrong.found.startLine ?? wrong.before?.startLine) ||
      this.strayLines.has(wrong.before?.startLine)
    )
      return;
    this.diagnostics.push(explain(this.source, { ...wrong, inside: this.inside }));
  }

  private mismatch(rule: Exclude<RuleName, 'module'>, tokens: IToken[]): Mismatch | undefined {
    parser.input = tokens;
    parser[rule]();
    const error = parser.errors[0];
    if (!error) return undefined;
    this.faults++;
    const at = Number.isNaN(error.token.startOffset) ? tokens.length : tokens.indexOf(error.token);
    return readMismatch(error, tokens[at - 1], tokens[at - 2]);
  }
}

/** The lines on which characters were left out. */
function linesOf(source: Source, diagnostics: readonly Diagnostic[]): Set<number | undefined> {
  const lines = new Set<number | undefined>();
  let [line, at] = [1, 0];
  for (const { code, span } of diagnostics) {
    if (code !== 'EBM1001' || !span || span.start < at) continue;
    for (; at < span.start; at++) if (source.text[at] === '\n') line++;
    lines.add(line);
  }
  return lines;
}

function findBody(rule: RuleName, tokens: readonly IToken[]): { open: number; close: number; part: Part } | undefined {
  const table =
    rule === 'item' ? itemParts : rule === 'member' ? memberParts : rule === 'statement' ? statementParts : undefined;
  const first = tokens[0] as IToken;
  const part = table?.get(first.tokenType);
  if (!part) return undefined;
  const depth = depths(tokens);
  const isOpen = (token: IToken, i: number) => depth[i] === 0 && token.tokenType === t.LeftBrace;
  const open = part === 'field' ? tokens.findLastIndex(isOpen) : tokens.findIndex(isOpen);
  if (open < 0) return undefined;
  const inline = tokens.findIndex((token, i) => depth[i] === 0 && token.tokenType === t.Equals);
  if (part === 'statement' && first.tokenType !== t.Repeat && inline >= 0 && inline < open) return undefined;
  const close = tokens.findIndex((token, i) => i > open && depth[i] === 0 && token.tokenType === t.RightBrace);
  return close < 0 ? undefined : { open, close, part };
}

function withoutCommas(segment: IToken[]): { body: IToken[]; comma: IToken | undefined; extra: IToken | undefined } {
  let [from, to] = [0, segment.length];
  while (from < to && segment[from]?.tokenType === t.Comma) from++;
  while (to > from && segment[to - 1]?.tokenType === t.Comma) to--;
  const extra = from > 0 ? segment[0] : segment.length - to > 1 ? segment[to + 1] : undefined;
  return { body: segment.slice(from, to), comma: to < segment.length ? segment[to] : undefined, extra };
}
