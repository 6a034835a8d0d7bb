/**
 * Evaluates the per-example program of a model: expands functions and nets, computes what is known when compiled, and builds the
 * typed nodes of what is not. In: syntax trees. Out: nodes whose `axes` say over what they run, the states they read, the calls of
 * instances. It guarantees that every error is reported once, at the user's text, and that evaluation goes on after it.
 */
import { type Code, codes, type Diagnostic, type Related, type ReportPlace, report } from '../../diagnostics/index.js';
import type { Span } from '../../grammar/source.js';
import type { UpdateMoment } from '../../grammar/syntax-tree.js';
import { Builder, ShapeError } from '../graph/builder.js';
import { type Dim, showShape, symbol } from '../graph/dim.js';
import type { OpName } from '../graph/ops/index.js';
import type { Attrs, Axis, Node, Period, StateDecl } from '../graph/types.js';
import { shapeHelp } from './shape-help.js';
import type { EnergyValue, Value } from './values.js';
import { missing } from './values.js';

/** Where the evaluation is: shown as "in encoder f", "in repeat 3". */
export interface Frame {
  readonly text: string;
  readonly span: Span;
}

/** The instance whose parameters are being named. */
export interface Instance {
  readonly path: string;
  readonly counters: Map<string, number>;
}

/** A copy of another state. */
export interface Copy {
  /** The state that is followed; of an instance, its path. */
  readonly source: string;
  readonly follows: Following;
}

/**
 * `average`: after a step the copy is decay · itself + (1 - decay) · the parameter's new value; the decay is a scalar, the same for all examples.
 * `start`: it is what the other was as the epoch, or the stage of training, began.
 */
export type Following =
  | { readonly kind: 'average'; readonly decay: Node }
  | { readonly kind: 'start'; readonly of: Period };

/** An energy and what it is asked of, by parameter. */
export interface EnergyUse {
  readonly energy: EnergyValue;
  /** `missing` where a parameter keeps its default. */
  readonly args: readonly Value[];
}

/** What `before epoch` reads of a number of examples of the data set. */
export interface Gathered {
  /** The input that takes the values, `[count, ...]`. */
  readonly name: string;
  readonly count: number;
  /** The value of one example. */
  readonly node: Node;
}

export interface TypedState extends Omit<StateDecl, 'renewed'> {
  /** Its value at the start, without axes. */
  readonly initial: Node;
  readonly copy?: Copy | undefined;
}

/** A call of a named instance, for merging calls on several views. */
export interface InstanceCall {
  readonly path: string;
  readonly args: readonly Node[];
  readonly result: Node;
  /** Which of the tensors that the call gives, in their order. */
  readonly output: number;
}

/** `train`: batch statistics are computed; `use`: `running` values are read. */
export type Mode = 'train' | 'use';

const maximumDepth = 100;
const shownFrames = 8;

type SlotsOf<C extends Code> = Parameters<typeof report<C>>[1];

export class Elaborator {
  readonly builder = new Builder();
  readonly diagnostics: Diagnostic[] = [];
  readonly states = new Map<string, TypedState>();
  readonly calls: InstanceCall[] = [];
  /** Inputs of whole numbers → what these are below. */
  readonly idsBelow = new Map<Node, number>();
  /** Energy name → its first use. */
  readonly energyUses = new Map<string, EnergyUse>();
  readonly exampleAxis: Axis = { id: 0, kind: 'example', size: symbol('batch') };
  /** Paths of instances that are moving-average copies of others. */
  readonly copies = new Map<string, Copy>();
  /** Paths of instances whose parameters are read as one vector. */
  readonly readWhole = new Set<string>();
  /** When → state → its value from then on. */
  readonly updates: { readonly [M in UpdateMoment]: Map<string, Node> } = {
    'after step': new Map(),
    'before epoch': new Map(),
  };
  /** Whose statements are being evaluated: states are then what earlier statements made them. */
  moment: UpdateMoment | undefined;
  readonly gathered: Gathered[] = [];
  readonly frames: Frame[] = [];
  instance: Instance | undefined;
  mode: Mode = 'train';
  /** Axes that a random draw runs over at this place. */
  drawAxes: readonly Axis[] = [this.exampleAxis];
  /** What tells the draws of this call of an instance from those of its calls on something else. */
  private drawnFor = '';
  /** Path of an instance → what it was called on. */
  private readonly calledOn = new Map<string, (readonly Node[])[]>();
  /** The decays of averages of parameters, in the order in which they were met. */
  private readonly decays: Node[] = [];
  /** The name that a `let` is about to give, for states made in its value. */
  hint: string | undefined;
  /** Modules of the standard library that define a name, for help where it is unknown. */
  homesOf: (name: string) => readonly string[] = () => [];
  private readonly axisIds = new Map<string, Axis>();
  private readonly reported = new Set<string>();

