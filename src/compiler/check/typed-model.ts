import type { Span } from '../../grammar/source.js';
import type { Name } from '../../grammar/syntax-tree.js';
import type { Builder } from '../graph/builder.js';
import { showShape } from '../graph/dim.js';
import { topological } from '../graph/schedule.js';
import type { Axis, Node, TensorType } from '../graph/types.js';
import type { Gathered, InstanceCall, TypedState } from './elaborator.js';

/** A model with every function expanded: a program for one example, whose nodes say which axes they run over. */
export interface TypedModel {
  readonly name: string;
  readonly batch: number;
  readonly builder: Builder;
  readonly exampleAxis: Axis;
  readonly inputs: readonly TypedInput[];
  readonly terms: readonly TypedTerm[];
  readonly groups: readonly TypedGroup[];
  /** What `after step` gives states, without axes. */
  readonly updates: readonly { readonly state: string; readonly node: Node }[];
  /** What `before epoch` gives states, without axes, and what it reads of many examples. */
  readonly epochUpdates: readonly { readonly state: string; readonly node: Node }[];
  readonly gathered: readonly Gathered[];
  /** Evaluated for use after training. */
  readonly representation: Node;
  /**
   * The same as in training, of the first view of what has views: statistics are of the batch and averages are kept. For models derived from this one;
   * undefined where it does not come out as a tensor.
   */
  readonly trainingRepresentation: () => Node | undefined;
  /** The representations of an example's first two views, `[2, ...]`; undefined where the model has no two views. */
  readonly viewRepresentations: Node | undefined;
  readonly energies: readonly TypedEnergy[];
  /** Energies of compatible and of mismatched pairs; undefined where no energy has two arguments that depend on the example. */
  readonly pairs: TypedPairs | undefined;
  /** Views and what they are views of, for looking at them. */
  readonly views: readonly TypedView[];
  /** What masks choose: the tensors of each, by their fields. */
  readonly masks: readonly TypedMask[];
  readonly states: readonly TypedState[];
  readonly encoders: readonly TypedEncoder[];
  readonly calls: readonly InstanceCall[];
  readonly span: Span;
}

export interface TypedInput {
  readonly name: string;
  readonly type: TensorType;
  /** Of whole numbers: what all are below. */
  readonly below: number | undefined;
  readonly declared: string;
  readonly node: Node;
  readonly span: Span;
}

export interface TypedTerm {
  readonly name: string;
  readonly node: Node;
  /** Which of the model's groups it belongs to. */
  readonly group: number;
  readonly span: Span;
}

/** Terms that some parameters follow: those of the named encoders and `param`s, or all that no other group has. */
export interface TypedGroup {
  readonly over: readonly Name[] | undefined;
  readonly span: Span;
}

/** Whether a state is an instance's or bears the name itself. */
export function belongsTo(state: string, owner: string): boolean {
  return state === owner || state.startsWith(`${owner}/`);
}

/** The encoder, `param` or `state` of a model that a state belongs to. */
export function ownerOf(state: string): string {
  return state.split('/')[0]!;
}

/** The owner of states that no declaration names. */
export const unnamedOwner = '0';

/** Whether an encoder is a copy that no step changes. */
export function isFrozen({ states }: TypedModel, encoder: string): boolean {
  return states.some(({ name, copy }) => copy?.follows.kind === 'start' && belongsTo(name, encoder));
}

/** Whether an encoder is another's copy, moving average or frozen: no gradient reaches it. */
export function isCopy({ states }: TypedModel, encoder: string): boolean {
  return states.some(({ name, copy }) => copy !== undefined && belongsTo(name, encoder));
}

/** Whether a state is a weight: trained, or a copy of what is. */
export function isWeight({ states }: Pick<TypedModel, 'states'>, { role, copy }: TypedState): boolean {
  if (role !== 'frozen') return role === 'parameter' || role === 'target';
  const source = states.find(({ name }) => name === copy?.source);
  return source !== undefined && isWeight({ states }, source);
}

