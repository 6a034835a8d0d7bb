/** Numbers that a representation is computed with, row-major. */
export interface Weight {
  readonly shape: readonly number[];
  readonly data: Float32Array | Int32Array;
}

/** By name: of a state, or of a value computed from states and constants. */
export type Weights = ReadonlyMap<string, Weight>;
