/** A model in canonical form: the same for two files that mean the same. */
import { belongsTo, isWeight, type TypedModel } from '../check/typed-model.js';
import { showShape } from '../graph/dim.js';
import { type Expression, type Leaf, type Part, rounded, type Weighted } from './expression.js';
import { type Forms, formsOf } from './forms.js';
import type { Leaves } from './leaves.js';
import { canonicalNames } from './naming.js';
import { Printer } from './print.js';
import type { Structure } from './structure.js';
import { findStructures, type Structures } from './structures.js';

/** A formula: names for what it uses more than once and has not been named before, then itself. */
export interface Formula {
  /** Equal where the formulas are, under one naming. */
  readonly hash: number;
  readonly definitions: readonly string[];
  readonly text: string;
}

export interface CanonicalPipeline {
  readonly name: string;
  /** What it is made of. */
  readonly of: readonly string[];
  readonly shapes: readonly string[];
  readonly operations: number;
  readonly draws: number;
  /** Its numbers in the order of use. */
  readonly constants: readonly number[];
  /** Every operation, a line each. */
  readonly lines: readonly string[];
}

export interface CanonicalEncoder {
  readonly name: string;
  readonly parameters: number;
  /** The operations that read parameters, with these' shapes, in their order; repeated ones as `n ×`. */
  readonly layers: readonly string[];
  /** Of a copy: what of, and how. */
  readonly follows: string | undefined;
  /** Every operation of each form of its body. */
  readonly lines: readonly string[];
  /** The same of its forms in the representation. */
  readonly represented: readonly string[];
}

export interface CanonicalState {
  readonly name: string;
  readonly shape: string;
  readonly isTrained: boolean;
  /** How it begins, an operation a line. */
  readonly initial: readonly string[];
  readonly update: Formula | undefined;
  /** What becomes of it between steps, an operation a line. */
  readonly between: readonly string[];
}

export interface CanonicalAddend {
  /** Equal where the formulas are, under one naming; `skeleton` whatever the numbers in them. */
  readonly hash: number;
  readonly skeleton: number;
  readonly weight: number;
  readonly text: string;
  /** The terms of the file that it is part of. */
  readonly terms: readonly string[];
}

export interface CanonicalGroup {
  /** What follows its gradient; undefined: everything that no other group moves. */
  readonly over: readonly string[] | undefined;
  readonly definitions: readonly string[];
  /** Their sum, averaged over examples, is minimised. */
  readonly addends: readonly CanonicalAddend[];
  readonly constant: number;
}

export interface CanonicalEnergy {
  readonly name: string;
  readonly parameters: readonly { readonly name: string; readonly shape: string }[];
  readonly value: Formula;
}

export interface CanonicalModel {
  readonly batch: number;
  readonly data: readonly { readonly name: string; readonly type: string }[];
  readonly views: readonly CanonicalPipeline[];
  readonly masks: readonly CanonicalPipeline[];
  readonly encoders: readonly CanonicalEncoder[];
  /** Parameters outside encoders, and declared states. */
  readonly states: readonly CanonicalState[];
  readonly energies: readonly CanonicalEnergy[];
  readonly objective: readonly CanonicalGroup[];
  readonly representation: Formula;
  /** Name here → name in the file. */
  readonly names: Readonly<Record<string, string>>;
}

export interface AnalysedModel {
  readonly model: TypedModel;
  readonly structures: Structures;
  /** Names by the part that each plays. */
  readonly names: ReadonlyMap<Leaf, string>;
}

export function analyseModel(model: TypedModel): AnalysedModel {
  const structures = findStructures(model);
  return { model, structures, names: canonicalNames(model, structures) };
}

export function canonicalModel(model: TypedModel): CanonicalModel {
  const analysed = analyseModel(model);
  return describeModel(analysed, analysed.names);
}

