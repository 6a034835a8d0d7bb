/**
 * What the header of a picture says, where its bytes are nothing but upright pixels in the usual colours. All others, with a profile of colours,
 * a turned camera, a palette, 16 bits, …, are the general decoder's.
 */

export interface PlainPicture {
  readonly format: 'jpeg' | 'png';
  readonly height: number;
  readonly width: number;
  readonly channels: 1 | 3;
}

export function plainPicture(bytes: Uint8Array): PlainPicture | undefined {
  try {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    return plainJpeg(view) ?? plainPng(view);
  } catch (error) {
    // It ends within its header.
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

/** Markers of JPEG (ITU T.81, table B.1). */
const marker = { start: 0xd8, scan: 0xda, exif: 0xe1, profile: 0xe2 } as const;
const frames: readonly number[] = [0xc0, 0xc1, 0xc2];
/** Tables, comments, and what programs add. */
const passed = (code: number): boolean => [0xc4, 0xdb, 0xdd, 0xfe].includes(code) || (code >= 0xe0 && code <= 0xef);

function plainJpeg(view: DataView): PlainPicture | undefined {
  if (view.getUint16(0) !== 0xff00 + marker.start) return undefined;
  let frame: PlainPicture | undefined;
  for (let at = 2; ; at += 2 + view.getUint16(at + 2)) {
    while (view.getUint16(at) === 0xffff) at++;
    const code = view.getUint8(at + 1);
    if (view.getUint8(at) !== 0xff || code === marker.scan) return frame;
    if (frames.includes(code)) {
      const [precision, channels] = [view.getUint8(at + 4), view.getUint8(at + 9)];
      if (precision !== 8 || (channels !== 1 && channels !== 3)) return undefined;
      frame = { format: 'jpeg', height: view.getUint16(at + 5), width: view.getUint16(at + 7), channels };
    } else if (!passed(code) || code === marker.profile || (code === marker.exif && isTurned(view, at + 4))) {
      return undefined;
    }
  }
}

const exif = 0x45786966;
const orientation = 0x0112;

/** Whether Exif data, a directory in the form of TIFF, names another orientation than upright. */
function isTurned(view: DataView, at: number): boolean {
  if (view.getUint32(at) !== exif) return false;
  const tiff = at + 6;
  const little = view.getUint16(tiff) === 0x4949;
  const directory = tiff + view.getUint32(tiff + 4, little);
  const entries = view.getUint16(directory, little);
  for (let entry = directory + 2; entry < directory + 2 + 12 * entries; entry += 12) {
    if (view.getUint16(entry, little) === orientation) return view.getUint16(entry + 8, little) > 1;
  }
  return false;
}

const pngStart = 0x89504e47;
const [grey, colours] = [0, 2];
/** Chunks of PNG that change what the pixels mean: transparency, profiles, orientation. */
const changing = ['tRNS', 'iCCP', 'cICP', 'eXIf'];

function plainPng(view: DataView): PlainPicture | undefined {
  if (view.getUint32(0) !== pngStart) return undefined;
  const [width, height, bits, kind, interlaced] = [
    view.getUint32(16),
    view.getUint32(20),
    view.getUint8(24),
    view.getUint8(25),
    view.getUint8(28),
  ];
  if (bits !== 8 || (kind !== grey && kind !== colours) || interlaced !== 0) return undefined;
  for (let at = 8; ; at += 12 + view.getUint32(at)) {
    const chunk = String.fromCharCode(...[4, 5, 6, 7].map((i) => view.getUint8(at + i)));
    if (changing.includes(chunk)) return undefined;
    if (chunk === 'IDAT') return { format: 'png', height, width, channels: kind === grey ? 1 : 3 };
  }
}
