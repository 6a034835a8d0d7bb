/** What turns text into ids and back. */

/** Ids with a meaning of their own; undefined where the tokenizer has none. */
export interface SpecialIds {
  /** Stands between documents. */
  readonly end: number | undefined;
  readonly start: number | undefined;
  readonly padding: number | undefined;
  readonly mask: number | undefined;
}

export interface TextTokenizer {
  /** Its file, or what it is called. */
  readonly name: string;
  /** All ids are below. */
  readonly vocabulary: number;
  readonly special: SpecialIds;
  /** Without special tokens around it. */
  encode(text: string): ArrayLike<number>;
  decode(ids: ArrayLike<number>): string;
}