/** The canonical form under the given names. */
export function describeModel({ model, structures }: AnalysedModel, names: ReadonlyMap<Leaf, string>): CanonicalModel {
  const nameOf = (leaf: Leaf): string => names.get(leaf)!;
  const forms = formsOf(model, structures.leaves, nameOf);
  const leaves = [...structures.leaves.all].sort((a, b) => compareNames(nameOf(a), nameOf(b)));
  const of = (kind: Leaf['kind']): Leaf[] => leaves.filter((leaf) => leaf.kind === kind);
  // What the updates of several states have in common is written once.
  const next = [...of('parameter'), ...of('state')].flatMap((leaf) =>
    forms.updates.filter(({ state }) => state === leaf),
  );
  const printer = new Printer(
    nameOf,
    next.map(({ value }) => value),
  );
  const updates = new Map(next.map(({ state, value }) => [state, formula(value, nameOf, printer)]));
  return {
    batch: model.batch,
    data: of('data').map((leaf) => ({ name: nameOf(leaf), type: typeOf(model, leaf) })),
    views: of('view').map((leaf) => pipeline(structures, leaf, nameOf)),
    masks: of('mask').map((leaf) => pipeline(structures, leaf, nameOf)),
    encoders: of('encoder').map((leaf) => encoder(model, structures, forms, leaf, nameOf)),
    states: [...of('parameter'), ...of('state')].map((leaf) =>
      state(model, structures, updates.get(leaf), leaf, nameOf),
    ),
    energies: forms.energies
      .map(({ name, parameters, value }) => ({
        name,
        parameters: parameters.map(({ leaf, node }) => ({ name: nameOf(leaf), shape: showShape(node.type.shape) })),
        value: formula(value, nameOf),
      }))
      .sort((a, b) => compareNames(a.value.text, b.value.text)),
    objective: forms.groups
      .map((_, k) => group(forms, k, nameOf))
      .sort((a, b) => compareNames(a.addends.map(({ text }) => text).join(), b.addends.map(({ text }) => text).join())),
    representation: formula(forms.representation, nameOf),
    names: Object.fromEntries(leaves.map((leaf) => [nameOf(leaf), leaf.declared])),
  };
}

function compareNames(a: string, b: string): number {
  return a.localeCompare(b, 'en', { numeric: true });
}

function typeOf(model: TypedModel, { declared }: Leaf): string {
  const { type, below } = model.inputs.find(({ name }) => name === declared)!;
  return `${type.dtype}${showShape(type.shape)}${below === undefined ? '' : ` below ${below}`}`;
}

function formula(value: Part, nameOf: (leaf: Leaf) => string, printer = new Printer(nameOf, [value])): Formula {
  const before = printer.definitions.length;
  const text = value.kind === 'lambda' ? printer.lambda(value) : printer.expression(value as Expression);
  return { hash: value.hash, definitions: printer.definitions.slice(before), text };
}

function boundaryOf(leaves: Leaves, structure: Structure, nameOf: (leaf: Leaf) => string): string[] {
  return structure.boundary.flatMap((node) => {
    const other = leaves.cuts.get(node)?.leaf ?? leaves.of(node);
    return other ? [nameOf(other)] : [];
  });
}

function pipeline({ leaves, pipelines }: Structures, leaf: Leaf, nameOf: (leaf: Leaf) => string): CanonicalPipeline {
  const parts = pipelines.get(leaf) ?? [];
  const boundary = (structure: Structure): string[] => boundaryOf(leaves, structure, nameOf);
  const shapes = [...leaves.cuts].filter(([, cut]) => cut.leaf === leaf).map(([node]) => showShape(node.type.shape));
  const sum = (count: (s: Structure) => number): number => parts.reduce((n, part) => n + count(part), 0);
  return {
    name: nameOf(leaf),
    of: [...new Set(parts.flatMap(boundary))],
    shapes,
    operations: sum(({ operations }) => operations),
    draws: Math.max(0, ...parts.map(({ draws }) => draws)),
    constants: parts.flatMap(({ constants }) => constants),
    lines: parts.flatMap((part) => [...part.lines, `of ${boundary(part).join(', ')}`]),
  };
}

