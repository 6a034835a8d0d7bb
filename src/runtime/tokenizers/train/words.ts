/** The words of a text, as a tokenizer cuts it before its model sees it, counted. */
import { Tokenizer } from '@huggingface/tokenizers';

/** What of a tokenizer.json comes before its model. */
export interface Cutting {
  readonly normalizer: object | null;
  readonly pre_tokenizer: object;
}

/** In the order of their code units, so that the same texts give the same tokenizer. */
export function countWords(texts: Iterable<string>, cutting: Cutting): Map<string, number> {
  const empty = { type: 'BPE', vocab: {}, merges: [] };
  const tokenizer = new Tokenizer(
    { version: '1.0', added_tokens: [], ...cutting, post_processor: null, decoder: null, model: empty },
    {},
  );
  const counts = new Map<string, number>();
  for (const text of texts) {
    if (text === '') continue;
    const normal = tokenizer.normalizer ? tokenizer.normalizer.normalize(text) : text;
    for (const word of tokenizer.pre_tokenizer!.pre_tokenize(normal)) counts.set(word, (counts.get(word) ?? 0) + 1);
  }
  return new Map([...counts].sort(([a], [b]) => (a < b ? -1 : 1)));
}
