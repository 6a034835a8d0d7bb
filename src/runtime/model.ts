/** A compiled model on a backend, whatever the target: what the training loop and the evaluation see. */
import type { StateDecl } from '../compiler/graph/types.js';

export interface HostTensor {
  readonly shape: readonly number[];
  readonly data: Float32Array | Int32Array;
}

/** One batch of data fields, `[batch, ...]` each. Images are float32 in 0..1, classes int32. */
export type Batch = Readonly<Record<string, HostTensor>>;

/** The calls of one of tfjs's kernels in a step. */
export interface KernelCost {
  readonly kernel: string;
  readonly calls: number;
  readonly milliseconds: number;
}

export interface EpochBeginning {
  /** Under which name how many examples' values are wanted. */
  readonly wanted: Readonly<Record<string, number>>;
  /** The values of each example of a batch, `[batch, ...]`. */
  gather(batch: Batch): Promise<Readonly<Record<string, HostTensor>>>;
  /** Changes states by values of as many examples as are wanted. */
  begin(values: Readonly<Record<string, HostTensor>>): Promise<void>;
}

export interface LoadedModel {
  /** Examples in a batch: every call takes exactly this many. */
  readonly batch: number;
  readonly inputs: readonly {
    readonly name: string;
    readonly shape: readonly number[];
    readonly dtype: 'float32' | 'int32';
  }[];
  readonly states: readonly StateDecl[];
  /** Names of what `step` returns: `loss`, `term.<name>`, `gauge.<name>`. */
  readonly metrics: readonly string[];
  /** The next step's number; with the seed it determines every random draw. Settable to resume. */
  stepNumber: number;
  /** Steps of the whole training, at least 1: schedules inside the model (`a -> b`) go from its first step to its last. */
  plannedSteps: number;
  /** Whether the next step is compiled as it is taken, which can take half a minute. */
  readonly isYetToCompile?: boolean;
  /** Gives every state its initial value from the seed and sets stepNumber to 0. */
  init(seed: number): Promise<void>;
  step(batch: Batch, rate: number): Promise<Readonly<Record<string, number>>>;
  /** What happens as an epoch begins; absent where the model says nothing of it. */
  readonly epoch?: EpochBeginning | undefined;
  represent(batch: Batch): Promise<HostTensor>;
  /** Representations of two views of each example, [batch, 2, ...]; absent where the model has no two views. */
  representViews?(batch: Batch): Promise<HostTensor>;
  /**
   * The energy of what the objective pairs, and of each example's first argument with the others of the next example in the batch: [batch, 2].
   * Absent where the model has no energy of two arguments that both depend on the example.
   */
  pairEnergies?(batch: Batch): Promise<HostTensor>;
  /**
   * Repeats a step that gives NaN or Infinity and names the first operation whose result is not finite, e.g.
   * "`sqrt` in f/norm (model.ebm:12:8)". Changes no state; states and step number must be those before the step.
   */
  explainNonFinite?(batch: Batch, rate: number): Promise<string | undefined>;
  /** What a step costs by kernels, the costliest first: takes one step operation by operation, which changes no state. */
  costs?(batch: Batch, rate: number): Promise<readonly KernelCost[]>;
  read(): Promise<Readonly<Record<string, HostTensor>>>;
  write(states: Readonly<Record<string, HostTensor>>): Promise<void>;
  dispose(): void;
}
