/** The tokenizer that a data set of texts asks for. */
import { resolve } from 'node:path';
import type { DatasetDecl, FieldDecl } from '../../../compiler/declarations.js';
import { EbmcError, report } from '../../../diagnostics/index.js';
import {
  byteTokenizer,
  isTokenizerKind,
  loadTokenizer,
  type TextTokenizer,
  tokenizerOf,
  trainTokenizer,
} from '../../tokenizers/index.js';

/**
 * `tokenizer: "tokenizer.json"` loads one, `tokenizer: "bpe"` (or "wordpiece", "unigram") trains one of the declared vocabulary on `texts`; without
 * the argument every byte is a token. Throws where it has more tokens than the field declares.
 */
export async function chooseTokenizer(
  decl: DatasetDecl,
  field: FieldDecl,
  baseDirectory: string,
  texts: () => Iterable<string>,
): Promise<TextTokenizer> {
  const wanted = decl.args['tokenizer'];
  const [length = 0, declared = 0] = field.shape;
  const tokenizer =
    typeof wanted !== 'string'
      ? byteTokenizer
      : isTokenizerKind(wanted)
        ? tokenizerOf(`${wanted}, trained on the data`, trainTokenizer(wanted, texts(), declared))
        : await loadTokenizer(resolve(baseDirectory, wanted));
  if (tokenizer.vocabulary <= declared) return tokenizer;
  const slots = {
    dataset: decl.name,
    field: field.name,
    tokenizer: tokenizer.name,
    tokens: tokenizer.vocabulary,
    declared,
    length,
  };
  throw new EbmcError([report('EBM4041', slots, { span: field.span })]);
}
