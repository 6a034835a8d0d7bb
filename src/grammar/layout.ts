/** Text that may be laid out on one line or several: a group goes on one line if it fits, else each of its `line`s breaks. */
export type Doc =
  | string
  | { readonly kind: 'concat'; readonly parts: readonly Doc[] }
  | { readonly kind: 'group'; readonly content: Doc }
  | { readonly kind: 'indent'; readonly content: Doc }
  /** A line break in a group that breaks, `flat` in one that does not. */
  | { readonly kind: 'line'; readonly flat: string };

export const width = 100;
export const softLine: Doc = { kind: 'line', flat: '' };
export const line: Doc = { kind: 'line', flat: ' ' };
export const concat = (...parts: readonly Doc[]): Doc => ({ kind: 'concat', parts });
export const group = (...parts: readonly Doc[]): Doc => ({ kind: 'group', content: concat(...parts) });
export const indent = (...parts: readonly Doc[]): Doc => ({ kind: 'indent', content: concat(...parts) });

/** `( a, b )`: on one line, or one part a line. */
export function bracketed(open: string, parts: readonly Doc[], close: string): Doc {
  if (parts.length === 0) return open + close;
  const separated = parts.flatMap((part, i) => (i === 0 ? [part] : [',', line, part]));
  return group(open, indent(softLine, ...separated), softLine, close);
}

/** The text of `doc`, which begins at `column` of a line indented by `indentation`. */
export function render(doc: Doc, indentation: number, column: number, after = 0): string {
  type Work = readonly [doc: Doc, indentation: number, flat: boolean];
  const work: Work[] = [[doc, indentation, false]];
  let out = '';
  let at = column;
  while (work.length > 0) {
    const [part, depth, flat] = work.pop() as Work;
    if (typeof part === 'string') {
      out += part;
      at += part.length;
      continue;
    }
    switch (part.kind) {
      case 'concat':
        for (let i = part.parts.length - 1; i >= 0; i--) work.push([part.parts[i] as Doc, depth, flat]);
        break;
      case 'indent':
        work.push([part.content, depth + 2, flat]);
        break;
      case 'group': {
        const fits = flat || flatWidth(part.content) + restWidth(work, after) <= width - at;
        work.push([part.content, depth, fits]);
        break;
      }
      case 'line':
        if (flat) {
          out += part.flat;
          at += part.flat.length;
        } else {
          out += `\n${' '.repeat(depth)}`;
          at = depth;
        }
        break;
      default:
        part satisfies never;
    }
  }
  return out;
}

export function flatText(doc: Doc): string {
  if (typeof doc === 'string') return doc;
  if (doc.kind === 'concat') return doc.parts.map(flatText).join('');
  return doc.kind === 'line' ? doc.flat : flatText(doc.content);
}

const widths = new WeakMap<object, number>();

export function flatWidth(doc: Doc): number {
  if (typeof doc === 'string') return doc.length;
  let found = widths.get(doc);
  if (found === undefined) {
    if (doc.kind === 'concat') found = doc.parts.reduce((sum, part) => sum + flatWidth(part), 0);
    else found = doc.kind === 'line' ? doc.flat.length : flatWidth(doc.content);
    widths.set(doc, found);
  }
  return found;
}

/** How much of what follows stays on this line whatever happens. */
function restWidth(work: readonly (readonly [Doc, number, boolean])[], after: number): number {
  let total = 0;
  for (let i = work.length - 1; i >= 0; i--) {
    const [doc, , flat] = work[i] as readonly [Doc, number, boolean];
    const { taken, breaks } = flat ? { taken: flatWidth(doc), breaks: false } : untilBreak(doc);
    total += taken;
    if (breaks) return total;
  }
  return total + after;
}

function untilBreak(doc: Doc): { taken: number; breaks: boolean } {
  if (typeof doc === 'string') return { taken: doc.length, breaks: false };
  if (doc.kind === 'line') return { taken: 0, breaks: true };
  if (doc.kind !== 'concat') return untilBreak(doc.content);
  let taken = 0;
  for (const part of doc.parts) {
    const found = untilBreak(part);
    taken += found.taken;
    if (found.breaks) return { taken, breaks: true };
  }
  return { taken, breaks: false };
}
