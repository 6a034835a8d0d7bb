/**
 * The syntax tree of a `.ebm` file. Every node has a span; a module keeps all tokens and comments, so that
 * `text.slice(span.start, span.end)` of any node and every comment can be had back exactly.
 */
import type { Source, Span } from './source.js';

export interface Name {
  readonly text: string;
  readonly span: Span;
}

export interface Token {
  readonly type: string;
  readonly text: string;
  readonly span: Span;
}

export interface Comment {
  /** `//` or `///` (a doc comment, attached to the item that follows), with its marker. */
  readonly text: string;
  readonly isDoc: boolean;
  readonly span: Span;
}

export interface Module {
  readonly kind: 'module';
  readonly source: Source;
  readonly items: readonly Item[];
  readonly tokens: readonly Token[];
  readonly comments: readonly Comment[];
  readonly span: Span;
}

// ── Items ────────────────────────────────────────────────────────────────────────────────────────────────────

export type Item =
  | UseItem
  | FnItem
  | NetItem
  | RegularizerItem
  | ModelItem
  | DatasetItem
  | TrainItem
  | EvaluateItem
  | CompareItem;

interface ItemBase {
  readonly span: Span;
  /** Lines of the `///` comment above, without markers. */
  readonly doc: readonly string[];
}

/** `use std.vision { resnet18, simclr_views }` */
export interface UseItem extends ItemBase {
  readonly kind: 'use';
  readonly path: readonly Name[];
  readonly names: readonly Name[];
}

/** `fn unit(x: [d], eps = 1e-12) -> [d] = ...` or with a `{ ... }` body. A pure function: it owns no parameters. In a model it sees the model's names. */
export interface FnItem extends ItemBase {
  readonly kind: 'fn';
  readonly name: Name;
  readonly parameters: readonly Parameter[];
  readonly result: TypeExpr | undefined;
  readonly body: Block;
}

/** `net mlp(hidden: int, out: int)(x: [..., d]) -> [..., out] { ... }`: settings, then inputs. Its instances own parameters. */
export interface NetItem extends ItemBase {
  readonly kind: 'net';
  readonly name: Name;
  readonly settings: readonly Parameter[];
  readonly inputs: readonly Parameter[];
  readonly result: TypeExpr | undefined;
  readonly body: Block;
}

/** `contrastive regularizer info_nce(E: energy, x, y, temperature = 0.1) = ...` */
export interface RegularizerItem extends ItemBase {
  readonly kind: 'regularizer';
  readonly family: 'contrastive' | 'noncontrastive' | 'masking' | undefined;
  readonly name: Name;
  readonly parameters: readonly Parameter[];
  readonly result: TypeExpr | undefined;
  readonly body: Block;
}

export interface ModelItem extends ItemBase {
  readonly kind: 'model';
  readonly name: Name;
  readonly parameters: readonly Parameter[];
  readonly members: readonly Member[];
}

/** `dataset fashion = idx("data/fashion-mnist") { x: Image[28, 28, 1], label: Class[10] }` */
export interface DatasetItem extends ItemBase {
  readonly kind: 'dataset';
  readonly name: Name;
  readonly loader: Expr; // a call
  readonly fields: readonly Field[];
}

export interface Field {
  readonly name: Name;
  readonly type: TypeExpr;
  /** Of each step of a `Trajectory[16] { observation: [4], action: Class[2] }`. */
  readonly fields: readonly Field[];
  readonly span: Span;
}

/** `train SimCLR on digits.train { epochs: 5, batch: 256, optimizer: adamw(rate: 1e-3) }`, `train C on early.train then late.train { ... }` */
export interface TrainItem extends ItemBase {
  readonly kind: 'train';
  readonly model: Name;
  readonly dataset: Expr | undefined;
  /** The data of the stages after the first, in their order. */
  readonly later: readonly Expr[];
  readonly settings: readonly Setting[];
}

/** `evaluate SimCLR on digits { knn: knn(k: 20), labels: [1%, 10%, 100%] }` */
export interface EvaluateItem extends ItemBase {
  readonly kind: 'evaluate';
  readonly model: Name;
  readonly dataset: Expr | undefined;
  readonly settings: readonly Setting[];
}

/** `compare SimCLR, VICReg, MAE(ratio: [0.5, 0.75]) on digits { seeds: 3, epochs: 5 }`, `compare A, B on early then late { ... }` */
export interface CompareItem extends ItemBase {
  readonly kind: 'compare';
  /** Names of models, or calls of them that give their parameters. */
  readonly competitors: readonly Expr[];
  readonly dataset: Expr | undefined;
  /** The data of the stages after the first, in their order. */
  readonly later: readonly Expr[];
  readonly settings: readonly Setting[];
}

