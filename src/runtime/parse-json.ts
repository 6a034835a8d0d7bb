/** JSON of somebody else: as `JSON.parse`, which takes gigabytes for lists in lists in lists. */

/** Levels; what people write has a dozen. */
const deepest = 1000;

/** Throws a plain error where it is no JSON or nested more deeply than anybody means. */
export function parseJson(text: string): unknown {
  let depth = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === quote) i = endOfString(text, i);
    else if (code === openList || code === openObject) {
      if (++depth > deepest) throw new Error(`it is nested more than ${deepest} levels deep`);
    } else if (code === closeList || code === closeObject) depth--;
  }
  return JSON.parse(text);
}

const [quote, backslash] = [0x22, 0x5c];
const [openList, closeList, openObject, closeObject] = [0x5b, 0x5d, 0x7b, 0x7d];

/** The place of the quote that closes the string which begins at `start`, or the end of the text. */
function endOfString(text: string, start: number): number {
  for (let i = start + 1; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === backslash) i++;
    else if (code === quote) return i;
  }
  return text.length;
}
