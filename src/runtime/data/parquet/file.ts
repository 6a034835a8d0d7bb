/** A Parquet file, opened: its description, and rows of a row group by columns. */
import { stat } from 'node:fs/promises';
import {
  type AsyncBuffer,
  type FileMetaData,
  parquetMetadataAsync,
  parquetReadObjects,
  parquetSchema,
} from 'hyparquet';
import { readFileRange } from '../read-encoded.js';
import { readError, tooManyColumns } from '../read-error.js';
import { columnsOf, type ParquetColumn } from './schema.js';

/** Bytes of the description at the file's end: it becomes many times as much in memory. */
const descriptionAtMost = 2 ** 24;
const mostColumns = 65536;
/** Bytes of the columns that are used of a row group, unpacked. */
const groupAtMost = 2 ** 31;

export interface RowGroup {
  /** Its first row in the file. */
  readonly start: number;
  readonly count: number;
  /** Of the columns named, unpacked. */
  bytes(columns: ReadonlySet<string>): number;
}

export class ParquetFile {
  readonly groups: readonly RowGroup[];
  readonly columns: readonly ParquetColumn[];

  private constructor(
    readonly path: string,
    private readonly file: AsyncBuffer,
    private readonly metadata: FileMetaData,
  ) {
    this.columns = columnsOf(parquetSchema(metadata), metadata);
    let start = 0;
    this.groups = metadata.row_groups.map(({ num_rows, columns }) => {
      const count = Number(num_rows);
      start += count;
      return {
        start: start - count,
        count,
        bytes: (names: ReadonlySet<string>) =>
          columns.reduce((sum, { meta_data }) => {
            const wanted = meta_data && names.has(meta_data.path_in_schema[0] ?? '');
            return sum + (wanted ? Number(meta_data.total_uncompressed_size) : 0);
          }, 0),
      };
    });
  }

  static async open(path: string): Promise<ParquetFile> {
    try {
      const { size } = await stat(path);
      await requireSmallDescription(path, size);
      const file: AsyncBuffer = {
        byteLength: size,
        slice: async (from, to = size) =>
          (await readFileRange(path, from, Math.min(to, size) - from)).buffer as ArrayBuffer,
      };
      const metadata = await parquetMetadataAsync(file, { geoparquet: false });
      if (metadata.schema.length > mostColumns) throw tooManyColumns(path, metadata.schema.length);
      return new ParquetFile(path, file, metadata);
    } catch (error) {
      throw readError(path, error);
    }
  }

  /** Rows of a row group as objects. */
  async rows(group: number, columns: readonly string[], count?: number): Promise<readonly Record<string, unknown>[]> {
    const { start, count: all, bytes } = this.groups[group]!;
    const size = bytes(new Set(columns));
    if (size > groupAtMost) throw new Error(`row group ${group} unpacks to ${size} bytes, more than ${groupAtMost}`);
    const rowEnd = start + Math.min(count ?? all, all);
    const { file, metadata } = this;
    const { compressors } = await import('hyparquet-compressors');
    const options = { file, metadata, compressors, columns: [...columns], rowStart: start, rowEnd, utf8: false };
    return parquetReadObjects({ ...options, geoparquet: false });
  }
}

async function requireSmallDescription(path: string, size: number): Promise<void> {
  if (size < 12) throw new Error(`it has ${size} bytes, too few for a Parquet file`);
  const tail = Buffer.from(await readFileRange(path, size - 8, 8));
  if (tail.toString('latin1', 4) !== 'PAR1')
    throw new Error('it does not end as a Parquet file does: it is another kind or cut off');
  const length = tail.readUInt32LE(0);
  if (length > Math.min(descriptionAtMost, size))
    throw new Error(
      `its description claims ${length} bytes, more than the ${Math.min(descriptionAtMost, size)} that are read`,
    );
  const found = schemaElements(await readFileRange(path, size - 8 - length, Math.min(length, 32)));
  if (found > mostColumns) throw tooManyColumns(path, found);
}

/** How many a description says it has (Thrift's compact protocol: the version, then the list of them), before all are read; 0 where it begins otherwise. */
function schemaElements(bytes: Uint8Array): number {
  let at = 0;
  const number = (): number => {
    let value = 0;
    for (let shift = 0; at < bytes.length; shift += 7) {
      const byte = bytes[at++]!;
      value += (byte & 127) * 2 ** shift;
      if (byte < 128) break;
    }
    return value;
  };
  if (bytes[at++] !== 0x15) return 0;
  number();
  if (bytes[at++] !== 0x19) return 0;
  const few = bytes[at++]! >> 4;
  return few < 15 ? few : number();
}
