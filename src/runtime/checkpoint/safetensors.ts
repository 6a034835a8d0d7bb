/**
 * The safetensors layout: eight bytes with the header's length (little endian), a JSON header of `dtype`, `shape` and
 * `data_offsets` by name beside `__metadata__`, then the data without gaps.
 */
import type { HostTensor } from '../model.js';

export interface TensorFile {
  readonly tensors: Readonly<Record<string, HostTensor>>;
  readonly metadata: Readonly<Record<string, string>>;
}

interface HeaderEntry {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly data_offsets: readonly [number, number];
}

/** How the numbers of an element type are read: those of a run are F32 and I32, weights from elsewhere may be narrower or wider. */
const elements: Readonly<Record<string, { readonly bytes: number; read(buffer: ArrayBuffer): HostTensor['data'] }>> = {
  F32: { bytes: 4, read: (buffer) => new Float32Array(buffer) },
  I32: { bytes: 4, read: (buffer) => new Int32Array(buffer) },
  F64: { bytes: 8, read: (buffer) => Float32Array.from(new Float64Array(buffer)) },
  F16: { bytes: 2, read: (buffer) => Float32Array.from(new Uint16Array(buffer), halfValue) },
  // The upper half of a float32.
  BF16: {
    bytes: 2,
    read: (buffer) => new Float32Array(Uint32Array.from(new Uint16Array(buffer), (b) => b << 16).buffer),
  },
};

/** The number that the bits of an IEEE 754 binary16 are. */
function halfValue(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0x1f) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

const metadataName = '__metadata__';

/** The parts of the file in order. Tensor data is not copied. */
export function encodeSafetensors({ tensors, metadata }: TensorFile): Uint8Array[] {
  const header: Record<string, HeaderEntry | Readonly<Record<string, string>>> = { [metadataName]: metadata };
  const data: Uint8Array[] = [];
  let offset = 0;
  for (const [name, tensor] of Object.entries(tensors)) {
    const bytes = new Uint8Array(tensor.data.buffer, tensor.data.byteOffset, tensor.data.byteLength);
    const dtype = tensor.data instanceof Float32Array ? 'F32' : 'I32';
    header[name] = { dtype, shape: tensor.shape, data_offsets: [offset, offset + bytes.length] };
    data.push(bytes);
    offset += bytes.length;
  }
  const json = new TextEncoder().encode(JSON.stringify(header));
  // Spaces fill the header so that the data starts at a multiple of eight.
  const start = new Uint8Array(8 + Math.ceil(json.length / 8) * 8).fill(0x20);
  new DataView(start.buffer).setBigUint64(0, BigInt(start.length - 8), true);
  start.set(json, 8);
  return [start, ...data];
}

/** Of all tensors, or of those that are wanted. Throws an `Error` that says what is wrong with damaged bytes. */
export function decodeSafetensors(bytes: Uint8Array, isWanted: (name: string) => boolean = () => true): TensorFile {
  if (bytes.length < 8) throw new Error(`it has only ${bytes.length} bytes`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const headerLength = Number(view.getBigUint64(0, true));
  if (headerLength > bytes.length - 8)
    throw new Error(`its header should have ${headerLength} bytes, but the file ends before`);
  const header = parseHeader(bytes.subarray(8, 8 + headerLength));
  const data = bytes.subarray(8 + headerLength);
  const { [metadataName]: metadata = {}, ...entries } = header;
  let end = 0;
  const tensors: Record<string, HostTensor> = {};
  for (const [name, entry] of Object.entries(entries)) {
    if (!isEntry(entry)) throw new Error(`its header has no valid entry for ${name}`);
    if (isWanted(name)) tensors[name] = readTensor(name, entry, data);
    end = Math.max(end, entry.data_offsets[1]);
  }
  if (end !== data.length) throw new Error(`its header describes ${end} bytes of data, the file has ${data.length}`);
  return { tensors, metadata: metadata as Record<string, string> };
}

function parseHeader(bytes: Uint8Array): Record<string, unknown> {
  try {
    const parsed: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
    if (typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed))
      return parsed as Record<string, unknown>;
  } catch {
    // Reported below.
  }
  throw new Error('its header is not JSON');
}

function isEntry(value: unknown): value is HeaderEntry {
  if (typeof value !== 'object' || value === null) return false;
  const { dtype, shape, data_offsets: offsets } = value as Record<string, unknown>;
  const numbers = (list: unknown): boolean => Array.isArray(list) && list.every((n) => Number.isInteger(n) && n >= 0);
  return typeof dtype === 'string' && numbers(shape) && numbers(offsets) && (offsets as number[]).length === 2;
}

function readTensor(
  name: string,
  { dtype, shape, data_offsets: [from, to] }: HeaderEntry,
  data: Uint8Array,
): HostTensor {
  const count = shape.reduce((a, b) => a * b, 1);
  const element = Object.hasOwn(elements, dtype) ? elements[dtype] : undefined;
  if (!element) throw new Error(`${name} has element type ${dtype}; ${Object.keys(elements).join(', ')} can be read`);
  const size = element.bytes * count;
  if (to - from !== size) throw new Error(`${name} has ${to - from} bytes of data instead of ${size}`);
  if (to > data.length)
    throw new Error(`the file ends within ${name}: ${to} bytes of data expected, ${data.length} found`);
  // Copied, so that it is aligned and does not keep the file's bytes alive.
  const { buffer } = new Uint8Array(data.subarray(from, to)); // not slice: a Buffer's shares its memory
  return { shape, data: element.read(buffer) };
}
