/** What differs between what two files say about running: data sets, training, evaluation, comparisons. */
import type { CompareDecl, CompetitorDecl, DatasetDecl, EvaluateDecl, TrainDecl } from '../declarations.js';
import type { Difference } from './compare.js';

type Declared = DatasetDecl | TrainDecl | EvaluateDecl;

/** A setting a difference; what places in the text and names of models there are does not count. */
export function compareSettings(
  part: string,
  name: string,
  a: Declared | undefined,
  b: Declared | undefined,
): Difference[] {
  if (!a && !b) return [];
  if (!a) return [{ part, name, change: 'added', what: '' }];
  if (!b) return [{ part, name, change: 'dropped', what: '' }];
  return differing(a, b, '').map((what) => ({ part, name, change: 'changed', what }));
}

/** What two `compare` items say differently: who competes, how all are trained and measured, and what ranks. */
export function compareComparisons(a: CompareDecl | undefined, b: CompareDecl | undefined): Difference[] {
  if (!a && !b) return [];
  if (!a || !b) return [{ part: 'compare', name: '', change: a ? 'dropped' : 'added', what: '' }];
  const part = 'compare';
  const isTuned = [a, b].every(({ competitors }) => competitors.some(({ variants }) => variants.length > 1));
  const named = (decl: CompareDecl, name: string): CompetitorDecl | undefined =>
    decl.competitors.find((competitor) => competitor.name === name);
  const [names, others] = [a, b].map(({ competitors }) => competitors.map(({ name }) => name)) as [string[], string[]];
  const shared = names.filter((name) => others.includes(name));
  const trained = shared.map((name) => differing(trainingOf(named(a, name)!), trainingOf(named(b, name)!), ''));
  // What all are given differently is said once.
  const equal = (trained[0] ?? []).filter((what) => trained.every((found) => found.includes(what)));
  const competitors = (all: readonly string[], change: 'dropped' | 'added'): Difference[] =>
    all.filter((name) => !shared.includes(name)).map((name) => ({ part, name, change, what: '' }));
  const changed = (name: string, found: readonly string[]): Difference[] =>
    found.map((what) => ({ part, name, change: 'changed', what }));
  return [
    ...competitors(names, 'dropped'),
    ...competitors(others, 'added'),
    ...changed('', [...differing(conditionsOf(a, isTuned), conditionsOf(b, isTuned), ''), ...equal]),
    ...shared.flatMap((name, i) =>
      changed(
        name,
        trained[i]!.filter((what) => !equal.includes(what)),
      ),
    ),
  ];
}

/** As the settings are called in a file. */
function conditionsOf(decl: CompareDecl, isTuned: boolean) {
  const { budget, seeds, evaluate, rankedBy, tunedBy, baselines, search, validation } = decl;
  const { neighbours, labels, measures, transfers } = evaluate;
  return {
    budget: `${budget.amount} ${budget.unit}`,
    seeds,
    baselines,
    search: { [search.name]: search.factor },
    validation,
    knn: neighbours,
    labels,
    measures,
    transfer: transfers,
    ranked_by: rankedBy,
    ...(isTuned ? { 'tuned(…) by': tunedBy ?? 'knn' } : {}),
  };
}

/** Budget and seeds are the comparison's. */
function trainingOf({ variants }: CompetitorDecl) {
  const { epochs: _epochs, seed: _seed, split: _split, later: _later, ...train } = variants[0]!.train;
  const tuned = Object.keys(variants[0]!.chosen).map(
    (path) => [path, [...new Set(variants.map(({ chosen }) => chosen[path]))]] as const,
  );
  return { ...train, parameters: variants[0]!.parameters, tuned: Object.fromEntries(tuned) };
}

const uncounted = new Set(['span', 'places', 'model', 'name', 'dataset']);

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function differing(a: unknown, b: unknown, path: string): string[] {
  // Fields and other lists are compared whole, without their places.
  if (isRecord(a) && isRecord(b)) {
    const names = [...new Set([...Object.keys(a), ...Object.keys(b)])];
    return names
      .filter((name) => (name === 'name' ? path !== '' : !uncounted.has(name)))
      .flatMap((name) => differing(a[name], b[name], path === '' ? name : `${path}.${name}`));
  }
  const [x, y] = [show(a), show(b)];
  return x === y ? [] : [`${path} ${x} → ${y}`];
}

function show(value: unknown): string {
  if (value === undefined) return 'as by default';
  return JSON.stringify(value, (key, inner: unknown) => (key === 'span' ? undefined : inner));
}
