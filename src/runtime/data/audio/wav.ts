/** WAV files (RIFF WAVE): whole numbers of 8 to 32 bits and floats, plain or in an extensible header. */

export interface Sound {
  /** Samples a second. */
  readonly rate: number;
  readonly channels: readonly Float32Array[];
}

interface Format {
  readonly code: number;
  readonly channels: number;
  readonly rate: number;
  readonly bits: number;
}

const extensible = 0xfffe;

/** Throws a plain error where the file is not what it should be. */
export function readWav(bytes: Uint8Array): Sound {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const tag = (at: number): string => String.fromCharCode(...bytes.subarray(at, at + 4));
  if (bytes.length < 12 || tag(0) !== 'RIFF' || tag(8) !== 'WAVE') throw new Error('it is not a WAV file');
  let format: Format | undefined;
  for (let at = 12; at + 8 <= bytes.length; ) {
    const size = view.getUint32(at + 4, true);
    const start = at + 8;
    const name = tag(at);
    if (name === 'fmt ') {
      if (size < 16 || start + 16 > bytes.length) throw new Error('its header is cut off');
      format = readFormat(view, start, size);
    }
    if (name === 'data') {
      if (!format) throw new Error('it has no format before its samples');
      // What writes to a pipe cannot know the size and says all ones.
      const isOpen = size >= 0xffffff00;
      const there = bytes.length - start;
      if (size > there && !isOpen) throw new Error(`it is cut off: ${there} of ${size} bytes of samples are there`);
      return { rate: format.rate, channels: readSamples(view, start, isOpen ? there : size, format) };
    }
    at = start + size + (size % 2);
  }
  throw new Error(format ? 'it is cut off: it has no samples' : 'its header is cut off');
}

function readFormat(view: DataView, at: number, size: number): Format {
  const code = view.getUint16(at, true);
  const format = {
    code: code === extensible && size >= 40 && at + 26 <= view.byteLength ? view.getUint16(at + 24, true) : code,
    channels: view.getUint16(at + 2, true),
    rate: view.getUint32(at + 4, true),
    bits: view.getUint16(at + 14, true),
  };
  if (format.channels < 1 || format.rate < 1) throw new Error('its header has no channels or no rate');
  const known = format.code === 1 ? [8, 16, 24, 32] : format.code === 3 ? [32, 64] : [];
  if (!known.includes(format.bits))
    throw new Error(`its samples are of a form that is not read (format ${format.code}, ${format.bits} bits)`);
  return format;
}

function readSamples(view: DataView, start: number, size: number, { code, channels, bits }: Format): Float32Array[] {
  const step = bits / 8;
  const count = Math.floor(size / (step * channels));
  const one = (at: number): number => {
    if (code === 3) return bits === 32 ? view.getFloat32(at, true) : view.getFloat64(at, true);
    if (bits === 8) return (view.getUint8(at) - 128) / 128;
    if (bits === 16) return view.getInt16(at, true) / 2 ** 15;
    if (bits === 24) return ((view.getInt8(at + 2) << 16) | view.getUint16(at, true)) / 2 ** 23;
    return view.getInt32(at, true) / 2 ** 31;
  };
  return Array.from({ length: channels }, (_, channel) =>
    Float32Array.from({ length: count }, (_, i) => one(start + (i * channels + channel) * step)),
  );
}
