/**
 * Can a constant representation minimise the objective?
 * In: a typed model. Out: a diagnostic where it can. It guarantees no false alarm by itself: a reported objective has had every output tried here
 * at no less than its best constant one; an unreported one has an output, found here, that is strictly lower (or is behind `stop`).
 */
import { type Diagnostic, report } from '../../diagnostics/index.js';
import type { TypedModel } from '../check/typed-model.js';
import { gradients } from '../differentiate/index.js';
import { Builder } from '../graph/builder.js';
import type { NdArray } from '../graph/ops/op.js';
import type { Draws } from '../graph/random.js';
import { topological } from '../graph/schedule.js';
import type { Node } from '../graph/types.js';
import { flopsOf, numbersIn } from '../graph/work.js';
import { BatchLowering } from '../lower/batching.js';
import { Rewriting } from '../lower/rewriting.js';
import { evaluateNodes, evaluator } from '../targets/reference/index.js';
import { arrangements, type Outputs, repeated, uniformNumbers } from './outputs.js';

/** Examples in the batch that outputs are tried on: the first count with which one evaluation is small enough. */
const exampleCounts = [8, 2] as const;
const descentSteps = 8;
/** Numbers that an evaluation of the objective and its gradient may make: a gigabyte if all were kept. */
const numbersAtOnce = 1.2e8;
/** Operations of one evaluation above which as few examples and starts as can be are tried: the logits of a whole vocabulary. */
const costly = 2e8;
/** Operations on numbers that the whole analysis may take: some ten seconds. */
const affordable = 2e10;

export function analyseCollapse(model: TypedModel): readonly Diagnostic[] {
  const roots = model.terms.map((t) => t.node);
  const outputs = outermostOutputs(model, roots);
  const free = outputs.map((o) => o.node);
  if (free.length === 0 || model.groups.length > 1 || roots.some((root) => isNotOfValues(root, new Set(free))))
    return [];
  try {
    const objective = smallEnough(model, free);
    const constant = lowestConstant(objective);
    return foundLower(objective, constant) ? [] : [canCollapse(model, outputs, objective, constant)];
  } catch (error) {
    if (!(error instanceof TooLarge)) throw error;
    return [report('EBM3002', { model: model.name, reason: error.message }, { span: model.terms[0]!.span })];
  }
}

/** The search would take too long or too much memory. */
class TooLarge extends Error {}

function smallEnough(model: TypedModel, free: readonly Node[]): Objective {
  for (const count of exampleCounts) {
    const objective = freeObjective(model, free, count);
    const isLast = count === exampleCounts.at(-1);
    if (objective.numbers <= numbersAtOnce && (isLast || objective.work <= costly)) return objective;
  }
  throw new TooLarge('the outputs of its last encoders hold too many numbers');
}

