import type { Diagnostic } from '../../diagnostics/index.js';

/** What a backend is to ebmc: whether it is there, and how to make it the one that tfjs computes on. */

export const backendNames = ['tensorflow', 'webgpu', 'wasm', 'cpu'] as const;
export type BackendName = (typeof backendNames)[number];

export interface Presence {
  readonly state: 'ready' | 'missing' | 'damaged';
  /** One line: the version and where it is, or what is missing. */
  readonly detail: string;
  /** The one command that brings it. */
  readonly remedy?: string;
}

export interface Backend {
  readonly name: BackendName;
  /** What it is, in a few words. */
  readonly title: string;
  /** Looks without loading; cheap. */
  probe(): Promise<Presence>;
  /** Loads it and makes it tfjs's backend; throws what went wrong. */
  activate(): Promise<void>;
  /** What to tell of it once it is active. */
  remarks?(): readonly Diagnostic[];
}
