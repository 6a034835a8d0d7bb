/** The tensor program that every stage after the checker works on. See `ops/` for the primitives. */
import type { Span } from '../../grammar/source.js';
import type { Dim } from './dim.js';
import type { OpName } from './ops/index.js';

export type DType = 'float32' | 'int32' | 'bool';

/** Of the products inside layers; everything else is float32. */
export type Precision = 'float32' | 'bf16' | 'fp16';

export interface TensorType {
  readonly dtype: DType;
  readonly shape: readonly Dim[];
}

/**
 * An axis that a per-example value runs over beside its own shape. `example` axes are crossed by `batch.*`; a `map`
 * axis comes from applying a function along a dimension; a `view` axis from merging calls on several views.
 */
export interface Axis {
  readonly id: number;
  readonly kind: 'example' | 'map' | 'view';
  readonly size: Dim;
}

export type AttrValue =
  | Dim
  | string
  | boolean
  | readonly number[]
  | readonly Dim[]
  | readonly (readonly number[])[]
  | Axis;
export type Attrs = Readonly<Record<string, AttrValue>>;

/**
 * A value: one operation with its arguments. Nodes are immutable and hash-consed by their `Builder`: the same operation
 * on the same arguments is the same object. In the typed model `axes` says which axes a value runs over; in a graph
 * it is empty and every shape is numbers.
 */
export interface Node {
  readonly id: number;
  readonly op: OpName;
  readonly args: readonly Node[];
  readonly attrs: Attrs;
  readonly type: TensorType;
  readonly axes: readonly Axis[];
  /** The operation with its attributes and axes, as text: with the arguments, all that makes a value what it is. */
  readonly signature: string;
  /** Where it comes from: `f/linear_1`, for names in generated code and messages. */
  readonly scope: string;
  readonly span: Span | undefined;
}

/** The scalar inputs of a step that are not data: the learning rate, and the share of training that is done, 0 to 1. */
export const rateInput = 'rate';
export const progressInput = 'progress';
export const scalarInputs: readonly string[] = [rateInput, progressInput];

/** What training consists of: the passes over one data set, and what is trained on one data set after another. */
export type Period = 'epoch' | 'stage';

/** Named tensors that outlive a step: parameters, moving averages, optimizer slots. */
export interface StateDecl {
  readonly name: string;
  readonly type: TensorType;
  /**
   * 'target': a moving-average copy of a parameter; 'frozen': a copy that is renewed between steps; 'buffer': a declared state; 'stage': the number of the
   * stage of training, from 0; 'scratch' is what passes of a step in micro-batches leave for each other.
   */
  readonly role: 'parameter' | 'target' | 'frozen' | 'average' | 'buffer' | 'stage' | 'optimizer' | 'scratch';
  /** What all its elements are at first, where `init` computes nothing for it; 0 where absent. */
  readonly start?: number | undefined;
  /** Of a frozen copy: the state that it is made equal to as each period begins. */
  readonly renewed?: { readonly source: string; readonly of: Period } | undefined;
}

/** A function of named inputs (`input` nodes) and states (`state` nodes) to named outputs and new state values. */
export interface Graph {
  readonly name: string;
  readonly inputs: readonly Node[];
  readonly outputs: Readonly<Record<string, Node>>;
  /** State name → its value after the call. */
  readonly updates: Readonly<Record<string, Node>>;
}

/** One graph of a step in micro-batches. */
export interface MicroPass {
  /** Inputs: of those called for each micro-batch, its rows of data fields and `micro`, its number; of the others, `rate` at most. */
  readonly graph: Graph;
  /** Called once for each micro-batch, in order, or once. */
  readonly each: boolean;
}

/** A training step as graphs to call one after another, which together need the memory of a micro-batch. */
export interface MicroStep {
  /** Examples in a micro-batch. */
  readonly size: number;
  /** Micro-batches in a batch. */
  readonly count: number;
  readonly passes: readonly MicroPass[];
  readonly scratch: readonly StateDecl[];
}

/** `before epoch`: values of many examples, and what states become of them. */
export interface EpochGraphs {
  /** Inputs: the data fields. Outputs: a value of each example, `[batch, ...]`, under the names that `update` takes. */
  readonly gather: Graph | undefined;
  /** Inputs: values of as many examples as it asks for, `[count, ...]`. Updates states. */
  readonly update: Graph;
}

/** Everything a target compiles for one model at one batch size. */
export interface Program {
  readonly model: string;
  readonly batch: number;
  readonly precision?: Precision | undefined;
  readonly states: readonly StateDecl[];
  /** No inputs; updates every state. */
  readonly init: Graph;
  /** Inputs: the data fields `[batch, ...]` and the scalar `rate`. Outputs: `loss`, `term.<name>`…, `gauge.<name>`…, all scalars. */
  readonly step: Graph;
  /** The same step in micro-batches, where that is asked for. */
  readonly micro?: MicroStep | undefined;
  /** What happens as an epoch begins, where the model says so. */
  readonly epoch?: EpochGraphs | undefined;
  /** Inputs: the data fields. Output: `representation` [batch, ...]. With micro-batches, this and the others take one of them. */
  readonly represent: Graph;
  /** Inputs: the data fields. Output: `representations` [batch, 2, ...], of the first two views. */
  readonly representViews?: Graph | undefined;
  /** Inputs: the data fields. Output: `energies` [batch, 2], of compatible and of mismatched pairs. */
  readonly pairEnergies?: Graph | undefined;
  /** Inputs: the energy's arguments, per example. Output: `energy` [batch]. Absent where a model's energy needs more than its arguments. */
  readonly energies: Readonly<Record<string, Graph>>;
}
