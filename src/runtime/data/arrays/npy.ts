/** NumPy's .npy format (NEP 1): a header in Python's syntax, then the values. */
import type { Column } from '../columns.js';

export interface NpyHeader {
  /** `<f4`: byte order, kind, bytes. */
  readonly type: string;
  readonly shape: readonly number[];
  /** Where the values begin. */
  readonly offset: number;
  readonly itemBytes: number;
}

/** Bytes that a header may take. */
export const headerAtMost = 65536;

/** Throws with the reason where these are not the first bytes of an array that can be read. */
export function parseNpyHeader(bytes: Uint8Array): NpyHeader {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (buffer.length < 12 || buffer.toString('latin1', 0, 6) !== '\x93NUMPY') throw new Error('it is no .npy file');
  const wide = buffer[6]! >= 2;
  const length = wide ? buffer.readUInt32LE(8) : buffer.readUInt16LE(8);
  const offset = (wide ? 12 : 10) + length;
  if (offset > buffer.length) throw new Error(`its header is cut off or longer than ${headerAtMost} bytes`);
  const text = buffer.toString('latin1', wide ? 12 : 10, offset);
  const type = /'descr':\s*'([^']+)'/.exec(text)?.[1];
  const shape = /'shape':\s*\(([^)]*)\)/.exec(text)?.[1];
  if (type === undefined || shape === undefined) throw new Error('its type is none of plain numbers or words');
  if (type.includes('O'))
    throw new Error('it holds Python objects (pickles), which are not read: save numbers or words');
  if (/'fortran_order':\s*True/.test(text))
    throw new Error('its values are in Fortran order: save numpy.ascontiguousarray(x)');
  const dims = shape.split(',').flatMap((dim) => (dim.trim() === '' ? [] : [Number(dim)]));
  if (dims.some((dim) => !Number.isSafeInteger(dim) || dim < 0)) throw new Error(`its shape is (${shape})`);
  const itemBytes = Number(/\d+$/.exec(type)?.[0] ?? 0) * (type.includes('U') ? 4 : 1);
  if (!/^[<>|=]?([biuf][1248]|[US]\d+)$/.test(type) || type.endsWith('f1'))
    throw new Error(`its type ${type} is not read`);
  return { type, shape: dims, offset, itemBytes };
}

export function bytesOf({ shape, itemBytes }: NpyHeader): number {
  return shape.reduce((a, b) => a * b, itemBytes);
}

/** A column of the array's first axis, whose rows `read` gives as they are stored, one after the other. */
export function npyColumn(
  name: string,
  header: NpyHeader,
  read: (rows: ArrayLike<number>, rowBytes: number) => Promise<Uint8Array>,
): Column {
  const [, ...shape] = header.shape;
  const { type, itemBytes } = header;
  const rowBytes = shape.reduce((a, b) => a * b, itemBytes);
  if (/[US]/.test(type)) {
    return { kind: 'text', name, read: async (rows) => decodeWords(await read(rows, rowBytes), type, itemBytes) };
  }
  const element = /[ui]1$|b1$/.test(type) && !type.includes('i') ? 'byte' : /f/.test(type) ? 'float' : 'int';
  return {
    kind: 'tensor',
    name,
    element,
    shape,
    read: async (rows) => decodeNumbers(await read(rows, rowBytes), type),
  };
}

function decodeNumbers(bytes: Uint8Array, type: string): Uint8Array | Float32Array | Float64Array | Int32Array {
  const kind = type.slice(-2);
  if (kind === 'u1' || kind === 'b1') return bytes;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const little = !type.startsWith('>');
  const size = Number(kind[1]);
  const count = bytes.length / size;
  const read = readers[kind]!;
  const values =
    kind === 'f4'
      ? new Float32Array(count)
      : /^(i[124]|u2)$/.test(kind)
        ? new Int32Array(count)
        : new Float64Array(count);
  for (let i = 0; i < count; i++) values[i] = read(view, i * size, little);
  return values;
}

const readers: Readonly<Record<string, (view: DataView, at: number, little: boolean) => number>> = {
  i1: (view, at) => view.getInt8(at),
  i2: (view, at, little) => view.getInt16(at, little),
  u2: (view, at, little) => view.getUint16(at, little),
  i4: (view, at, little) => view.getInt32(at, little),
  u4: (view, at, little) => view.getUint32(at, little),
  i8: (view, at, little) => Number(view.getBigInt64(at, little)),
  u8: (view, at, little) => Number(view.getBigUint64(at, little)),
  f2: (view, at, little) => halfToNumber(view.getUint16(at, little)),
  f4: (view, at, little) => view.getFloat32(at, little),
  f8: (view, at, little) => view.getFloat64(at, little),
};

/** IEEE 754 binary16. */
function halfToNumber(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

/** Words are filled up with zeros; `U` has four bytes a letter. */
function decodeWords(bytes: Uint8Array, type: string, itemBytes: number): string[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const wide = type.includes('U');
  return Array.from({ length: bytes.length / itemBytes }, (_, word) => {
    const start = word * itemBytes;
    if (!wide)
      return Buffer.from(bytes.subarray(start, start + itemBytes))
        .toString('latin1')
        .replace(/\0+$/, '');
    let text = '';
    for (let at = start; at < start + itemBytes; at += 4) {
      const letter = view.getUint32(at, !type.startsWith('>'));
      if (letter > 0 && letter <= 0x10ffff) text += String.fromCodePoint(letter);
    }
    return text;
  });
}
