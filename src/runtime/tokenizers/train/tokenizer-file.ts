/** What is in a tokenizer.json. */

export interface TokenizerFile {
  readonly added_tokens: readonly object[];
  readonly normalizer: object | null;
  readonly pre_tokenizer: object;
  readonly post_processor: object | null;
  readonly decoder: object;
  readonly model: object;
}

export function addedTokens(special: readonly string[]): object[] {
  return special.map((content, id) => ({
    id,
    content,
    single_word: false,
    lstrip: false,
    rstrip: false,
    normalized: false,
    special: true,
  }));
}

export function idsOf(tokens: readonly string[]): Readonly<Record<string, number>> {
  return Object.fromEntries(tokens.map((token, id) => [token, id]));
}