  constructor(
    /** Examples in a batch. */
    readonly batch: number,
    /** The path of the user's file: errors inside a library are shown where it called in. */
    readonly userPath: string,
  ) {}

  fail<C extends Code>(code: C, slots: SlotsOf<C>, span: Span, place: Omit<ReportPlace, 'span'> = {}): Value {
    const related: Related[] = [...(place.related ?? [])];
    let primary = span;
    if (span.source.path !== this.userPath) {
      const outer = this.frames.findLast((frame) => frame.span.source.path === this.userPath);
      if (outer) {
        primary = outer.span;
        related.unshift({ span, message: 'here, in the library' });
      }
    }
    this.add(
      report(code, slots, { ...place, span: primary, related, notes: [...(place.notes ?? []), ...this.breadcrumbs()] }),
    );
    return missing;
  }

  /** Where the evaluation is, innermost first; a long way is cut in the middle. */
  private breadcrumbs(): string[] {
    const all = this.frames.map((f) => f.text).reverse();
    if (all.length <= shownFrames) return all;
    const half = shownFrames / 2;
    return [...all.slice(0, half), `… ${all.length - shownFrames} more`, ...all.slice(-half)];
  }

  add(diagnostic: Diagnostic): void {
    const key = `${diagnostic.code} ${diagnostic.span?.source.path} ${diagnostic.span?.start} ${diagnostic.message}`;
    if (this.reported.has(key)) return;
    this.reported.add(key);
    this.diagnostics.push(diagnostic);
  }

  /** What `body` gives; undefined where it reports anything, which is forgotten: that it does not fit is no mistake of the program's. */
  attempt<T>(body: () => T): T | undefined {
    const said = this.diagnostics.length;
    const reported = new Set(this.reported);
    const value = body();
    if (this.diagnostics.length === said) return value;
    this.diagnostics.length = said;
    this.reported.clear();
    for (const key of reported) this.reported.add(key);
    return undefined;
  }

  get hasErrors(): boolean {
    return this.diagnostics.some((d) => codes[d.code as Code].severity === 'error');
  }

  /** Runs `body` with one more breadcrumb. */
  within<T>(text: string, span: Span, body: () => T, otherwise: T): T {
    if (this.frames.length >= maximumDepth) {
      this.fail('EBM2061', { name: text.replace(/^in \w+ /, ''), depth: maximumDepth }, span);
      return otherwise;
    }
    this.frames.push({ text, span });
    try {
      return body();
    } finally {
      this.frames.pop();
    }
  }

  /** A node, or undefined after reporting why its arguments do not fit. */
  node(op: OpName, args: readonly Node[], attrs: Attrs, span: Span, axes?: readonly Axis[]): Node | undefined {
    try {
      return this.builder.op(op, args, attrs, { scope: this.instance?.path ?? '', span, ...(axes ? { axes } : {}) });
    } catch (error) {
      if (!(error instanceof ShapeError)) throw error;
      const related = args
        .filter((arg) => arg.span && !(arg.span.start === span.start && arg.span.source === span.source))
        .map((arg) => ({ span: arg.span as Span, message: `this is ${showShape(arg.type.shape)}` }));
      this.fail('EBM2010', { message: error.message }, span, { related, help: shapeHelp(error) });
      return undefined;
    }
  }

  /** Like `node`, as a value. */
  tensor(op: OpName, args: readonly Node[], attrs: Attrs, span: Span, axes?: readonly Axis[]): Value {
    const node = this.node(op, args, attrs, span, axes);
    return node ? { kind: 'tensor', node } : missing;
  }

  constant(value: number, span: Span): Node {
    return this.builder.op('constant', [], { value, shape: [], dtype: 'float32' }, { span });
  }

