/** A token for each byte of UTF-8, as ByT5 (Xue et al. 2022, section 3.1): ids 0 to 2 are padding, end and mask, a byte b is b + 3. */
import type { TextTokenizer } from './tokenizer.js';

const first = 3;

export const byteTokenizer: TextTokenizer = {
  name: 'bytes',
  vocabulary: 256 + first,
  special: { padding: 0, end: 1, mask: 2, start: undefined },
  encode: (text) => Uint16Array.from(new TextEncoder().encode(text), (byte) => byte + first),
  decode: (ids) => {
    const bytes = Array.from(ids).flatMap((id) => (id < first ? [] : [id - first]));
    return new TextDecoder().decode(Uint8Array.from(bytes));
  },
};