function canCollapse(model: TypedModel, outputs: readonly Output[], objective: Objective, constant: Found): Diagnostic {
  const encoders = [...new Set(outputs.map((o) => o.encoder))];
  const upstream = model.encoders.map((e) => e.name).filter((name) => !encoders.includes(name));
  const named = [...upstream, ...encoders].map((name) => `encoder \`${name}\``).join(' and ');
  const terms = objective.terms(constant.outputs);
  const values = model.terms.map((t, k) => `${t.name} ${round(terms[k]!)}`).join(', ');
  return report(
    'EBM3001',
    { encoders: named },
    {
      span: model.terms[0]!.span,
      related: model.encoders
        .filter((e) => encoders.includes(e.name))
        .map((e) => ({ span: e.span, message: 'its output may become constant' })),
      notes: [
        `with the output of ${encoders.map((name) => `\`${name}\``).join(', ')} the same for every example, the terms are: ${values}`,
        `nothing lower was found among outputs that differ from example to example (total ${round(constant.value)})`,
      ],
    },
  );
}

function round(x: number): string {
  return String(Number(x.toPrecision(3)));
}

interface Output {
  readonly encoder: string;
  readonly node: Node;
}

/** The results of encoder calls that reach the objective through no other encoder. */
function outermostOutputs(model: TypedModel, roots: readonly Node[]): Output[] {
  const results = new Map(model.calls.map((c) => [c.result, c.path]));
  const found: Output[] = [];
  const seen = new Set<Node>();
  const stack = [...roots];
  while (stack.length > 0) {
    const node = stack.pop()!;
    if (seen.has(node)) continue;
    seen.add(node);
    const encoder = results.get(node);
    if (encoder !== undefined && node.axes.some((a) => a.kind === 'example')) found.push({ encoder, node });
    else stack.push(...node.args);
  }
  return found.reverse();
}

/** Whether an objective depends on more than the outputs' values: on which of them a gradient flows through, or on their slopes. */
function isNotOfValues(root: Node, outputs: ReadonlySet<Node>): boolean {
  return topological([root]).some(
    (node) =>
      (node.op === 'stop_gradient' || node.op === 'grad') && topological([node]).some((inner) => outputs.has(inner)),
  );
}

/** The objective as a function of the encoders' outputs alone; data, draws and other parameters are fixed. */
interface Objective {
  readonly shapes: readonly (readonly number[])[];
  value(outputs: Outputs): number;
  terms(outputs: Outputs): number[];
  gradient(outputs: Outputs): Outputs;
  /** Operations of an evaluation with its gradient. */
  readonly work: number;
  /** How many numbers an evaluation makes. Nothing is computed before it is asked for a value. */
  readonly numbers: number;
}

function freeObjective(model: TypedModel, outputs: readonly Node[], examples: number): Objective {
  const rewriting = new Rewriting(model.builder);
  for (const [k, node] of outputs.entries()) {
    const attrs = { name: `output ${k}`, shape: node.type.shape, dtype: 'float32' };
    rewriting.replace(node, model.builder.op('input', [], attrs, { axes: node.axes }));
  }
  const b = new Builder();
  const lowering = new BatchLowering(b, Math.min(examples, model.batch));
  const terms = model.terms.map((t) => {
    const { node } = lowering.lower(rewriting.rewrite(t.node));
    return node.type.shape.length === 0 ? node : b.mean(node);
  });
  const loss = terms.reduce((sum, term) => b.add(sum, term));
  const free = outputs.map((_, k) => lowering.inputs.get(`output ${k}`)!);
  const cotangents = gradients(b, loss, free);
  const draws = { seed: 1, step: 0 };
  const roots = [loss, ...terms, ...cotangents];
  const order = topological(roots);
  const { moved, wanted } = split(order, roots, free);
  const known = new Set<Node>([...wanted, ...free]);
  let fixed: ReadonlyMap<Node, NdArray> | undefined;
  const env = (values: Outputs): Map<Node, NdArray> => {
    fixed ??= evaluated(wanted, fixedValues(model, lowering, order), draws);
    const all = new Map(fixed);
    for (const [k, v] of values.entries()) all.set(free[k]!, v);
    return all;
  };
  const scalar = (a: NdArray): number => a.data[0]!;
  const [value, gradient] = [evaluator([loss], known), evaluator(cotangents, known)];
  const work = workOf(order);
  const ofValue = workOf(topological([loss]).filter((node) => moved.has(node)));
  let spent = work;
  const spend = (operations: number): void => {
    spent += operations;
    if (spent > affordable) throw new TooLarge(`it would take more than ${affordable.toExponential()} operations`);
  };
  return {
    shapes: free.map((node) => node.type.shape.map(Number)),
    value(values) {
      spend(ofValue);
      return scalar(value(env(values), draws)[0]!);
    },
    terms: (values) => evaluateNodes(terms, env(values), draws).map(scalar),
    gradient(values) {
      spend(work);
      return gradient(env(values), draws);
    },
    work,
    numbers: order.reduce((sum, node) => sum + numbersIn(node), 0),
  };
}

/** Arithmetic, and reading and writing what it is about. */
function workOf(nodes: readonly Node[]): number {
  return nodes.reduce((sum, node) => sum + flopsOf(node) + 10 * numbersIn(node), 0);
}

/** What the outputs move, and what they do not but meets what they do: that is computed once for all descents. */
function split(order: readonly Node[], roots: readonly Node[], free: readonly Node[]) {
  const moved = new Set(free);
  const met = new Set<Node>();
  for (const node of order) {
    if (moved.has(node) || !node.args.some((arg) => moved.has(arg))) continue;
    moved.add(node);
    for (const arg of node.args) met.add(arg);
  }
  return { moved, wanted: [...met, ...roots].filter((node) => !moved.has(node)) };
}

function evaluated(
  nodes: readonly Node[],
  given: ReadonlyMap<Node, NdArray>,
  draws: Draws,
): ReadonlyMap<Node, NdArray> {
  const values = evaluateNodes(nodes, given, draws);
  return new Map(nodes.map((node, k) => [node, values[k]!]));
}

/** Uniform noise; of ids, below what the model declares. */
function data(node: Node, shape: readonly number[], model: TypedModel): NdArray {
  const numbers = uniformNumbers(shape, node.id);
  const below = model.inputs.find(({ name }) => name === node.attrs['name'])?.below;
  return below === undefined ? numbers : { shape, data: numbers.data.map((u) => Math.floor(u * below)) };
}

/** Data as uniform noise, states at their initial values. */
function fixedValues(model: TypedModel, lowering: BatchLowering, nodes: readonly Node[]): Map<Node, NdArray> {
  const fixed = new Map<Node, NdArray>();
  const b = new Builder();
  for (const node of nodes) {
    const shape = node.type.shape.map(Number);
    if (node.op === 'input' && !String(node.attrs['name']).startsWith('output '))
      fixed.set(node, data(node, shape, model));
    if (node.op !== 'state') continue;
    const state = model.states.find((s) => s.name === node.attrs['name'])!;
    const initial = new BatchLowering(b, lowering.batch).lower(state.initial).node;
    fixed.set(node, evaluateNodes([initial], new Map(), { seed: 1, step: 0 })[0]!);
  }
  return fixed;
}

interface Found {
  readonly outputs: Outputs;
  readonly value: number;
}

/** The lowest value over outputs that are the same for every example. */
function lowestConstant(objective: Objective): Found {
  let best: Found | undefined;
  const starts = arrangements(objective.shapes, 'constant');
  for (const outputs of objective.work > costly / exampleCounts.length ? starts.slice(0, 1) : starts) {
    const found = descend(objective, outputs, averageExamples);
    if (!best || found.value < best.value) best = found;
  }
  return best!;
}

function foundLower(objective: Objective, constant: Found): boolean {
  const enough = constant.value - 1e-6 * (1 + Math.abs(constant.value));
  const starts = [
    ...arrangements(objective.shapes, 'spread'),
    ...arrangements(objective.shapes, 'noise', constant.outputs),
  ];
  if (starts.some((outputs) => objective.value(outputs) < enough)) return true;
  // Descents are the costly part: away from the best constant, from near it, and from outputs that differ.
  const [spread, noise] = [starts[0]!, starts.at(-1)!];
  const descents: readonly (readonly [Outputs, Projection])[] = [
    [constant.outputs, differing],
    [noise, (gradient) => gradient],
    [spread, (gradient) => gradient],
  ];
  return descents.some(([start, project]) => descend(objective, start, project, enough).value < enough);
}

type Projection = (gradient: Outputs) => Outputs;

/** Gradient descent with a step that grows while it helps and shrinks while it does not; it may end below `enough`. */
function descend(objective: Objective, start: Outputs, project: Projection, enough = Number.NEGATIVE_INFINITY): Found {
  let outputs = start;
  let value = objective.value(outputs);
  let rate = 1;
  for (let step = 0; step < descentSteps && !(value < enough); step++) {
    const direction = project(objective.gradient(outputs));
    if (direction.every((d) => d.data.every((x) => x === 0))) break;
    let improved = false;
    for (let tries = 0; tries < 4 && !improved; tries++) {
      const next = outputs.map((o, k) => moved(o, direction[k]!, -rate));
      const nextValue = objective.value(next);
      if (nextValue < value) {
        outputs = next;
        value = nextValue;
        rate *= 2;
        improved = true;
      } else rate /= 8;
    }
    if (!improved) break;
  }
  return { outputs, value };
}

function moved(from: NdArray, direction: NdArray, distance: number): NdArray {
  const data = new Float64Array(from.data);
  for (let i = 0; i < data.length; i++) data[i]! += distance * direction.data[i]!;
  return { shape: from.shape, data };
}

/** What of a gradient is not the same for every example. */
function differing(gradient: Outputs): Outputs {
  const same = averageExamples(gradient);
  return gradient.map((g, k) => moved(g, same[k]!, -1));
}

function averageExamples(gradient: Outputs): Outputs {
  return gradient.map(({ shape, data }) => {
    const n = shape[0]!;
    const size = data.length / n;
    const mean = new Float64Array(size);
    for (let i = 0; i < data.length; i++) mean[i % size]! += data[i]! / n;
    return repeated(shape, mean);
  });
}
