/**
 * A training step in parts that need the memory of a micro-batch, with the loss and the gradient of the whole batch.
 * In: a typed model, its optimizer, and the micro-batch's size. Out: graphs to call one after another, some once for each micro-batch.
 * It guarantees the same values as the whole step but for the order of sums; statistics with moving averages are of the whole batch,
 * or of each micro-batch where that is asked for.
 *
 * As GradCache (Gao et al. 2021) does for contrastive losses, for any objective: values are computed level by level (see `levels.ts`),
 * those that a higher level uses are kept for all examples, the end of the step is differentiated for all at once, and each level's
 * computation is repeated for its gradient. What lies between the graphs are states of the role 'scratch'.
 */

import type { TypedModel } from '../../check/typed-model.js';
import { gradients } from '../../differentiate/index.js';
import { Builder } from '../../graph/builder.js';
import type { Batched } from '../../graph/ops/op.js';
import type { Axis, Graph, MicroPass, MicroStep, Node, StateDecl } from '../../graph/types.js';
import { BatchLowering, type RunningValue } from '../batching.js';
import { scaleLoss, settleStep, unscale } from '../loss-scale.js';
import { findLevels, type Levels } from './levels.js';

export interface MicroOptions {
  /** Examples in a micro-batch; divides the batch. */
  readonly size: number;
  /** Whether statistics with moving averages are of the whole batch, or of each micro-batch. */
  readonly wholeStatistics: boolean;
}

/** What the whole step does with what is found: updates of parameters and of moving averages. */
export interface StepEnd {
  readonly parameters: readonly StateDecl[];
  /** Whether gradients are of a scaled loss: see `loss-scale.ts`. */
  readonly scalesLoss: boolean;
  /** New values of all parameters and of the optimizer's states. */
  optimize(b: Builder, gradientOf: (parameter: StateDecl) => Node, rate: Node): Readonly<Record<string, Node>>;
  /** New values of moving-average copies, of what the optimizer has made of the parameters. */
  follow(b: Builder, lowering: BatchLowering, updates: Readonly<Record<string, Node>>): Readonly<Record<string, Node>>;
  /** New values of moving averages. */
  average(b: Builder, running: readonly RunningValue[]): ReadonlyMap<string, Node>;
  /** Values of a forward program, before it is differentiated. */
  forward(b: Builder, outputs: readonly Node[]): readonly Node[];
}

/** The name of the input that says which micro-batch it is. */
export const microInput = 'micro';

export function lowerMicroStep(model: TypedModel, { size, wholeStatistics }: MicroOptions, end: StepEnd): MicroStep {
  return new MicroLowering(model, size, findLevels(model, wholeStatistics), end).lower();
}

interface Kept {
  readonly node: Node;
  /** The example axis first. */
  readonly axes: readonly Axis[];
  readonly value: string;
  readonly cotangent: string;
}

class MicroLowering {
  private readonly scratch = new Map<string, StateDecl>();
  private readonly kept: readonly Kept[];
  private readonly shared: readonly Kept[];
  private readonly running: readonly Statistic[];

  constructor(
    private readonly model: TypedModel,
    private readonly size: number,
    private readonly levels: Levels,
    private readonly end: StepEnd,
  ) {
    const { exampleAxis } = model;
    this.kept = levels.kept.map((node, i) => ({
      node,
      axes: [exampleAxis, ...node.axes.filter(({ id }) => id !== exampleAxis.id)],
      value: `kept/${i}`,
      cotangent: `kept/${i}/cotangent`,
    }));
    this.shared = levels.shared.map((node, i) => ({
      node,
      axes: node.axes,
      value: `shared/${i}`,
      cotangent: `shared/${i}/cotangent`,
    }));
    this.running = levels.running.map((node, i) => ({ node, state: `statistic/${i}` }));
  }

  lower(): MicroStep {
    const { count } = this.levels;
    const once = (graph: Graph): MicroPass => ({ graph, each: false });
    const each = (graph: Graph): MicroPass => ({ graph, each: true });
    const passes: MicroPass[] = [];
    for (let level = 0; level < count; level++) {
      if (level > 0) passes.push(once(this.collect(level)));
      passes.push(each(this.forward(level)));
    }
    passes.push(once(this.objective()));
    for (let level = count - 1; level >= 0; level--) {
      passes.push(each(this.backward(level)));
      if (level > 0) passes.push(once(this.collectBackward(level)));
    }
    passes.push(once(this.update()));
    return {
      size: this.size,
      count: this.model.batch / this.size,
      passes: passes.filter(({ graph }) => Object.keys(graph.outputs).length + Object.keys(graph.updates).length > 0),
      scratch: [...this.scratch.values()],
    };
  }

