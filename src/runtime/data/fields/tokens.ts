/** `Tokens[length, vocab]`: ids as they are stored; of a column of texts, each encoded, cut or filled up to the length. */
import { EbmcError, report } from '../../../diagnostics/index.js';
import type { TextTokenizer } from '../../tokenizers/index.js';
import type { TensorColumn, TextColumn } from '../columns.js';
import { chooseTokenizer } from '../text/choose-tokenizer.js';
import { readable } from '../text/readable.js';
import type { FieldType, Reader } from './field-type.js';
import { otherShape, valuesOf } from './shapes.js';

const atOnce = 4096;

export const tokensField: FieldType = {
  takesUnnamed: ['tensor', 'text'],
  async bind(binding, { baseDirectory }) {
    const { decl, field, columns } = binding;
    const texts = columns.flatMap(({ column }) => (column.kind === 'text' ? [column] : []));
    if (texts.length === columns.length) {
      const training = await allTexts(texts[0]!, columns[0]!.count);
      const tokenizer = await chooseTokenizer(decl, field, baseDirectory, () => training);
      const encode = encoderOf(tokenizer, field.shape[0]!);
      const readers = texts.map((column) => encoded(column, encode, field.shape[0]!));
      return { readers, text: { encode, decode: readable(tokenizer) } };
    }
    const ids = columns.flatMap(({ column }) =>
      column.kind === 'tensor' && column.element !== 'float' && valuesOf(column.shape) === field.shape[0]
        ? [column]
        : [],
    );
    if (ids.length < columns.length) return otherShape(binding);
    for (const [i, column] of ids.entries()) {
      const found = await outside(column, columns[i]!.count, field.shape[1]!);
      const slots = { dataset: decl.name, field: field.name, declared: field.shape[1]! };
      if (found !== undefined) return report('EBM4045', { ...slots, found }, { span: field.span });
    }
    const readers = ids.map(
      (column): Reader =>
        async (rows, draw) =>
          Int32Array.from(await column.read(rows, draw)),
    );
    const decode = ids[0]?.decode;
    return { readers, ...(decode ? { text: { encode: undefined, decode } } : {}) };
  },
};

async function allTexts(column: TextColumn, count: number): Promise<readonly string[]> {
  return column.read(range(0, count));
}

/** An id that is not from 0 to `vocab` - 1. */
async function outside(column: TensorColumn, count: number, vocab: number): Promise<number | undefined> {
  for (let start = 0; start < count; start += atOnce) {
    const values = await column.read(range(start, Math.min(count, start + atOnce)));
    for (let i = 0; i < values.length; i++) if (values[i]! < 0 || values[i]! >= vocab) return values[i]!;
  }
  return undefined;
}

/** Cut, or filled up with padding. */
function encoderOf(tokenizer: TextTokenizer, length: number): (text: string) => Int32Array {
  const { padding, end } = tokenizer.special;
  const filling = padding ?? end;
  if (filling === undefined)
    throw new EbmcError([report('EBM4046', { tokenizer: tokenizer.name, missing: 'padding' })]);
  return (text) => {
    const ids = new Int32Array(length).fill(filling);
    const own = Array.from(tokenizer.encode(text)).slice(0, length);
    ids.set(own);
    if (end !== undefined && own.length < length) ids[own.length] = end;
    return ids;
  };
}

function encoded(column: TextColumn, encodeText: (text: string) => Int32Array, length: number): Reader {
  return async (rows) => {
    const ids = new Int32Array(rows.length * length);
    for (const [i, text] of (await column.read(rows)).entries()) ids.set(encodeText(text), i * length);
    return ids;
  };
}

function range(from: number, to: number): Uint32Array {
  return Uint32Array.from({ length: to - from }, (_, i) => from + i);
}