  /** The axis for mapping along dimension `position` (from the right) of size `size` at this depth of mapping. */
  mappedAxis(depth: number, position: number, size: Dim, kind: 'example' | 'map'): Axis {
    const key = `${depth} ${position} ${kind} ${typeof size === 'number' ? size : size.text}`;
    let axis = this.axisIds.get(key);
    if (!axis) {
      axis = { id: 1 + this.axisIds.size, kind, size };
      this.axisIds.set(key, axis);
    }
    return axis;
  }

  /** `linear_1`, `linear_2`, … in the current instance. */
  nextName(stem: string): string {
    const counters = this.instance?.counters ?? this.modelCounters;
    const n = (counters.get(stem) ?? 0) + 1;
    counters.set(stem, n);
    const prefix = this.instance?.path ? `${this.instance.path}/` : '';
    return `${prefix}${stem}_${n}`;
  }

  private readonly modelCounters = new Map<string, number>();

  inInstance<T>(path: string, body: () => T, mode: Mode = this.mode): T {
    const outer = { instance: this.instance, mode: this.mode };
    this.instance = { path, counters: new Map() };
    this.mode = mode;
    try {
      return body();
    } finally {
      Object.assign(this, outer);
    }
  }

  /** The name of a random draw at this place. */
  drawSite(stem: string): string {
    return this.nextName(stem) + this.drawnFor;
  }

  /** Runs the body of a named instance: called on something else it draws something else, called on the same again the same. */
  asCall<T>(path: string, args: readonly Node[], body: () => T): T {
    const known = this.calledOn.get(path) ?? [];
    this.calledOn.set(path, known);
    let at = known.findIndex((call) => call.length === args.length && call.every((node, k) => node === args[k]));
    if (at < 0) at = known.push(args) - 1;
    const outer = this.drawnFor;
    if (at > 0) this.drawnFor = `${outer}#${at + 1}`;
    try {
      return body();
    } finally {
      this.drawnFor = outer;
    }
  }

  /** What the state `name` of a copied instance follows. */
  copyOf(name: string): Copy | undefined {
    for (const [path, { source, follows }] of this.copies)
      if (name.startsWith(`${path}/`)) return { source: source + name.slice(path.length), follows };
    return undefined;
  }

  /** The state of a role that a value is, itself and not something computed of it. */
  stateOf(value: Value, role: StateDecl['role']): TypedState | undefined {
    if (value.kind !== 'tensor' || value.node.op !== 'state') return undefined;
    const state = this.states.get(String(value.node.attrs['name']));
    return state?.role === role ? state : undefined;
  }

  isState(value: Value): value is Extract<Value, { kind: 'tensor' }> {
    return this.stateOf(value, 'buffer') !== undefined;
  }

  /** A number for a decay of averages: the same for the same decay. */
  numberOf(decay: Node): number {
    const at = this.decays.indexOf(decay);
    return at < 0 ? this.decays.push(decay) - 1 : at;
  }

  /** A state as it is at this place: in `after step` and `before epoch`, as the statements before have made it. */
  current(value: Value): Value {
    if (!this.moment || !this.isState(value)) return value;
    const node = this.updates[this.moment].get(String(value.node.attrs['name']));
    return node ? { kind: 'tensor', node } : value;
  }

  /** The state called `name`, made with the value `initial` gives where it is not there yet. */
  state(
    name: string,
    role: StateDecl['role'],
    shape: readonly Dim[],
    span: Span,
    initial: () => Node | undefined,
    copy?: Copy,
  ): Value {
    const known = this.states.get(name);
    if (known) {
      if (showShape(known.type.shape) !== showShape(shape)) {
        return this.fail('EBM2024', { path: name, first: showShape(known.type.shape), now: showShape(shape) }, span);
      }
    } else {
      const outer = { drawAxes: this.drawAxes, drawnFor: this.drawnFor };
      this.drawAxes = [];
      this.drawnFor = '';
      const value = initial();
      Object.assign(this, outer);
      if (!value) return missing;
      this.states.set(name, { name, role, type: { dtype: 'float32', shape }, initial: value, copy });
    }
    return this.tensor('state', [], { name, shape, dtype: 'float32' }, span);
  }
}