  /** The values of a level that are kept, for one micro-batch. */
  private forward(level: number): Graph {
    const part = this.partial(level);
    const results = this.end.forward(part.b, part.outputs);
    const updates = Object.fromEntries(
      part.kept.map(({ value }, i) => [
        value,
        part.b.op('write_rows', [this.read(part.b, value), part.rows, results[i]!]),
      ]),
    );
    return { name: `forward_${level}`, inputs: part.inputs(), outputs: {}, updates };
  }

  /** The gradient of a level, for one micro-batch: added to what others found for the same values. */
  private backward(level: number): Graph {
    const part = this.partial(level);
    const { b } = part;
    const running = this.running.filter(
      ({ node }) => this.levels.isPartial(node) && this.levels.levelOf(node) === level,
    );
    const statistics = running.map(({ node }) => meanOf(b, part.lowering.lower(node)));
    const forward = this.end.forward(b, [...part.outputs, ...statistics]);
    const cotangents = part.kept.map(({ cotangent }) => part.take(cotangent));
    const wrt = this.usedIn(part.given, forward);
    const found = differentiate(b, forward.slice(0, part.outputs.length), cotangents, [
      ...this.parametersIn(b),
      ...wrt.map(({ node }) => node),
    ]);
    const updates = this.addToParameters(b, found);
    wrt.forEach(({ kept, isRows }, i) => {
      const gradient = found[this.end.parameters.length + i]!;
      const before = this.read(b, kept.cotangent);
      updates[kept.cotangent] = isRows
        ? b.op('write_rows', [before, part.rows, b.add(part.take(kept.cotangent), gradient)])
        : b.add(before, gradient);
    });
    running.forEach(({ state }, i) => {
      const share = b.scale(forward[part.outputs.length + i]!, this.size / this.model.batch);
      updates[state] = b.add(this.read(b, state), share);
    });
    return { name: `backward_${level}`, inputs: part.inputs(), outputs: {}, updates };
  }

  /** What a level uses of all examples at once. */
  private collect(level: number): Graph {
    const { b, lowering } = this.whole(level);
    const shared = this.sharedOf(level);
    const values = shared.map(({ node, axes }) => lowering.lowerOver(node, axes));
    const running = this.wholeStatistics(level);
    const statistics = running.map(({ node }) => meanOf(b, lowering.lower(node)));
    const results = this.end.forward(b, [...values, ...statistics]);
    const updates: Record<string, Node> = {};
    for (const [i, state] of [...shared.map(({ value }) => value), ...running.map((each) => each.state)].entries())
      updates[this.declare(state, results[i]!)] = results[i]!;
    return { name: `collect_${level}`, inputs: [...lowering.inputs.values()], outputs: {}, updates };
  }

  private collectBackward(level: number): Graph {
    const { b, lowering, given } = this.whole(level);
    const shared = this.sharedOf(level);
    const values = shared.map(({ node, axes }) => lowering.lowerOver(node, axes));
    const results = this.end.forward(b, values);
    const wrt = this.usedIn(given, results);
    const found = differentiate(
      b,
      results,
      shared.map(({ cotangent }) => this.read(b, cotangent)),
      [...this.parametersIn(b), ...wrt.map(({ node }) => node)],
    );
    const updates = this.addToParameters(b, found);
    wrt.forEach(({ kept: { cotangent } }, i) => {
      updates[cotangent] = b.add(this.read(b, cotangent), found[this.end.parameters.length + i]!);
    });
    return { name: `collect_backward_${level}`, inputs: [...lowering.inputs.values()], outputs: {}, updates };
  }

