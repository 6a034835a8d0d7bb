/** Reads a `tokenizer.json`, the form of Hugging Face's tokenizers. */
import { readFile, stat } from 'node:fs/promises';
import { Tokenizer } from '@huggingface/tokenizers';
import { EbmcError, report } from '../../diagnostics/index.js';
import { parseJson } from '../parse-json.js';
import type { SpecialIds, TextTokenizer } from './tokenizer.js';

/** Bytes: the largest that are published have some 40 million. */
const longest = 2 ** 27;

/** What models call their special tokens, the usual ones first. */
const names: Readonly<Record<keyof SpecialIds, readonly string[]>> = {
  end: ['<|endoftext|>', '</s>', '<eos>', '[EOS]', '[SEP]', '<|end_of_text|>'],
  start: ['[CLS]', '<s>', '<bos>', '[BOS]', '<|startoftext|>', '<|begin_of_text|>'],
  padding: ['[PAD]', '<pad>', '<|pad|>', '<|padding|>'],
  mask: ['[MASK]', '<mask>', '<|mask|>'],
};

export async function loadTokenizer(file: string): Promise<TextTokenizer> {
  try {
    const { size } = await stat(file);
    if (size > longest) throw new Error(`it has ${size} bytes, more than ${longest}`);
    return tokenizerOf(file, parseJson(await readFile(file, 'utf8')));
  } catch (error) {
    throw new EbmcError([report('EBM4040', { file, reason: error instanceof Error ? error.message : String(error) })]);
  }
}

/** Throws a plain error where the contents are not a tokenizer's. */
export function tokenizerOf(name: string, contents: unknown): TextTokenizer {
  if (typeof contents !== 'object' || contents === null || !('model' in contents))
    throw new Error('it has no `model`: it is not a tokenizer.json');
  const tokenizer = new Tokenizer(contents, {});
  const id = (what: keyof SpecialIds): number | undefined => {
    const found = names[what].find((token) => tokenizer.token_to_id(token) !== undefined);
    return found === undefined ? undefined : tokenizer.token_to_id(found);
  };
  let vocabulary = 0;
  for (const used of tokenizer.get_vocab(true).values()) vocabulary = Math.max(vocabulary, used + 1);
  return {
    name,
    vocabulary,
    special: { end: id('end'), start: id('start'), padding: id('padding'), mask: id('mask') },
    encode: (text) => (text === '' ? [] : tokenizer.encode(text, { add_special_tokens: false }).ids),
    decode: (ids) => (ids.length === 0 ? '' : tokenizer.decode(Array.from(ids), { skip_special_tokens: true })),
  };
}
