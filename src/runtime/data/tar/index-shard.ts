/** Finds the members of a tar (POSIX ustar and pax, GNU long names) by their headers; what lies between is passed over. */
import { type FileHandle, open } from 'node:fs/promises';
import type { Pax } from 'tar';

const block = 512;
/** Bytes read at once: several small members. */
const windowBytes = 2 ** 18;
/** Bytes of an extended header. */
const extendedAtMost = 2 ** 20;

export interface Member {
  readonly name: string;
  readonly start: number;
  readonly length: number;
  /** Its bytes, where it is small enough to be read along. */
  content(): Promise<Uint8Array>;
}

/** The files in it, in order; links are told and not followed. Stops, with the reason, where it is damaged. */
export async function indexShard(
  path: string,
  onMember: (member: Member) => Promise<void> | void,
  onLink: (name: string) => void,
): Promise<string | undefined> {
  const handle = await open(path);
  try {
    return await scan(new Window(handle, (await handle.stat()).size), onMember, onLink);
  } finally {
    await handle.close();
  }
}

async function scan(
  window: Window,
  onMember: (member: Member) => Promise<void> | void,
  onLink: (name: string) => void,
): Promise<string | undefined> {
  const { Header, Pax } = await import('tar');
  let [at, extended, shared] = [0, undefined, undefined] as [number, Pax | undefined, Pax | undefined];
  while (at + block <= window.size) {
    const bytes = await window.read(at, block);
    if (bytes.every((byte) => byte === 0)) return undefined;
    const header = new Header(bytes, 0, extended, shared);
    if (!header.cksumValid) return `the header at byte ${at} is damaged`;
    const length = header.size ?? 0;
    const start = at + block;
    if (!Number.isSafeInteger(length) || length < 0) return `the header at byte ${at} is damaged`;
    if (start + length > window.size) return `it ends within ${header.path}`;
    at = start + Math.ceil(length / block) * block;
    const { type } = header;
    if (/Header|LongPath|LongLink/.test(type)) {
      if (length > extendedAtMost) return `the extended header at byte ${start - block} claims ${length} bytes`;
      const text = (await window.read(start, length)).toString('utf8');
      if (type === 'GlobalExtendedHeader') shared = Pax.parse(text, shared, true);
      else if (/ExtendedHeader/.test(type)) extended = Pax.parse(text, extended, false);
      else if (/LongPath/.test(type)) extended = new Pax({ ...extended, path: text.replace(/\0.*$/s, '') });
      continue;
    }
    extended = undefined;
    if (type === 'File' || type === 'OldFile' || type === 'ContiguousFile') {
      await onMember({ name: header.path ?? '', start, length, content: () => window.read(start, length) });
    } else if (type === 'Link' || type === 'SymbolicLink') onLink(header.path ?? '');
  }
  return at > window.size ? 'it is cut off' : undefined;
}

/** Reads neighbours at once. */
class Window {
  private bytes = Buffer.alloc(0);
  private from = 0;

  constructor(
    private readonly handle: FileHandle,
    readonly size: number,
  ) {}

  async read(at: number, length: number): Promise<Buffer> {
    if (at < this.from || at + length > this.from + this.bytes.length) {
      const wanted = Math.max(length, Math.min(windowBytes, this.size - at));
      const bytes = Buffer.alloc(wanted);
      const { bytesRead } = await this.handle.read(bytes, 0, wanted, at);
      if (bytesRead < length) throw new Error(`it ends at byte ${at + bytesRead}`);
      this.bytes = bytes.subarray(0, bytesRead);
      this.from = at;
    }
    return this.bytes.subarray(at - this.from, at - this.from + length);
  }
}