  /** The terms and their gradient, for all examples; what others add to starts here. */
  private objective(): Graph {
    const { b, lowering, given } = this.whole(this.levels.count);
    const terms = this.model.terms.map(({ name, node }) => {
      const value = lowering.lower(node).node;
      return { name, value: value.type.shape.length === 0 ? value : b.mean(value) };
    });
    const running = this.wholeStatistics(this.levels.count);
    const statistics = running.map(({ node }) => meanOf(b, lowering.lower(node)));
    const buffers = this.model.updates.map(({ state, node }) => ({ state, value: lowering.lower(node).node }));
    const results = this.end.forward(b, [
      ...terms.map(({ value }) => value),
      ...statistics,
      ...buffers.map(({ value }) => value),
    ]);
    const forward = results.slice(0, terms.length);
    const loss = forward.reduce((sum, term) => b.add(sum, term));
    const smooth = given.filter(({ node }) => node.type.dtype === 'float32');
    const found = gradients(b, this.end.scalesLoss ? scaleLoss(b, loss) : loss, [
      ...this.parametersIn(b),
      ...smooth.map(({ node }) => node),
    ]);
    const updates: Record<string, Node> = {};
    this.end.parameters.forEach((parameter, i) => {
      updates[this.declare(`gradient/${parameter.name}`, found[i]!)] = found[i]!;
    });
    smooth.forEach(({ kept }, i) => {
      const gradient = found[this.end.parameters.length + i]!;
      updates[this.declare(kept.cotangent, gradient)] = gradient;
    });
    running.forEach(({ state }, i) => {
      const value = results[terms.length + i]!;
      updates[this.declare(state, value)] = value;
    });
    // Backward passes still read what the states were.
    buffers.forEach(({ state }, i) => {
      const value = results[terms.length + running.length + i]!;
      updates[this.declare(`next/${state}`, value)] = value;
    });
    // Those of micro-batches are summed from here on.
    for (const { node, state } of this.running) {
      if (!this.levels.isPartial(node)) continue;
      const zeros = b.zeros({ dtype: 'float32', shape: node.type.shape });
      updates[this.declare(state, zeros)] = zeros;
    }
    const outputs: Record<string, Node> = { loss };
    for (const [k, { name }] of terms.entries()) outputs[`term.${name}`] = forward[k]!;
    return { name: 'objective', inputs: [...lowering.inputs.values()], outputs, updates };
  }

  private update(): Graph {
    const b = new Builder();
    b.place = { scope: 'optimizer', span: undefined };
    const rate = b.input('rate', []);
    const { scalesLoss } = this.end;
    const found = new Map(
      this.end.parameters.map(({ name }) => {
        const gradient = this.read(b, `gradient/${name}`);
        return [name, scalesLoss ? unscale(b, gradient) : gradient];
      }),
    );
    const updates: Record<string, Node> = {
      ...this.end.optimize(b, ({ name }) => found.get(name)!, rate),
    };
    const running = this.running.map(({ node: { attrs }, state }): RunningValue => {
      const node = this.read(b, state);
      const value = { node, axes: [], rank: node.type.shape.length };
      return { name: String(attrs['name']), decay: Number(attrs['decay']), value };
    });
    const lowering = new BatchLowering(b, this.model.batch);
    Object.assign(updates, this.end.follow(b, lowering, updates));
    for (const [name, value] of this.end.average(b, running)) updates[name] = value;
    for (const { state } of this.model.updates) updates[state] = this.read(b, `next/${state}`);
    const settled = scalesLoss ? settleStep(b, [...found.values()], updates) : { updates, outputs: {} };
    return { name: 'update', inputs: [rate, ...lowering.inputs.values()], ...settled };
  }

  // ── Parts ──────────────────────────────────────────────────────────────────────────────────────────────────

  /** A level's values of one micro-batch, lowered but not yet optimized. */
  private partial(level: number) {
    const b = new Builder();
    const micro = b.input(microInput, [], 'int32');
    const rows = b.add(b.op('mul', [micro, b.scalar(this.size, 'int32')]), b.op('iota', [], { size: this.size }));
    const lowering = new BatchLowering(b, this.model.batch, { axis: this.model.exampleAxis.id, size: this.size, rows });
    const take = (state: string): Node => b.gather(this.read(b, state), rows, 0);
    const given: Given[] = [];
    for (const kept of this.kept) {
      if (this.levels.levelOf(kept.node) >= level) continue;
      const node = take(kept.value);
      given.push({ kept, node, isRows: true });
      lowering.give(kept.node, node, kept.axes);
    }
    for (const kept of this.shared) {
      if (this.levels.levelOf(kept.node) > level) continue;
      const node = this.read(b, kept.value);
      given.push({ kept, node, isRows: false });
      lowering.give(kept.node, node, kept.axes);
    }
    const kept = this.kept.filter(({ node }) => this.levels.levelOf(node) === level);
    const outputs = kept.map((each) => {
      const value = lowering.lowerOver(each.node, each.axes);
      this.declare(each.value, value, this.model.batch);
      return value;
    });
    const inputs = (): Node[] => [micro, ...lowering.inputs.values()];
    return { b, lowering, rows, take, given, kept, outputs, inputs };
  }

