/**
 * Can a constant representation minimise the objective?
 * In: a typed model. Out: a diagnostic where it can. It guarantees no false alarm by itself: a reported objective has had every output tried here
 * at no less than its best constant one; an unreported one has an output, found here, that is strictly lower (or is behind `stop`).
 */
import { type Diagnostic, report } from '../../diagnostics/index.js';
import type { TypedModel } from '../check/typed-model.js';
import { gradients } from '../differentiate/index.js';
import { Builder } from '../graph/builder.js';
import { ops } from '../graph/ops/index.js';
import type { NdArray } from '../graph/ops/op.js';
import type { Draws } from '../graph/random.js';
import { topological } from '../graph/schedule.js';
import type { Node } from '../graph/types.js';
import { BatchLowering } from '../lower/batching.js';
import { Rewriting } from '../lower/rewriting.js';
import { evaluateNodes, evaluator } from '../targets/reference/index.js';
import { arrangements, type Outputs, repeated, uniformNumbers } from './outputs.js';

/** How much is tried: examples in the batch, steps of a descent, constants to start from. */
interface Effort {
  readonly examples: number;
  readonly steps: number;
  readonly constants: number;
}

const usual: Effort = { examples: 8, steps: 8, constants: 3 };
/** For objectives that take long, such as the logits of a whole vocabulary. */
const small: Effort = { examples: 2, steps: 4, constants: 1 };

/** Floating point operations of one evaluation: above the first the effort is small, above the second there is none. */
const costly = 5e7;
const tooCostly = 2e9;

