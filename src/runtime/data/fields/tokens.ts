/** `Tokens[length, vocab]`: ids as they are stored; of a column of texts, each encoded, cut or filled up to the length. */
import { EbmcError, report } from '../../../diagnostics/index.js';
import type { TextTokenizer } from '../../tokenizers/index.js';
import type { TensorColumn, TextColumn } from '../columns.js';
import { chooseTokenizer } from '../text/choose-tokenizer.js';
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
      return { readers: texts.map((column) => encoded(column, tokenizer, field.shape[0]!)) };
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
    return { readers };
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

function encoded(column: TextColumn, tokenizer: TextTokenizer, length: number): Reader {
  const { padding, end } = tokenizer.special;
  const filling = padding ?? end;
  if (filling === undefined)
    throw new EbmcError([report('EBM4046', { tokenizer: tokenizer.name, missing: 'padding' })]);
  return async (rows) => {
    const ids = new Int32Array(rows.length * length).fill(filling);
    const texts = await column.read(rows);
    for (const [i, text] of texts.entries()) {
      const own = Array.from(tokenizer.encode(text)).slice(0, length);
      ids.set(own, i * length);
      if (end !== undefined && own.length < length) ids[i * length + own.length] = end;
    }
    return ids;
  };
}

function range(from: number, to: number): Uint32Array {
  return Uint32Array.from({ length: to - from }, (_, i) => from + i);
}
