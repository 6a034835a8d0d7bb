/** What differs in meaning between two models: their canonical forms part by part, under one naming. */
import type { TypedModel } from '../check/typed-model.js';
import { type Leaf, rounded } from './expression.js';
import {
  type AnalysedModel,
  analyseModel,
  type CanonicalAddend,
  type CanonicalEncoder,
  type CanonicalGroup,
  type CanonicalModel,
  type CanonicalPipeline,
  type CanonicalState,
  describeModel,
} from './model.js';
import { showNumber } from './print.js';
import { canonicalTexts } from './text.js';

export interface Difference {
  /** `view`, `term`, `encoder`, …: what kind of thing it is. */
  readonly part: string;
  readonly name: string;
  readonly change: 'added' | 'dropped' | 'changed';
  /** What about it is another: `weight 25 → 1`. */
  readonly what: string;
}

/** None where the two mean the same. Names are those of the first; other ones of the second that play the same part are taken as renamed. */
export function compareModels(first: TypedModel, second: TypedModel): Difference[] {
  const [a, b] = [analyseModel(first), analyseModel(second)];
  if (isSame(describeModel(a, a.names), describeModel(b, b.names))) return [];
  const names = declaredNames(a);
  return compareForms(describeModel(a, names), describeModel(b, matchedNames(a, b)));
}

function isSame(a: CanonicalModel, b: CanonicalModel): boolean {
  const [x, y] = [canonicalTexts(a), canonicalTexts(b)];
  const energies = (m: CanonicalModel): string => m.energies.map(({ value }) => value.hash).join();
  const networks = (m: CanonicalModel): string => m.encoders.flatMap(({ lines }) => lines).join('\n');
  return (
    x.objective === y.objective &&
    x.representation === y.representation &&
    energies(a) === energies(b) &&
    networks(a) === networks(b)
  );
}

function declaredNames({ structures }: AnalysedModel): Map<Leaf, string> {
  return new Map(structures.leaves.all.map((leaf) => [leaf, leaf.declared]));
}

/** Leaves of `b` named as those of `a`: by their own names, the others by the parts that they play. */
function matchedNames(a: AnalysedModel, b: AnalysedModel): Map<Leaf, string> {
  const names = new Map<Leaf, string>();
  const [left, right] = [a, b].map(({ structures, names: own }) =>
    [...structures.leaves.all].sort((x, y) => own.get(x)!.localeCompare(own.get(y)!, 'en', { numeric: true })),
  ) as [Leaf[], Leaf[]];
  const free = new Set(left);
  for (const leaf of right) {
    const same = left.find(({ kind, declared }) => kind === leaf.kind && declared === leaf.declared);
    if (!same) continue;
    names.set(leaf, leaf.declared);
    free.delete(same);
  }
  for (const leaf of right) {
    if (names.has(leaf)) continue;
    const other = [...free].find(({ kind }) => kind === leaf.kind);
    if (other) free.delete(other);
    names.set(leaf, other?.declared ?? leaf.declared);
  }
  return names;
}

function compareForms(a: CanonicalModel, b: CanonicalModel): Difference[] {
  return [
    ...paired('data', a.data, b.data, (x, y) => (x.type === y.type ? [] : [`${x.type} → ${y.type}`])),
    ...paired('view', a.views, b.views, comparePipelines),
    ...paired('mask', a.masks, b.masks, comparePipelines),
    ...paired('encoder', a.encoders, b.encoders, compareEncoders),
    ...paired('state', a.states, b.states, compareStates),
    ...paired('energy', a.energies, b.energies, (x, y) =>
      x.value.hash === y.value.hash ? [] : [`${x.value.text} → ${y.value.text}`],
    ),
    ...compareObjectives(a.objective, b.objective),
    ...(a.representation.hash === b.representation.hash
      ? []
      : [changed('representation', '', `${a.representation.text} → ${b.representation.text}`)]),
  ];
}

function changed(part: string, name: string, what: string): Difference {
  return { part, name, change: 'changed', what };
}

function paired<T extends { readonly name: string }>(
  part: string,
  first: readonly T[],
  second: readonly T[],
  compare: (a: T, b: T) => readonly string[],
): Difference[] {
  const other = (list: readonly T[], name: string): T | undefined => list.find((item) => item.name === name);
  return [
    ...first.flatMap((a): Difference[] => {
      const b = other(second, a.name);
      if (!b) return [{ part, name: a.name, change: 'dropped', what: '' }];
      return compare(a, b).map((what) => changed(part, a.name, what));
    }),
    ...second.flatMap((b): Difference[] =>
      other(first, b.name) ? [] : [{ part, name: b.name, change: 'added', what: '' }],
    ),
  ];
}

function isEqual(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((line, i) => line === b[i]);
}

function comparePipelines(a: CanonicalPipeline, b: CanonicalPipeline): string[] {
  const found: string[] = [];
  if (!isEqual(a.of, b.of)) found.push(`of ${a.of.join(', ')} → of ${b.of.join(', ')}`);
  if (!isEqual(a.shapes, b.shapes)) found.push(`${a.shapes.join(', ')} → ${b.shapes.join(', ')}`);
  if (isEqual(a.lines, b.lines) || found.length > 0) return found;
  if (a.operations === b.operations && a.constants.length === b.constants.length) {
    const numbers = a.constants.flatMap((x, i) =>
      x === b.constants[i] ? [] : [`${showNumber(x)} → ${showNumber(b.constants[i]!)}`],
    );
    if (numbers.length > 0) return [`numbers ${[...new Set(numbers)].join(', ')}`];
  }
  return [`other operations (${a.operations} → ${b.operations}, ${a.draws} → ${b.draws} draws)`];
}

