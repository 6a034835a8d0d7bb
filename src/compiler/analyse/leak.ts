/**
 * Does a prediction read what it is to predict?
 * In: a typed model. Out: a diagnostic for each encoder whose output is compared with a value fixed by the data that reaches it too, unchanged and with nothing narrower
 * in between. A reported one has been seen to: one element of that value is changed at a time, and the part of the output that is compared with it changes.
 * What passes noise, fewer numbers, or codes that an objective is about, is no leak: that is how autoencoders learn.
 */
import { type Diagnostic, report } from '../../diagnostics/index.js';
import { isCopy, type TypedModel } from '../check/typed-model.js';
import { gradients } from '../differentiate/index.js';
import { Builder } from '../graph/builder.js';
import type { NdArray } from '../graph/ops/op.js';
import { topological } from '../graph/schedule.js';
import type { Node } from '../graph/types.js';
import { BatchLowering } from '../lower/batching.js';
import { Rewriting } from '../lower/rewriting.js';
import { optimizeForward } from '../optimize/index.js';
import { evaluateNodes, evaluator } from '../targets/reference/index.js';
import { freeOutputs, type Output } from './free-outputs.js';
import { fixedValues, workOf } from './objective.js';
import { uniformNumbers } from './outputs.js';

/** Where statistics of the batch are taken: one example is changed, the others show what only passes through those. */
const batched = 3;
/** Elements that are tried, those that are tried at most where few of them are compared with something, and those that a prediction must be seen to read, each of them. */
const fewTries = 24;
const mostTries = 96;
const seen = 3;
/**
 * How far an element is moved, in ranges of all: little where a prediction is asked, so that codes stay what they are, and far where slopes are, which may only have a sign.
 * What of its size a number must change by to have been reached.
 */
const nudge = 1e-3;
const leap = 10;
const reached = 1e-7;
/** How many numbers one number of an output may be compared with, to be a copy. */
const roomFor = 2;
/** How much more the changed example must change than the others. */
const own = 2;
/** Operations that the evaluations of one output may take: less than a second. */
const affordable = 3e9;
const draws = { seed: 1, step: 0 };

/** An output, and the values that both it and what it is compared with are made of. */
interface Suspect extends Output {
  readonly shared: readonly Node[];
}

export function findLeaks(model: TypedModel): Diagnostic[] {
  const { outputs, hasSlopes } = freeOutputs(model, { throughChoices: false });
  if (hasSlopes || model.groups.length > 1) return [];
  const leaking = suspects(model, outputs).filter((suspect) => isSeenToLeak(model, outputs, suspect));
  return [...new Set(leaking.map(({ encoder }) => encoder))].map((encoder) => {
    const { shared } = leaking.find((leak) => leak.encoder === encoder)!;
    const { span } = model.encoders.find(({ name }) => name === encoder) ?? model;
    const places = shared.flatMap((node) => (node.span ? [{ span: node.span, message: 'what both are made of' }] : []));
    return report(
      'EBM3004',
      { encoder, model: model.name },
      { span: model.terms[0]!.span, related: [{ span, message: 'the encoder' }, ...places.slice(0, 1)] },
    );
  });
}

/** Outputs that the structure does not acquit. */
function suspects(model: TypedModel, outputs: readonly Output[]): Suspect[] {
  const results = new Set(outputs.map(({ node }) => node));
  const cones = model.terms.map(({ node }) => new Set(topological([node])));
  const inCalls = new Set(model.calls.flatMap(({ args, result }) => topological([result], new Set(args))));
  return outputs.flatMap((output) => {
    if (isCopy(model, output.encoder)) return [];
    const terms = model.terms.filter((_, k) => cones[k]!.has(output.node)).map(({ node }) => node);
    const compared = new Set(topological(terms, results));
    const fromData = dependentOn(terms, ({ op }) => op === 'input');
    const path = topological([output.node]).filter((node) => !compared.has(node));
    const shared = [...new Set(path.flatMap((node) => read(node, fromData)))].filter(
      (node) => compared.has(node) && fromData.has(node) && node.axes.some(({ kind }) => kind === 'example'),
    );
    if (shared.length === 0) return [];
    const isNoisy = path.some((node) => node.op.startsWith('random_') && !inCalls.has(node));
    const isCode = path.some((node) => node !== output.node && results.has(node));
    if (isNoisy || isCode || isNarrow(path, output.node, shared)) return [];
    return [{ ...output, shared }];
  });
}