  /** A lowering for all examples, which knows what is kept of the levels below. */
  private whole(level: number) {
    const b = new Builder();
    const lowering = new BatchLowering(b, this.model.batch);
    const given: Given[] = [];
    for (const kept of [...this.kept, ...this.shared]) {
      if (this.levels.levelOf(kept.node) >= level) continue;
      const node = this.read(b, kept.value);
      given.push({ kept, node, isRows: false });
      lowering.give(kept.node, node, kept.axes);
    }
    return { b, lowering, given };
  }

  private sharedOf(level: number): readonly Kept[] {
    return this.shared.filter(({ node }) => this.levels.levelOf(node) === level);
  }

  /** Statistics of the whole batch that a pass over all examples finds; the last one takes those that are left. */
  private wholeStatistics(level: number): readonly Statistic[] {
    const { levelOf, isPartial, count } = this.levels;
    return this.running.filter(
      ({ node }) => !isPartial(node) && (level === count ? levelOf(node) >= count : levelOf(node) === level),
    );
  }

  private parametersIn(b: Builder): Node[] {
    return this.end.parameters.map(({ name, type }) => b.state(name, type.shape, type.dtype));
  }

  private addToParameters(b: Builder, found: readonly Node[]): Record<string, Node> {
    const updates: Record<string, Node> = {};
    this.end.parameters.forEach(({ name }, i) => {
      const state = `gradient/${name}`;
      const gradient = found[i]!;
      // What does not depend on a parameter leaves its gradient alone.
      if (!isZero(gradient)) updates[state] = b.add(this.read(b, state), gradient);
    });
    return updates;
  }

  /** Of what is given, that which values depend on. */
  private usedIn(given: readonly Given[], values: readonly Node[]): readonly Given[] {
    const reached = new Set<Node>();
    const waiting = [...values];
    for (let node = waiting.pop(); node; node = waiting.pop()) {
      if (reached.has(node)) continue;
      reached.add(node);
      waiting.push(...node.args);
    }
    return given.filter(({ node }) => reached.has(node) && node.type.dtype === 'float32');
  }

  private declare(name: string, value: Node, rows?: number): string {
    const shape = rows === undefined ? value.type.shape : [rows, ...value.type.shape.slice(1)];
    this.scratch.set(name, { name, role: 'scratch', type: { dtype: value.type.dtype, shape } });
    return name;
  }

  private read(b: Builder, name: string): Node {
    const declared = this.scratch.get(name);
    if (!declared) throw new Error(`${name} is read before it is written`);
    return b.state(name, declared.type.shape, declared.type.dtype);
  }
}

interface Statistic {
  readonly node: Node;
  /** Where its value is kept until the step's end. */
  readonly state: string;
}

interface Given {
  readonly kept: Kept;
  readonly node: Node;
  /** Whether the node holds the rows of a micro-batch, not of all examples. */
  readonly isRows: boolean;
}

function isZero(node: Node): boolean {
  return node.op === 'constant' && node.attrs['value'] === 0;
}

/** The gradient of Σ values · cotangents. */
function differentiate(b: Builder, values: readonly Node[], cotangents: readonly Node[], wrt: readonly Node[]): Node[] {
  const parts = values.flatMap((value, i) =>
    value.type.dtype === 'float32' ? [b.sum(b.mul(value, b.stop(cotangents[i]!)))] : [],
  );
  if (parts.length === 0) return wrt.map((node) => b.zerosLike(node));
  return gradients(
    b,
    parts.reduce((sum, part) => b.add(sum, part)),
    wrt,
  );
}

/** A statistic's value, without gradient; of one that runs over axes, its mean over them. */
function meanOf(b: Builder, { node, axes }: Batched): Node {
  const mean =
    axes.length === 0
      ? node
      : b.mean(
          node,
          axes.map((_, i) => i),
        );
  return b.stop(mean);
}