export function analyseCollapse(model: TypedModel): readonly Diagnostic[] {
  const roots = model.terms.map((t) => t.node);
  const outputs = outermostOutputs(model, roots);
  if (outputs.length === 0 || roots.some((root) => stopsAnOutput(root, new Set(outputs.map((o) => o.node))))) return [];
  const nodes = outputs.map((o) => o.node);
  let objective = freeObjective(model, nodes, usual);
  if (objective.cost > costly) objective = freeObjective(model, nodes, small);
  if (objective.cost > tooCostly) return [report('EBM3002', { model: model.name }, { span: model.terms[0]!.span })];
  const constant = lowestConstant(objective);
  if (foundLower(objective, constant)) return [];
  const encoders = [...new Set(outputs.map((o) => o.encoder))];
  const upstream = model.encoders.map((e) => e.name).filter((name) => !encoders.includes(name));
  const named = [...upstream, ...encoders].map((name) => `encoder \`${name}\``).join(' and ');
  const terms = objective.terms(constant.outputs);
  const values = model.terms.map((t, k) => `${t.name} ${round(terms[k]!)}`).join(', ');
  return [
    report(
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
    ),
  ];
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

function stopsAnOutput(root: Node, outputs: ReadonlySet<Node>): boolean {
  return topological([root]).some(
    (node) => node.op === 'stop_gradient' && topological([node]).some((inner) => outputs.has(inner)),
  );
}

/** The objective as a function of the encoders' outputs alone; data, draws and other parameters are fixed. */
interface Objective {
  readonly effort: Effort;
  /** Floating point operations of a value with its gradient, about. */
  readonly cost: number;
  readonly shapes: readonly (readonly number[])[];
  value(outputs: Outputs): number;
  terms(outputs: Outputs): number[];
  gradient(outputs: Outputs): Outputs;
}

function freeObjective(model: TypedModel, outputs: readonly Node[], effort: Effort): Objective {
  const rewriting = new Rewriting(model.builder);
  for (const [k, node] of outputs.entries()) {
    const attrs = { name: `output ${k}`, shape: node.type.shape, dtype: 'float32' };
    rewriting.replace(node, model.builder.op('input', [], attrs, { axes: node.axes }));
  }
  const b = new Builder();
  const lowering = new BatchLowering(b, Math.min(effort.examples, model.batch));
  const terms = model.terms.map((t) => {
    const { node } = lowering.lower(rewriting.rewrite(t.node));
    return node.type.shape.length === 0 ? node : b.mean(node);
  });
  const loss = terms.reduce((sum, term) => b.add(sum, term));
  const free = outputs.map((_, k) => lowering.inputs.get(`output ${k}`)!);
  const cotangents = gradients(b, loss, free);
  const draws = { seed: 1, step: 0 };
  const roots = [loss, ...terms, ...cotangents];
  const cost = topological(roots).reduce((sum, node) => sum + flopsOf(node), 0);
  const isLater = cost > (effort === usual ? costly : tooCostly);
  const fixed = isLater
    ? new Map<Node, NdArray>()
    : unmoved(roots, free, fixedValues(model, lowering, topological(roots)), draws);
  const known = new Map<Node, unknown>([...fixed, ...free.map((node) => [node, undefined] as const)]);
  const env = (values: Outputs): Map<Node, NdArray> => {
    const all = new Map(fixed);
    for (const [k, v] of values.entries()) all.set(free[k]!, v);
    return all;
  };
  const scalar = (a: NdArray): number => a.data[0]!;
  const [value, gradient] = [evaluator([loss], known), evaluator(cotangents, known)];
  return {
    effort,
    cost,
    shapes: free.map((node) => node.type.shape.map(Number)),
    value: (values) => scalar(value(env(values), draws)[0]!),
    terms: (values) => evaluateNodes(terms, env(values), draws).map(scalar),
    gradient: (values) => gradient(env(values), draws),
  };
}

function flopsOf(node: Node): number {
  const given = ops[node.op].flops?.(
    node.args.map((arg) => arg.type),
    node.type,
    node.attrs,
  );
  return given ?? node.type.shape.reduce<number>((size, d) => size * Number(d), 1);
}

/** What the outputs do not move, where it meets what they do: computed once for all descents. */
function unmoved(
  roots: readonly Node[],
  free: readonly Node[],
  given: ReadonlyMap<Node, NdArray>,
  draws: Draws,
): Map<Node, NdArray> {
  const moved = new Set(free);
  const met = new Set<Node>();
  for (const node of topological(roots)) {
    if (moved.has(node) || !node.args.some((arg) => moved.has(arg))) continue;
    moved.add(node);
    for (const arg of node.args) met.add(arg);
  }
  const wanted = [...met, ...roots].filter((node) => !moved.has(node));
  const values = evaluateNodes(wanted, given, draws);
  return new Map(wanted.map((node, k) => [node, values[k]!]));
}

/** Uniform noise; of ids, below what the model declares. */
function data(node: Node, shape: readonly number[], model: TypedModel): NdArray {
  const numbers = uniformNumbers(shape, node.id);
  const below = model.inputs.find(({ name }) => name === node.attrs['name'])?.below;
  return below === undefined ? numbers : { shape, data: numbers.data.map((u) => Math.floor(u * below)) };
}

/** Data as noise, states at their initial values. */
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
  for (const outputs of arrangements(objective.shapes, 'constant').slice(-objective.effort.constants)) {
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
  // Descents are the costly part: one from outputs that differ, one from near the best constant.
  const [spread, noise] = [starts[0]!, starts.at(-1)!];
  return [noise, spread].some((outputs) => descend(objective, outputs, (g) => g, enough).value < enough);
}

/** Gradient descent with a step that grows while it helps and shrinks while it does not, until `enough` is reached. */
function descend(
  objective: Objective,
  start: Outputs,
  project: (gradient: Outputs) => Outputs,
  enough = Number.NEGATIVE_INFINITY,
): Found {
  let outputs = start;
  let value = objective.value(outputs);
  let rate = 1;
  for (let step = 0; step < objective.effort.steps && !(value < enough); step++) {
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

function averageExamples(gradient: Outputs): Outputs {
  return gradient.map(({ shape, data }) => {
    const n = shape[0]!;
    const size = data.length / n;
    const mean = new Float64Array(size);
    for (let i = 0; i < data.length; i++) mean[i % size]! += data[i]! / n;
    return repeated(shape, mean);
  });
}