/** Whether the parameter follows the gradient of a group's terms. */
export function followsGroup(parameter: string, group: number, groups: readonly TypedGroup[]): boolean {
  const over = groups[group]?.over;
  if (over) return over.some(({ text }) => belongsTo(parameter, text));
  return !groups.some((other) => other.over?.some(({ text }) => belongsTo(parameter, text)));
}

export interface TypedEnergy {
  readonly name: string;
  /** `use`: what the objective gives for it, at the energy's first use, as it is while training. */
  readonly parameters: readonly { readonly name: string; readonly node: Node; readonly use: Node }[];
  readonly node: Node;
}

export interface TypedPairs {
  readonly energy: string;
  /** Of each example, `[2]`: what the objective pairs, and the first argument with the others of the next example. */
  readonly node: Node;
  /** Of each example, `[batch]`: the first argument with the others of every example. Undefined where the energy cannot be mapped over them. */
  readonly all: () => Node | undefined;
}

export interface TypedView {
  readonly name: string;
  readonly subject: string;
  readonly node: Node;
}

export interface TypedMask {
  readonly name: string;
  readonly subject: string;
  readonly fields: readonly { readonly name: string; readonly node: Node }[];
}

export interface TypedEncoder {
  readonly name: string;
  readonly span: Span;
}

/** The typed model as text, for `--emit typed`: one line a value, `name: dtype[shape] over its axes = operation`. */
export function printTypedModel(model: TypedModel): string {
  const lines = [`model ${model.name}  // per example; [batch] is ${model.batch}`];
  for (const input of model.inputs) lines.push(`  data ${input.name}: ${input.declared}`);
  for (const state of model.states) lines.push(`  ${state.role} ${state.name}: ${showShape(state.type.shape)}`);
  const seen = new Set<Node>();
  const line = (node: Node): void => {
    const over = node.axes.length > 0 ? ` over ${node.axes.map((a) => `${a.kind}${a.id}`).join(', ')}` : '';
    const args = node.args.map((a) => `%${a.id}`).join(' ');
    const attrs = Object.entries(node.attrs).map(([k, v]) => `${k}: ${showAttr(v)}`);
    const shown = attrs.length > 0 ? ` {${attrs.join(', ')}}` : '';
    const scope = node.scope ? `  // ${node.scope}` : '';
    lines.push(
      `    %${node.id}: ${node.type.dtype}${showShape(node.type.shape)}${over} = ${node.op} ${args}${shown}${scope}`,
    );
  };
  for (const term of [...model.terms, { name: 'representation', node: model.representation }]) {
    for (const node of topological([term.node])) {
      if (seen.has(node)) continue;
      seen.add(node);
      line(node);
    }
    lines.push(`  ${term.name} = %${term.node.id}`);
  }
  return `${lines.join('\n')}\n`;
}

/** What is computed of an example after training, by itself: the same text for two models that have it in common. */
export function printRepresentation({ representation }: TypedModel): string {
  const nodes = topological([representation]);
  const numbers = new Map(nodes.map((node, i) => [node, i]));
  const lines = nodes.map((node, i) => {
    const args = node.args.map((argument) => `%${numbers.get(argument)}`).join(' ');
    const attrs = Object.entries(node.attrs).map(([k, v]) => `${k}: ${showAttr(v)}`);
    return `%${i}: ${node.type.dtype}${showShape(node.type.shape)} = ${node.op} ${args} {${attrs.join(', ')}}`;
  });
  return `${lines.join('\n')}\n`;
}

function showAttr(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(showAttr).join(', ')}]`;
  if (value && typeof value === 'object') {
    if ('text' in value) return String(value.text);
    if ('kind' in value && 'id' in value) return `${value.kind}${value.id}`;
  }
  return JSON.stringify(value);
}
