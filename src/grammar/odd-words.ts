/** Words at the place of a keyword that are none: misspelt, out of place, or not yet in the language. */

import type { IToken } from 'chevrotain';
import { type Diagnostic, nearest, report } from '../diagnostics/index.js';
import { tokenSpan } from './cst.js';
import type { Source } from './source.js';
import { isName, isWord } from './token-facts.js';
import * as t from './tokens.js';

const words = {
  item: [
    'use',
    'fn',
    'net',
    'regularizer',
    'contrastive',
    'noncontrastive',
    'masking',
    'model',
    'dataset',
    'train',
    'evaluate',
    'compare',
  ],
  member: [
    'data',
    'view',
    'mask',
    'encoder',
    'let',
    'param',
    'state',
    'after',
    'before',
    'energy',
    'fn',
    'minimize',
    'representation',
  ],
  statement: ['let', 'param', 'state', 'after', 'before', 'repeat'],
} as const;

/** Declared in the design of the language, not built yet. */
const planned = new Set(['latent', 'sample']);

const otherLanguages: Readonly<Record<string, string>> = {
  import: 'use',
  from: 'use',
  include: 'use',
  function: 'fn',
  func: 'fn',
  def: 'fn',
  class: 'model',
  network: 'net',
  module: 'net',
  const: 'let',
  var: 'let',
  for: 'repeat',
  while: 'repeat',
  loss: 'minimize',
  objective: 'minimize',
  input: 'data',
};

/** The first word as the keyword it was meant to be, if it is near one and what follows fits. */
export function spelledRight(tokens: readonly IToken[], part: keyof typeof words): IToken | undefined {
  const [word, after] = tokens;
  if (!word || word.tokenType !== t.Identifier || planned.has(word.image)) return undefined;
  const meant = nearest(word.image, words[part]);
  if (!meant) return undefined;
  const type = t.keywords.get(meant);
  const moment = type && t.updateMoments.get(type);
  const fits =
    meant === 'minimize'
      ? after?.tokenType === t.LeftBrace || after?.tokenType === t.Over
      : moment
        ? after?.tokenType === moment
        : isName(after);
  if (!fits || !type) return undefined;
  return { ...word, image: meant, tokenType: type, tokenTypeIdx: type.tokenTypeIdx as number };
}

/** For tokens that begin no item, or no member. */
export function reportOdd(source: Source, tokens: readonly IToken[], part: 'item' | 'member'): Diagnostic {
  const first = tokens[0] as IToken;
  const span = tokenSpan(source, first);
  const word = first.image;
  if (
    isWord(first) &&
    (isName(tokens[1]) || tokens[1]?.tokenType === t.LeftBrace || first.tokenType === t.Representation)
  ) {
    if (planned.has(word)) return report('EBM1018', { word }, { span });
    const other = part === 'item' ? 'member' : 'item';
    if ((words[other] as readonly string[]).includes(word)) return report('EBM1013', { word, part: other }, { span });
    if (Object.hasOwn(otherLanguages, word))
      return report('EBM1009', { word, part, meant: otherLanguages[word] as string }, { span });
  }
  if (part === 'member' && isName(first) && tokens[1]?.tokenType === t.Equals) {
    return report(
      'EBM1008',
      { text: word, part, choices: words.member },
      { span, help: [`to give a value a name, write \`let ${word} = ...\``] },
    );
  }
  return report('EBM1008', { text: word, part, choices: words[part] }, { span });
}