function encoder(
  model: TypedModel,
  { bodies, represented }: Structures,
  forms: Forms,
  leaf: Leaf,
  nameOf: (leaf: Leaf) => string,
): CanonicalEncoder {
  const own = [...(bodies.get(leaf) ?? [])].sort((a, b) => compareNames(a.lines.join('\n'), b.lines.join('\n')));
  const copy = forms.copies.find((c) => c.copy === leaf);
  const states = model.states.filter((state) => belongsTo(state.name, leaf.declared) && isWeight(model, state));
  return {
    name: nameOf(leaf),
    parameters: states.reduce((n, { type }) => n + type.shape.reduce<number>((a, d) => a * Number(d), 1), 0),
    layers: repeated((own[0]?.parameters ?? []).map(({ operation, shape }) => `${operation} ${shape}`)),
    follows:
      copy &&
      (copy.decay
        ? `moving average of ${nameOf(copy.source)}, decay ${formula(copy.decay, nameOf).text}`
        : `${nameOf(copy.source)} as it was when the ${copy.since} began`),
    lines: own.flatMap(({ lines }) => lines),
    represented: [...new Set(represented.get(leaf)?.map(({ lines }) => lines.join('\n')))].sort(),
  };
}

/** Runs of equal blocks, the longest first, as `n × (…)`. */
function repeated(layers: readonly string[]): string[] {
  const result: string[] = [];
  for (let at = 0; at < layers.length; ) {
    let best = { length: 1, count: 1 };
    for (let length = 1; length <= (layers.length - at) / 2; length++) {
      let count = 1;
      while (layers.slice(at, at + length).every((layer, i) => layers[at + count * length + i] === layer)) count += 1;
      if (count > 1 && length * count > best.length * best.count) best = { length, count };
    }
    const block = layers.slice(at, at + best.length).join(', ');
    result.push(best.count === 1 ? block : `${best.count} × (${block})`);
    at += best.length * best.count;
  }
  return result;
}

function state(
  model: TypedModel,
  { leaves, pipelines }: Structures,
  update: Formula | undefined,
  leaf: Leaf,
  nameOf: (leaf: Leaf) => string,
): CanonicalState {
  const { role, type } = model.states.find(({ name }) => name === leaf.declared)!;
  const [initial, ...between] = pipelines.get(leaf) ?? [];
  return {
    name: nameOf(leaf),
    shape: showShape(type.shape),
    isTrained: leaf.kind === 'parameter',
    initial: initial?.lines ?? [],
    update,
    between:
      role === 'stage'
        ? ['the number of the stage']
        : between.flatMap((part) => [...part.lines, `of ${boundaryOf(leaves, part, nameOf).join(', ')}`]),
  };
}

function group({ groups, terms }: Forms, k: number, nameOf: (leaf: Leaf) => string): CanonicalGroup {
  const { over, objective } = groups[k]!;
  const { weighted, constant } = addendsOf(objective);
  const printer = new Printer(
    nameOf,
    weighted.map(({ term }) => term),
  );
  const addends = weighted.map(({ term, coefficient }) => ({
    hash: term.hash,
    skeleton: term.skeleton,
    weight: rounded(coefficient),
    text: printer.weighted(1, term),
    terms: terms
      .filter((t) => t.group === k && addendsOf(t.value).weighted.some((w) => w.term === term))
      .map(({ name }) => name),
  }));
  return {
    over: over?.map(nameOf).sort(compareNames),
    definitions: printer.definitions,
    addends,
    constant: rounded(constant),
  };
}

function addendsOf(x: Expression): { readonly weighted: readonly Weighted[]; readonly constant: number } {
  if (x.kind === 'sum') return { weighted: x.terms, constant: x.constant };
  if (x.kind === 'number') return { weighted: [], constant: x.value };
  return { weighted: [{ term: x, coefficient: 1 }], constant: 0 };
}
