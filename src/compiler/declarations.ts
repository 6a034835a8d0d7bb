/** What a file says about running: data sets, training, evaluation; plain values, checked, with defaults filled in. */
import type { Span } from '../grammar/source.js';
import type { BinaryOperator } from '../grammar/syntax-tree.js';
import type { FieldTypeName } from './field-types.js';
import type { Precision } from './graph/types.js';
import type { MeasureName, RankingMeasure } from './measure-names.js';

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
  /** Where the program says it; absent from declarations that are made up. */
  readonly places?: {
    readonly loader: Span;
    /** By name, or by place from `0`. */
    readonly args: Readonly<Record<string, Span>>;
  };
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
  /** What is trained on after that, a stage each. */
  readonly later: readonly { readonly dataset: string; readonly split: string | undefined }[];
  /** Passes over the data of a stage. */
  readonly epochs: number;
  readonly batch: number;
  /** Examples that are computed at a time, with the loss and gradient of the whole batch; undefined: all. */
  readonly microBatch: number | undefined;
  /** Whether statistics with moving averages (batch normalisation's) are of the whole batch or of each micro-batch. */
  readonly statistics: 'whole' | 'micro';
  /** Of the products inside layers; parameters, statistics and losses are float32. */
  readonly precision: Precision;
  readonly seed: number;
  readonly optimizer: OptimizerDecl;
  readonly schedule: ScheduleDecl;
  readonly span: Span;
}

/** In what the effort that each competitor gets is counted. */
export type BudgetUnit = 'epochs' | 'examples' | 'seconds' | 'flops';

/** One way to train a competitor. */
export interface VariantDecl {
  /** What tuning chose for it: `temperature` → 0.2, `optimizer.rate` → 0.004. */
  readonly chosen: Readonly<Record<string, number>>;
  /** Values for the model's parameters. */
  readonly parameters: Readonly<Record<string, number>>;
  /** With the default of epochs and seed: a comparison's budget and seeds take their place. */
  readonly train: TrainDecl;
}

export interface CompetitorDecl {
  /** Unique in a comparison: `SimCLR`, `SimCLR (temperature 0.1)`. */
  readonly name: string;
  readonly model: string;
  readonly modelSpan: Span;
  /** Those among which tuning chooses; one where there is nothing to choose. */
  readonly variants: readonly VariantDecl[];
  readonly span: Span;
}

/** `compare A, B(temperature: [0.1, 0.2]) on digits { seeds: 3, epochs: 5, optimizer: adamw(rate: tuned(1e-3, 4e-3)) }` */
export interface CompareDecl {
  /** What measures are taken on. */
  readonly dataset: string | undefined;
  /** What all are trained on, one data set a stage. */
  readonly stages: readonly string[];
  readonly competitors: readonly CompetitorDecl[];
  readonly seeds: readonly number[];
  readonly budget: { readonly unit: BudgetUnit; readonly amount: number };
  readonly evaluate: EvaluateDecl;
  /** What competitors are ranked by: one of what is measured; undefined where none of that has a better side. */
  readonly rankedBy: RankingMeasure | undefined;
  /** What settings are chosen by: what the file names to rank by; undefined: k-NN accuracy, or RankMe without labels. */
  readonly tunedBy: RankingMeasure | undefined;
  readonly baselines: readonly ('untrained' | 'raw' | 'supervised')[];
  /** How settings are chosen: each trained to the end, or successive halving (Jamieson & Talwalkar 2016) by `factor`. */
  readonly search: { readonly name: 'grid' | 'halving'; readonly factor: number };
  /** The share of the training examples that settings are chosen on. */
  readonly validation: number;
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
