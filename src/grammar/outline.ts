/** Comes in: the source of a library file that is known to be well formed. Goes out: what it uses, and its definitions by name.
 * Guarantees: a definition is read when its item is first asked for, so that what nobody uses costs little. */
import type { IToken } from 'chevrotain';
import type { Diagnostic } from '../diagnostics/index.js';
import { buildItems } from './build.js';
import { nameOf } from './cst.js';
import { type Lexed, lex } from './lex.js';
import { parser } from './parser.js';
import type { Source } from './source.js';
import { splitItems } from './split.js';
import type { FnItem, Item, Name, NetItem, RegularizerItem, UseItem } from './syntax-tree.js';
import * as t from './tokens.js';

export interface Definition {
  readonly name: Name;
  readonly item: FnItem | NetItem | RegularizerItem;
}

export interface Outline {
  readonly uses: readonly UseItem[];
  readonly definitions: readonly Definition[];
}

/** Undefined where the file is not made of `use`s and definitions alone: then all of it has to be read. */
export function outlineModule(source: Source): Outline | undefined {
  const lexed = lex(source);
  if (lexed.diagnostics.length > 0) return undefined;
  const uses: UseItem[] = [];
  const definitions: Definition[] = [];
  for (const tokens of splitItems(lexed.tokens)) {
    if (tokens[0]?.tokenType === t.Use) {
      const item = readItem(source, lexed, tokens);
      if (item?.kind !== 'use') return undefined;
      uses.push(item);
    } else {
      const name = definedName(tokens);
      if (name === undefined) return undefined;
      definitions.push(new LazyDefinition(nameOf(source, name), source, lexed, tokens));
    }
  }
  return { uses, definitions };
}

class LazyDefinition implements Definition {
  private read: Definition['item'] | undefined;

  constructor(
    readonly name: Name,
    private readonly source: Source,
    private readonly lexed: Lexed,
    private readonly tokens: IToken[],
  ) {}

  get item(): Definition['item'] {
    if (this.read === undefined) {
      const item = readItem(this.source, this.lexed, this.tokens);
      if (item?.kind !== 'fn' && item?.kind !== 'net' && item?.kind !== 'regularizer')
        throw new Error(`${this.name.text} in ${this.source.path} does not parse`);
      this.read = item;
    }
    return this.read;
  }
}

function definedName([first, second, third]: readonly IToken[]): IToken | undefined {
  switch (first?.tokenType) {
    case t.Fn:
    case t.Net:
    case t.Regularizer:
      return second;
    case t.Contrastive:
    case t.Noncontrastive:
    case t.Masking:
      return second?.tokenType === t.Regularizer ? third : undefined;
    default:
      return undefined;
  }
}

function readItem(source: Source, { docs }: Lexed, tokens: IToken[]): Item | undefined {
  const diagnostics: Diagnostic[] = [];
  parser.input = tokens;
  const cst = parser.module();
  if (parser.errors.length > 0) return undefined;
  const items = buildItems({ source, docs }, cst, diagnostics);
  return diagnostics.length === 0 && items.length === 1 ? items[0] : undefined;
}
