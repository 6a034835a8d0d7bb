/** Escapes of string literals. */

const escapes: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', '"': '"', '\\': '\\' };

/** The value of a literal with its quotes; an unknown escape stands for itself (the lexing stage has reported it). */
export function stringValue(literal: string): string {
  const closed = literal.length > 1 && /(?<!\\)(?:\\\\)*"$/.test(literal.slice(1));
  return literal
    .slice(1, closed ? -1 : undefined)
    .replace(/\\(?:u\{([0-9a-fA-F]{1,6})\}|(.))/g, (whole, hex: string | undefined, letter: string | undefined) => {
      if (hex === undefined) return escapes[letter ?? ''] ?? whole;
      const point = Number.parseInt(hex, 16);
      return point <= 0x10ffff ? String.fromCodePoint(point) : whole;
    });
}

export interface UnknownEscape {
  /** Where in the literal. */
  readonly at: number;
  readonly text: string;
}

export function unknownEscapes(literal: string): UnknownEscape[] {
  const found: UnknownEscape[] = [];
  for (const match of literal.matchAll(/\\(?:u\{([0-9a-fA-F]{1,6})\}|(.))/g)) {
    const [text, hex, letter] = match;
    const known = hex === undefined ? letter !== undefined && letter in escapes : Number.parseInt(hex, 16) <= 0x10ffff;
    if (!known) found.push({ at: match.index, text });
  }
  return found;
}

/** A literal, with quotes, for any value. */
export function quote(value: string): string {
  const inner = value.replace(/["\\\p{Cc}\u2028\u2029\uFEFF\uD800-\uDFFF]/gu, (c) => {
    if (c === '"' || c === '\\') return `\\${c}`;
    if (c === '\n') return '\\n';
    if (c === '\t') return '\\t';
    if (c === '\r') return '\\r';
    return `\\u{${(c.codePointAt(0) ?? 0).toString(16)}}`;
  });
  return `"${inner}"`;
}
