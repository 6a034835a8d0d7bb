/** What a file says about running: data sets, training, evaluation; plain values, checked, with defaults filled in. */
import type { Span } from '../grammar/source.js';
import type { BinaryOperator } from '../grammar/syntax-tree.js';
import type { FieldTypeName } from './field-types.js';
import type { MeasureName } from './measure-names.js';

/** A setting's value: `256`, `"data/x"`, `[1%, 10%]`, `adamw(rate: 1e-3)`. */
export type SettingValue =
  | number
  | string
  | boolean
  | readonly SettingValue[]
  | { readonly call: string; readonly args: Readonly<Record<string, SettingValue>> };

export interface FieldDecl {
  readonly name: string;
  readonly type: FieldTypeName;
  /** The numbers between the brackets: `[28, 28, 1]` of an image, `[10]` of a class. */
  readonly shape: readonly number[];
  readonly span: Span;
}

/** A condition on the fields of an example. */
export type FilterExpr =
  | { readonly kind: 'constant'; readonly value: number | string }
  | { readonly kind: 'field'; readonly name: string }
  | { readonly kind: 'unary'; readonly operator: '-' | 'not'; readonly operand: FilterExpr }
  | {
      readonly kind: 'binary';
      /** `++` joins lists, which conditions have none of. */
      readonly operator: Exclude<BinaryOperator, '++'>;
      readonly left: FilterExpr;
      readonly right: FilterExpr;
    };

/** Which examples are taken, whatever the loader. */
export interface Selection {
  /** The share to train on where the source has no splits of its own; the rest is `test`. */
  readonly split?: number | undefined;
  /** Only examples that satisfy it. */
  readonly filter?: FilterExpr | undefined;
  /** As many of each class: those of larger classes left out, or those of smaller ones repeated (`train` only). */
  readonly balance?: 'under' | 'over' | undefined;
  /** At most so many of each split. */
  readonly limit?: number | undefined;
  /** Of every draw that the others make. */
  readonly seed?: number | undefined;
  /** Examples among which the order is mixed where the data is read in parts. */
  readonly shuffle?: number | undefined;
  /** Field → the columns that fill it. */
  readonly columns?: Readonly<Record<string, readonly string[]>> | undefined;
}

/** `dataset digits = mnist() { x: Image[28, 28, 1], label: Class[10] }`; positional loader arguments are named '0', '1', … */
export interface DatasetDecl {
  readonly name: string;
  readonly loader: string;
  readonly args: Readonly<Record<string, SettingValue>>;
  readonly selection?: Selection;
  readonly fields: readonly FieldDecl[];
  readonly span: Span;
}

export interface OptimizerDecl {
  readonly name: 'sgd' | 'adamw' | 'lars';
  /** rate, decay, momentum, beta1, beta2, eps, eta: all present after checking. */
  readonly settings: Readonly<Record<string, number>>;
}

export interface ScheduleDecl {
  readonly name: 'constant' | 'cosine';
  /** `warmup` in epochs, `final`: the last rate as a fraction of the first. */
  readonly settings: Readonly<Record<string, number>>;
}

export interface TrainDecl {
  readonly model: string;
  readonly dataset: string | undefined;
  readonly split: string | undefined;
  readonly epochs: number;
  readonly batch: number;
  /** Examples that are computed at a time, with the loss and gradient of the whole batch; undefined: all. */
  readonly microBatch: number | undefined;
  /** Whether statistics with moving averages (batch normalisation's) are of the whole batch or of each micro-batch. */
  readonly statistics: 'whole' | 'micro';
  /** Of the products inside layers; parameters, statistics and losses are float32. */
  readonly precision: 'float32' | 'bf16';
  readonly seed: number;
  readonly optimizer: OptimizerDecl;
  readonly schedule: ScheduleDecl;
  readonly span: Span;
}

export interface EvaluateDecl {
  readonly model: string;
  readonly dataset: string | undefined;
  /** k of k-NN. */
  readonly neighbours: number;
  /** Fractions of the labels the linear probe gets, e.g. [0.01, 0.1, 1]. */
  readonly labels: readonly number[];
  readonly measures: readonly MeasureName[];
  /** Data sets that the frozen encoder is probed on as well. */
  readonly transfers: readonly string[];
  readonly span: Span;
}
