/** `Image[h, w, c]`: pictures of that size, values in 0..1. */
import { resolve } from 'node:path';
import { type Diagnostic, report } from '../../../diagnostics/index.js';
import { BadRowsError } from '../bad-rows.js';
import { toUnit } from '../bytes.js';
import { type Column, type EncodedColumn, keepingOf } from '../columns.js';
import { type Decoding, inspectImage, problemText, sizeOf } from '../pictures/decode-image.js';
import { cachedFrom, keptAtMost } from '../pictures/kept-pictures.js';
import { BatchPool, decodingThreads } from '../workers/pool.js';
import type { Binding, FieldType, Reader, SplitColumn } from './field-type.js';
import { keptReader } from './kept-column.js';
import { fieldType, otherShape } from './shapes.js';

/** Pictures whose sizes are looked at before anything is trained. */
const looked = 32;

export const imageField: FieldType = {
  takesUnnamed: ['pixels', 'encoded'],
  async bind(given) {
    const binding = {
      ...given,
      columns: given.columns.map((split) => ({ ...split, column: namedFiles(split.column) })),
    };
    const problem = await firstProblem(binding);
    if (problem) return problem;
    const readers = binding.columns.map((split) => readerOf(split, binding));
    return readers.every((reader) => reader !== undefined) ? { readers } : otherShape(binding);
  },
};

/** Words of a table that stand where a picture is wanted are names of files, from the table's folder on. */
function namedFiles(column: Column): Column {
  if (column.kind !== 'text') return column;
  const { name, folder = '.', keeping = {} } = column;
  return {
    kind: 'encoded',
    name,
    keeping,
    read: async (rows) => (await column.read(rows)).map((file) => ({ name: file, file: resolve(folder, file) })),
  };
}

function readerOf({ column, count }: SplitColumn, binding: Binding): Reader | undefined {
  const { shape } = binding.field;
  if (column.kind === 'encoded') return decoded(column, count, binding);
  if (column.kind === 'pixels') {
    return column.shape.every((size, axis) => size === shape[axis]) ? (rows) => column.read(rows) : undefined;
  }
  if (column.kind !== 'tensor') return undefined;
  // Arrays of grey pictures often have no axis of channels.
  const stored = column.shape.length === 2 ? [...column.shape, 1] : column.shape;
  if (stored.join() !== shape.join()) return undefined;
  return async (rows) => {
    const values = await column.read(rows);
    if (!(values instanceof Uint8Array)) return values instanceof Float32Array ? values : Float32Array.from(values);
    const unit = new Float32Array(values.length);
    toUnit(values, unit, 0);
    return unit;
  };
}

function wantedDecoding({ decl, field }: Binding): Decoding {
  const [height = 0, width = 0, channels = 0] = field.shape;
  return { height, width, channels, resize: decl.args['resize'] === true };
}

function decoded(column: EncodedColumn, count: number, binding: Binding): Reader {
  const decoding = wantedDecoding(binding);
  const pool = new BatchPool(decodingThreads());
  const size = count * sizeOf(decoding);
  const { keep = size <= keptAtMost, cache = size >= cachedFrom } = {
    ...keepingOf(binding.decl.args),
    ...column.keeping,
  };
  if (keep) return keptReader(column, count, decoding, pool, cache);
  return async (rows) => {
    const { values, bad } = await pool.run({ kind: 'decode', items: await column.read(rows), decoding });
    if (bad.length === 0) return values;
    throw new BadRowsError(
      bad.map(({ place, name, problem }) => ({ row: rows[place]!, name, reason: problemText(problem) })),
    );
  };
}

/** Wrong channels, and pictures of another size that nobody said to resize: found before training, in the first few. */
async function firstProblem(binding: Binding): Promise<Diagnostic | undefined> {
  const { decl, field } = binding;
  const decoding = wantedDecoding(binding);
  const encoded = binding.columns.filter(({ column }) => column.kind === 'encoded');
  if (encoded.length === 0) return undefined;
  if (![1, 3, 4].includes(decoding.channels)) {
    const problem = `has ${decoding.channels} channels; pictures can be read with 1, 3 or 4`;
    const slots = { loader: decl.loader, argument: `field \`${field.name}\``, problem };
    return report('EBM4005', slots, { span: field.span });
  }
  for (const split of encoded) {
    const problem = await otherSize(split, binding, decoding);
    if (problem) return problem;
  }
  return undefined;
}

async function otherSize(
  { column, count }: SplitColumn,
  { field }: Binding,
  decoding: Decoding,
): Promise<Diagnostic | undefined> {
  if (column.kind !== 'encoded') return undefined;
  const items = await column.read(Uint32Array.from({ length: Math.min(looked, count) }, (_, i) => i));
  const seen = await Promise.all(items.map((item) => inspectImage(item, decoding)));
  const different = seen.flatMap((picture, i) => (picture.kind === 'other size' ? [{ picture, item: items[i]! }] : []));
  const first = different[0];
  if (!first) return undefined;
  const found = `${first.picture.height} × ${first.picture.width}`;
  const slots = { file: first.item.name, declared: fieldType(field), found, others: different.length - 1 };
  return report('EBM4010', slots, { span: field.span });
}