export interface Setting {
  readonly name: Name;
  readonly value: Expr;
  readonly span: Span;
}

export interface Parameter {
  readonly name: Name;
  readonly type: TypeExpr | undefined;
  readonly defaultValue: Expr | undefined;
  readonly span: Span;
}

// ── Types ────────────────────────────────────────────────────────────────────────────────────────────────────

export type TypeExpr =
  /** `[h, w, c]`, `[..., d]` (any leading dimensions), `[]` (a scalar). */
  | { readonly kind: 'shape'; readonly rest: boolean; readonly dims: readonly Expr[]; readonly span: Span }
  /** `int`, `scalar`, `energy`, `Image[h, w, c]`, `Class[10]`, `string`, `range`. */
  | { readonly kind: 'named'; readonly name: Name; readonly args: readonly Expr[]; readonly span: Span };

// ── Members of a model, statements of a block ────────────────────────────────────────────────────────────────

export type Member =
  | DataMember
  | ViewMember
  | MaskMember
  | EncoderMember
  | LetStatement
  | ParamStatement
  | StateStatement
  | UpdateStatement
  | FnItem
  | EnergyMember
  | MinimizeMember
  | RepresentationMember;

/** `data x: Image[32, 32, 3]` */
export interface DataMember extends ItemBase {
  readonly kind: 'data';
  readonly name: Name;
  readonly type: TypeExpr;
  /** Of each step of a trajectory. */
  readonly fields: readonly Field[];
}

/**
 * `view a, b of x = random_crop(size: 32) |> flip`: the pipeline is applied to `x`, once a name, with fresh draws; `view crops[6] of x = ...` is
 * a list of six.
 */
export interface ViewMember extends ItemBase {
  readonly kind: 'view';
  readonly names: readonly ViewName[];
  readonly subject: Name;
  readonly pipeline: Expr;
}

export interface ViewName extends Name {
  /** How many views the name is a list of. */
  readonly count: Expr | undefined;
}

/** `mask m over p = random_mask(ratio: 0.75)`: the call gets `p` as its first argument and returns a record. */
export interface MaskMember extends ItemBase {
  readonly kind: 'mask';
  readonly name: Name;
  readonly subject: Name;
  readonly pipeline: Expr;
}

export interface EncoderMember extends ItemBase {
  readonly kind: 'encoder';
  readonly name: Name;
  readonly value: Expr;
}

/** `energy E(x, y) = ...`, or a family of energies, `energy E(width: int)(x, y) = ...`: settings, then arguments. */
export interface EnergyMember extends ItemBase {
  readonly kind: 'energy';
  readonly name: Name;
  /** Of a family: what tells its energies apart. */
  readonly settings: readonly Parameter[];
  readonly parameters: readonly Parameter[];
  readonly body: Block;
}

/**
 * `minimize { contrast: info_nce(E, a, b) }`: terms are named and separated by newlines or commas. With `over D, F` only the parameters of
 * these encoders (and `param`s) follow the terms' gradient.
 */
export interface MinimizeMember extends ItemBase {
  readonly kind: 'minimize';
  readonly over: readonly Name[];
  readonly terms: readonly Term[];
}

export interface Term {
  readonly name: Name;
  readonly value: Expr;
  readonly span: Span;
}

export interface RepresentationMember extends ItemBase {
  readonly kind: 'representation';
  readonly value: Expr;
}

export interface Block {
  readonly statements: readonly Statement[];
  /** The value of the block. Absent only after a syntax error. */
  readonly result: Expr | undefined;
  /** True for `= expr`, false for `{ ... }`. */
  readonly inline: boolean;
  readonly span: Span;
}

export type Statement =
  | LetStatement
  | ParamStatement
  | StateStatement
  | UpdateStatement
  | AssignStatement
  | RepeatStatement;

export interface LetStatement extends ItemBase {
  readonly kind: 'let';
  readonly name: Name;
  readonly type: TypeExpr | undefined;
  readonly value: Expr;
}

/** `param weight: [d, out] = normal([d, out]) / sqrt(d)`: a trained tensor and its value at the start. */
export interface ParamStatement extends ItemBase {
  readonly kind: 'param';
  readonly name: Name;
  readonly type: TypeExpr | undefined;
  readonly initial: Expr;
}

/** `state queue: [4096, 128] = unit(normal([4096, 128]))`: a tensor that outlives a step, changed only by `after step` and `before epoch`. */
export interface StateStatement extends ItemBase {
  readonly kind: 'state';
  readonly name: Name;
  readonly type: TypeExpr | undefined;
  readonly initial: Expr;
}

/** When states are changed: with each step, of its values, or as an epoch begins, of all data. */
export type UpdateMoment = 'after step' | 'before epoch';

