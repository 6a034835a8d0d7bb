/** Documents joined and cut into examples of one length. */
import type { TextTokenizer } from '../../tokenizers/index.js';

/** The ids of all documents, one after the other, each followed by the tokenizer's end. */
export function joinDocuments(texts: readonly string[], tokenizer: TextTokenizer): Int32Array {
  const { end } = tokenizer.special;
  let ids = new Int32Array(2 ** 16);
  let size = 0;
  for (const text of texts) {
    const encoded = tokenizer.encode(text);
    const needed = size + encoded.length + 1;
    if (needed > ids.length) {
      const larger = new Int32Array(Math.max(needed, 2 * ids.length));
      larger.set(ids.subarray(0, size));
      ids = larger;
    }
    ids.set(encoded, size);
    size += encoded.length;
    if (end !== undefined) ids[size++] = end;
  }
  return ids.slice(0, size);
}

/** Examples of `length` ids, `stride` apart in the joined text; with a frame, between its two ids. What is left at the end is dropped. */
export function cut(
  ids: Int32Array,
  length: number,
  stride: number,
  frame?: readonly [number, number],
): { readonly count: number; readonly ids: Int32Array } {
  const inner = frame ? length - 2 : length;
  const count = ids.length < inner ? 0 : Math.floor((ids.length - inner) / stride) + 1;
  const rows = new Int32Array(count * length);
  for (let row = 0; row < count; row++) {
    const from = ids.subarray(row * stride, row * stride + inner);
    rows.set(from, row * length + (frame ? 1 : 0));
    if (!frame) continue;
    rows[row * length] = frame[0];
    rows[(row + 1) * length - 1] = frame[1];
  }
  return { count, ids: rows };
}

/** The last `share` of the characters, cut where a word ends, apart from those before. */
export function holdOut(texts: readonly string[], share: number): { train: string[]; test: string[] } {
  const total = texts.reduce((sum, { length }) => sum + length, 0);
  let before = Math.round(total * (1 - share));
  const train: string[] = [];
  const test: string[] = [];
  for (const text of texts) {
    if (before <= 0) test.push(text);
    else if (text.length <= before) train.push(text);
    else {
      const space = text.indexOf(' ', before);
      const at = space < 0 ? text.length : space;
      train.push(text.slice(0, at));
      if (at < text.length) test.push(text.slice(at));
    }
    before -= text.length;
  }
  return { train, test };
}
