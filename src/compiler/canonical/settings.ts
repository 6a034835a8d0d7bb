/** What differs between what two files say about running: data sets, training, evaluation. */
import type { DatasetDecl, EvaluateDecl, TrainDecl } from '../declarations.js';
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

const uncounted = new Set(['span', 'model', 'name', 'dataset']);

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
