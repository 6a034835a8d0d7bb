/** Texts in files, as UTF-8. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { OpenOptions } from '../dataset.js';
import { type BadFile, reportSkipped } from '../skipped.js';

export interface TextFile {
  readonly file: string;
  readonly text: string;
}

/** The good ones of `files` below `folder`, in their order. */
export async function readTexts(
  folder: string,
  files: readonly string[],
  options: Pick<OpenOptions, 'strict' | 'warn'>,
): Promise<TextFile[]> {
  const bad: BadFile[] = [];
  const good: TextFile[] = [];
  for (const file of files) {
    const found = await readText(join(folder, file));
    if ('reason' in found) bad.push({ file, reason: found.reason });
    else good.push({ file, text: found.text });
  }
  reportSkipped('texts', bad, files.length, options);
  return good;
}

async function readText(path: string): Promise<{ readonly text: string } | { readonly reason: string }> {
  let bytes: Uint8Array;
  try {
    bytes = await readFile(path);
  } catch (error) {
    return { reason: error instanceof Error ? error.message : String(error) };
  }
  if (bytes.length === 0) return { reason: 'it is empty' };
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return { reason: 'it is UTF-16, not UTF-8' };
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return { reason: 'it is UTF-16, not UTF-8' };
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    if (text.includes('\0')) return { reason: 'it is not text: it has a byte 0' };
    return text.trim() === '' ? { reason: 'it is empty' } : { text };
  } catch {
    return { reason: `it is not UTF-8 (byte ${firstWrong(bytes)})` };
  }
}

/** Where UTF-8 breaks off, by halving. */
function firstWrong(bytes: Uint8Array): number {
  let [good, wrong] = [0, bytes.length];
  while (wrong - good > 1) {
    const middle = (good + wrong) >> 1;
    try {
      new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(0, middle), { stream: true });
      good = middle;
    } catch {
      wrong = middle;
    }
  }
  return good;
}
