/** What a checkpoint says about itself beside its numbers. */
import type { TrainDecl } from '../../compiler/declarations.js';

export const manifestName = 'manifest.json';

/** How many examples are computed at a time changes no result, so it is not kept. */
export type SavedSettings = Omit<TrainDecl, 'span' | 'microBatch'>;

export interface DataOrder {
  readonly dataset: string;
  readonly split: string;
  readonly examples: number;
  readonly epoch: number;
  /** Steps of that epoch already taken. */
  readonly stepOfEpoch: number;
  /** Of a run in several stages: all of them, while the above is of the one that the checkpoint is in. */
  readonly stages?: readonly StageRecord[] | undefined;
}

export interface StageRecord {
  readonly dataset: string;
  readonly split: string;
  readonly examples: number;
  /** The checkpoint at its end, which is kept; absent where it is still to come. */
  readonly file?: string | undefined;
  readonly sha256?: string | undefined;
}

export interface Manifest {
  readonly format: 1;
  /** The safetensors file beside the manifest and its SHA-256. */
  readonly file: string;
  readonly sha256: string;
  readonly model: string;
  /** Hash of the compiled program. */
  readonly program: string;
  readonly seed: number;
  /** Steps taken. */
  readonly step: number;
  readonly batch: number;
  readonly order: DataOrder;
  readonly settings: SavedSettings;
  /** What the training loop's watches have seen so far; absent in checkpoints of older versions. */
  readonly watches?: Readonly<Record<string, unknown>>;
  /** ebmc, node, backend, …. */
  readonly versions: Readonly<Record<string, string>>;
}

/** Throws an `Error` that says what is wrong. */
export function parseManifest(text: string): Manifest {
  const parsed: unknown = JSON.parse(text);
  if (typeof parsed !== 'object' || parsed === null) throw new Error('it is not an object');
  const value = parsed as Record<string, unknown>;
  if (value['format'] !== 1) throw new Error(`its format is ${String(value['format'])}; this version reads format 1`);
  const wanted = {
    file: 'string',
    sha256: 'string',
    model: 'string',
    program: 'string',
    seed: 'number',
    step: 'number',
  };
  const all = { ...wanted, batch: 'number', order: 'object', settings: 'object', versions: 'object' };
  for (const [name, kind] of Object.entries(all)) {
    if (typeof value[name] !== kind || value[name] === null) throw new Error(`it has no valid \`${name}\``);
  }
  if (/[/\\]/.test(value['file'] as string)) throw new Error('its `file` is outside the folder');
  return value as unknown as Manifest;
}