function compareEncoders(a: CanonicalEncoder, b: CanonicalEncoder): string[] {
  const found: string[] = [];
  const copy = ({ follows }: CanonicalEncoder): string => follows ?? 'trained by gradient';
  if (copy(a) !== copy(b)) found.push(`${copy(a)} → ${copy(b)}`);
  if (a.parameters !== b.parameters) found.push(`${a.parameters} → ${b.parameters} parameters`);
  if (!isEqual(a.layers, b.layers)) found.push(`${a.layers.join(', ')} → ${b.layers.join(', ')}`);
  if (found.length === 0 && !isEqual(a.lines, b.lines))
    found.push('other operations or initial values between the same parameters');
  return found;
}

function compareStates(a: CanonicalState, b: CanonicalState): string[] {
  const found: string[] = [];
  if (a.shape !== b.shape) found.push(`${a.shape} → ${b.shape}`);
  if (!isEqual(a.initial, b.initial)) found.push('begins as something else');
  if (!isEqual(a.between, b.between)) found.push('becomes something else between steps');
  if (a.update?.hash !== b.update?.hash)
    found.push(`after a step ${a.update?.text ?? 'as it was'} → ${b.update?.text ?? 'as it was'}`);
  return found;
}

function compareObjectives(a: readonly CanonicalGroup[], b: readonly CanonicalGroup[]): Difference[] {
  const key = ({ over }: CanonicalGroup): string => over?.join(', ') ?? '';
  const found: Difference[] = [];
  for (const group of a) {
    const other = b.find((candidate) => key(candidate) === key(group));
    if (other) found.push(...compareGroups(group, other));
    else found.push({ part: 'minimise', name: key(group), change: 'dropped', what: '' });
  }
  for (const group of b)
    if (!a.some((candidate) => key(candidate) === key(group)))
      found.push({ part: 'minimise', name: key(group), change: 'added', what: '' });
  return found;
}

/** Addends are paired where they are equal, then where they differ in numbers alone, then where they are of one term. */
function compareGroups(a: CanonicalGroup, b: CanonicalGroup): Difference[] {
  const found: Difference[] = [];
  const left = new Set(a.addends);
  const right = new Set(b.addends);
  const pair = (
    fits: (x: CanonicalAddend, y: CanonicalAddend) => boolean,
    tell: (x: CanonicalAddend, y: CanonicalAddend) => string[],
  ) => {
    for (const x of left) {
      const y = [...right].find((candidate) => fits(x, candidate));
      if (!y) continue;
      left.delete(x);
      right.delete(y);
      for (const what of tell(x, y)) found.push(changed('term', nameOf(x), what));
    }
  };
  pair((x, y) => x.hash === y.hash, compareWeights);
  pair(
    (x, y) => x.skeleton === y.skeleton && nameOf(x) === nameOf(y),
    (x, y) => [...compareWeights(x, y), ...(compareNumbers(x.text, y.text) ?? [`${x.text} → ${y.text}`])],
  );
  pair(
    (x, y) => nameOf(x) === nameOf(y),
    (x, y) => [...compareWeights(x, y), `${x.text} → ${y.text}`],
  );
  for (const x of left) found.push({ part: 'term', name: nameOf(x), change: 'dropped', what: addend(x) });
  for (const y of right) found.push({ part: 'term', name: nameOf(y), change: 'added', what: addend(y) });
  if (rounded(a.constant) !== rounded(b.constant))
    found.push(changed('term', '', `constant ${showNumber(a.constant)} → ${showNumber(b.constant)}`));
  const unique = new Map(found.map((d) => [`${d.change} ${d.name} ${d.what}`, d]));
  return [...unique.values()];
}

function nameOf({ terms }: CanonicalAddend): string {
  return terms.join(', ');
}

function addend({ weight, text }: CanonicalAddend): string {
  return weight === 1 ? text : `${showNumber(weight)} · ${text}`;
}

function compareWeights(x: CanonicalAddend, y: CanonicalAddend): string[] {
  if (x.weight === y.weight) return [];
  const ratio = rounded(y.weight / x.weight);
  const count = sumSize(x.text);
  const note =
    ratio === count
      ? ` (a sum of ${count} instead of their mean)`
      : ratio === rounded(1 / count)
        ? ` (a mean of ${count} instead of their sum)`
        : '';
  return [`weight ${showNumber(x.weight)} → ${showNumber(y.weight)}${note}`];
}

/** How many numbers the sum at the front of a formula is of; NaN where there is none. */
function sumSize(text: string): number {
  const indices = /^\(?Σ\[([^\]]*)\]/.exec(text)?.[1];
  if (indices === undefined) return Number.NaN;
  return indices.split(', ').reduce((n, index) => n * Number(index.split(':')[1]), 1);
}

/** The numbers in which two formulas differ; undefined where they differ in more. */
function compareNumbers(a: string, b: string): string[] | undefined {
  const parts = (text: string): string[] => text.split(/(\d[\d./e-]*)/);
  const [x, y] = [parts(a), parts(b)];
  if (x.length !== y.length || x.some((part, i) => i % 2 === 0 && part !== y[i])) return undefined;
  const numbers = x.flatMap((part, i) => (part === y[i] ? [] : [`${part} → ${y[i]}`]));
  return numbers.length > 0 ? [`numbers ${[...new Set(numbers)].join(', ')}`] : [];
}