/** What of its arguments a node's value is made of: where to look among what the data says is no part of what is found there, but the row of a table is its index's. */
function read({ op, args }: Node, fromData: ReadonlySet<Node>): readonly Node[] {
  return op === 'gather' && fromData.has(args[0]!) ? args.slice(0, 1) : args;
}

/** The nodes below `roots` that depend on one for which `is` holds. */
function dependentOn(roots: readonly Node[], is: (node: Node) => boolean): ReadonlySet<Node> {
  const found = new Set<Node>();
  for (const node of topological(roots)) if (is(node) || node.args.some((arg) => found.has(arg))) found.add(node);
  return found;
}

/** Whether all that reaches `end` passes one value of fewer numbers than it is compared with: of ids, than their bits. */
function isNarrow(path: readonly Node[], end: Node, shared: readonly Node[]): boolean {
  const areIds = shared.every(({ type }) => type.dtype === 'int32');
  const last = Number(end.type.shape.at(-1) ?? 1);
  const needed = areIds ? (sizeOf(end) / last) * Math.log2(Math.max(2, last)) : sizeOf(end);
  const moved = dependentOn([end], (node) => shared.includes(node));
  const steps = path.filter((node) => moved.has(node));
  return steps.some((node) => node !== end && sizeOf(node) < needed && passesAll(steps, node, end, shared));
}

/** Whether nothing of `shared` reaches `end` but through `gate`. */
function passesAll(steps: readonly Node[], gate: Node, end: Node, shared: readonly Node[]): boolean {
  const around = new Set<Node>(shared);
  for (const node of steps) if (node !== gate && node.args.some((arg) => around.has(arg))) around.add(node);
  return !around.has(end);
}

/** Numbers of one example. */
function sizeOf({ type, axes }: Node): number {
  const own = type.shape.reduce<number>((n, d) => n * Number(d), 1);
  return axes.reduce((n, axis) => (axis.kind === 'example' ? n : n * Number(axis.size)), own);
}

/** Changes elements of what is shared, one at a time, until one is not read where it counts, or enough have been. */
function isSeenToLeak(model: TypedModel, outputs: readonly Output[], suspect: Suspect): boolean {
  const lowered = lowerApart(model, outputs, suspect);
  if (!lowered) return false;
  const { values, tries, slopesAt, predictionAt } = lowered;
  const prediction = predictionAt(values);
  const slopes = slopesAt(values, prediction);
  let [compared, read, tried] = [0, 0, 0];
  for (let k = 0; k < tries; k++) {
    if (k >= fewTries && (compared === 0 || read === seen)) break;
    tried++;
    const which = k % values.length;
    const changed = (by: number) => values.map((value, i) => (i === which ? withOneChanged(value, k, by) : value));
    const [moves] = changes(slopes, slopesAt(changed(k % 2 === 0 ? leap : -leap), prediction));
    const largest = moves!.reduce((most, move) => Math.max(most, move), 0);
    if (largest < reached) continue;
    compared++;
    if (read === seen) continue;
    const asked = [...moves!.keys()].filter((j) => moves![j]! > largest / 10);
    const [answers, ...others] = changes(prediction, predictionAt(changed(nudge)));
    const answered = asked.filter(
      (j) => answers![j]! > reached && others.every((other) => answers![j]! > own * other[j]!),
    );
    if (2 * answered.length < asked.length) return false;
    read++;
  }
  // What is made of more numbers than the output holds is no copy of them: an energy beside a density.
  const numbers = suspect.shared.reduce((sum, node) => sum + sizeOf(node), 0);
  return read === seen && (numbers * compared) / tried < roomFor * sizeOf(suspect.node);
}

/**
 * The prediction as a function of the shared values, and the slopes of the objective at a prediction that is held, as a function of them: those move where what it
 * is compared with does.
 */