/** `after step { queue = push(queue, batch(k)) }`, `before epoch { centres = ... }`: what states are from then on. */
export interface UpdateStatement extends ItemBase {
  readonly kind: 'update';
  readonly moment: UpdateMoment;
  readonly statements: readonly Statement[];
}

/** `x = x |> relu`: gives a `let`, or an input, a new value from here on. */
export interface AssignStatement extends ItemBase {
  readonly kind: 'assign';
  readonly name: Name;
  readonly value: Expr;
}

/** `repeat n { ... }`, `repeat i in n { ... }` (i from 0): unrolled when compiled. */
export interface RepeatStatement extends ItemBase {
  readonly kind: 'repeat';
  readonly variable: Name | undefined;
  readonly count: Expr;
  readonly statements: readonly Statement[];
}

// ── Expressions ──────────────────────────────────────────────────────────────────────────────────────────────

export type Expr =
  /** `10%` has value 0.1 and `percent` true. */
  | {
      readonly kind: 'number';
      readonly value: number;
      readonly text: string;
      readonly percent: boolean;
      readonly span: Span;
    }
  | { readonly kind: 'string'; readonly value: string; readonly span: Span }
  | { readonly kind: 'bool'; readonly value: boolean; readonly span: Span }
  | { readonly kind: 'name'; readonly name: Name; readonly span: Span }
  | { readonly kind: 'call'; readonly callee: Expr; readonly args: readonly Argument[]; readonly span: Span }
  | { readonly kind: 'member'; readonly subject: Expr; readonly member: Name; readonly span: Span }
  | { readonly kind: 'index'; readonly subject: Expr; readonly indices: readonly Index[]; readonly span: Span }
  | { readonly kind: 'unary'; readonly operator: '-' | 'not'; readonly operand: Expr; readonly span: Span }
  | {
      readonly kind: 'binary';
      readonly operator: BinaryOperator;
      readonly left: Expr;
      readonly right: Expr;
      readonly span: Span;
    }
  /** `x |> f`, `x |> linear(10)` */
  | { readonly kind: 'pipe'; readonly left: Expr; readonly right: Expr; readonly span: Span }
  /** `0.08..1.0` */
  | { readonly kind: 'range'; readonly low: Expr; readonly high: Expr; readonly span: Span }
  /** `0.996 -> 1.0`: from the first to the second over the whole training, along half a cosine. */
  | { readonly kind: 'schedule'; readonly from: Expr; readonly to: Expr; readonly span: Span }
  /** `mean for s in a ++ b, t in a where s != t: H(s, t)`: unrolled when compiled. */
  | {
      readonly kind: 'for';
      readonly reducer: Name;
      readonly clauses: readonly ForClause[];
      readonly condition: Expr | undefined;
      readonly body: Expr;
      readonly span: Span;
    }
  /**
   * `min z in codes { D(x, z) }`, `softmin z in codes at beta { ... }`: over the rows of a tensor or the items of a list;
   * `min z from z0 by gradient(steps: 8, rate: 0.1) { ... }`: by descent.
   */
  | {
      readonly kind: 'minimum';
      /** `argmin` is where the minimum is, not its value. */
      readonly word: 'min' | 'softmin' | 'argmin';
      readonly variable: Name;
      readonly domain: Expr | undefined;
      readonly beta: Expr | undefined;
      readonly start: Expr | undefined;
      readonly method: Expr | undefined;
      readonly body: Expr;
      readonly span: Span;
    }
  /** `[a, b]` */
  | { readonly kind: 'list'; readonly items: readonly Expr[]; readonly span: Span }
  /** `{ visible: a, hidden: b }` */
  | { readonly kind: 'record'; readonly fields: readonly Setting[]; readonly span: Span }
  /** `if c then a else b`: `c` is known when compiled. */
  | {
      readonly kind: 'if';
      readonly condition: Expr;
      readonly then: Expr;
      readonly otherwise: Expr;
      readonly span: Span;
    }
  /** Stands where an expression could not be read; the parser has already reported why. */
  | { readonly kind: 'missing'; readonly span: Span };

export interface ForClause {
  readonly name: Name;
  readonly domain: Expr;
}

export type BinaryOperator = '++' | '+' | '-' | '*' | '/' | '^' | '==' | '!=' | '<' | '<=' | '>' | '>=' | 'and' | 'or';

export interface Argument {
  readonly name: Name | undefined;
  readonly value: Expr;
  readonly span: Span;
}

/** `x[i]` (an int drops the axis, an index vector gathers), `x[2:5]`, `x[:, 0]`, `x[1:]`. */
export type Index =
  | { readonly kind: 'at'; readonly value: Expr; readonly span: Span }
  | { readonly kind: 'slice'; readonly from: Expr | undefined; readonly to: Expr | undefined; readonly span: Span };