function lowerApart(model: TypedModel, outputs: readonly Output[], { node: output, shared }: Suspect) {
  const rewriting = new Rewriting(model.builder);
  const inputFor = (node: Node, name: string): Node =>
    model.builder.op('input', [], { name, shape: node.type.shape, dtype: node.type.dtype }, { axes: node.axes });
  for (const [k, node] of shared.entries()) rewriting.replace(node, inputFor(node, `shared ${k}`));
  const rewritten = rewriting.rewrite(output);
  const b = new Builder();
  const crosses = topological([output, ...model.terms.map(({ node }) => node)]).some(mixesExamples);
  const lowering = new BatchLowering(b, crosses ? Math.min(batched, model.batch) : 1);
  const first = shared.map((node) => lowering.lowerOver(node, node.axes));
  const predicted = lowering.lowerOver(rewritten, output.axes);
  for (const [k, { node }] of outputs.entries()) rewriting.replace(node, inputFor(node, `output ${k}`));
  const terms = model.terms.map(({ node }) => {
    const term = lowering.lower(rewriting.rewrite(node)).node;
    return term.type.shape.length === 0 ? term : b.mean(term);
  });
  const held = lowering.inputs.get(`output ${outputs.findIndex(({ node }) => node === output)}`);
  if (!held) return undefined;
  const loss = optimizeForward(b, terms, 'tfjs').reduce((sum, term) => b.add(sum, term));
  const [slope] = gradients(b, loss, [held]);
  const inputs = shared.map((_, k) => lowering.inputs.get(`shared ${k}`)!);
  if (inputs.some((input) => input === undefined)) return undefined;
  const all = topological([...first, predicted, slope!]);
  const left = affordable - workOf(topological([...first, predicted])) * (seen + 1);
  const tries = Math.min(mostTries, Math.floor(left / workOf(topological([slope!], new Set([held])))));
  if (tries < seen) return undefined;
  const fixed = fixedValues(model, lowering, all);
  for (const node of all)
    if (node.op === 'input' && String(node.attrs['name']).startsWith('output '))
      fixed.set(node, uniformNumbers(node.type.shape.map(Number), node.id));
  const env = (values: readonly NdArray[], prediction?: NdArray): ReadonlyMap<Node, NdArray> => {
    const given = new Map([...fixed, ...inputs.map((input, k) => [input, values[k]!] as const)]);
    if (prediction) given.set(held, prediction);
    return given;
  };
  const predict = evaluator([predicted], new Set([...fixed.keys(), ...inputs]));
  const derive = evaluator([slope!], new Set([...fixed.keys(), ...inputs, held]));
  return {
    tries,
    values: evaluateNodes(first, fixed, draws),
    predictionAt: (values: readonly NdArray[]) => predict(env(values), draws)[0]!,
    slopesAt: (values: readonly NdArray[], prediction: NdArray) => derive(env(values, prediction), draws)[0]!,
  };
}

function mixesExamples({ axes, args }: Node): boolean {
  const has = (of: Node['axes']): boolean => of.some(({ kind }) => kind === 'example');
  return !has(axes) && args.some((arg) => has(arg.axes));
}

/** The first example's `k`th drawn element another: a number a little larger, an id one that stands elsewhere. */
function withOneChanged({ shape, data }: NdArray, k: number, by: number): NdArray {
  const changed = new Float64Array(data);
  const size = data.length / shape[0]!;
  const at = Math.floor(uniformNumbers([1], k).data[0]! * size);
  const [least, most] = [data.reduce((m, x) => Math.min(m, x)), data.reduce((m, x) => Math.max(m, x))];
  const areIds = data.every(Number.isInteger);
  changed[at]! += areIds ? (data.find((x) => x !== data[at])! ?? data[at]!) - data[at]! : by * (most - least);
  return { shape, data: changed };
}

/** By how much of the largest number each changes, a list an example. */
function changes({ shape, data }: NdArray, after: NdArray): readonly Float64Array[] {
  const size = data.length / shape[0]!;
  const scale = data.reduce((most, x) => Math.max(most, Math.abs(x)), 1e-12);
  return Array.from({ length: shape[0]! }, (_, e) =>
    Float64Array.from({ length: size }, (_, j) => Math.abs(after.data[e * size + j]! - data[e * size + j]!) / scale),
  );
}
