/**
 * `synthetic(count: 1000, test: 200, noise: 0.2)`: examples that are drawn, for tests and benches. Each class has a pattern of its own in
 * every other field, and an example is its class's pattern with noise, so that there is something to learn.
 */
import type { DatasetDecl, FieldDecl } from '../../../compiler/declarations.js';
import { fieldTypeInfo } from '../../../compiler/field-types.js';
import type { Column, RawSplit } from '../columns.js';
import type { Loader } from '../dataset.js';
import { randomBits } from '../shuffle.js';
import { wrongArgument } from './arguments.js';

/** Patterns where no field says how many classes there are. */
const patterns = 10;

export const synthetic: Loader = {
  name: 'synthetic',
  doc: 'Drawn examples for tests: each class has a pattern of its own in every other field, and an example is its pattern with noise.',
  example: 'synthetic(count: 1000, test: 200)',
  arguments: {
    count: { kind: 'number', doc: 'Examples in `train`; 1000 by default.' },
    test: { kind: 'number', doc: 'Examples in `test`; 0 by default.' },
    noise: { kind: 'number', doc: 'The deviation of the noise; 0.2 by default.' },
  },
  async load(decl) {
    const { count = 1000, test = 0, noise = 0.2 } = decl.args as Readonly<Record<string, number>>;
    if (!Number.isInteger(count) || count < 1) throw wrongArgument(decl, 'count', 'has to be a whole number above 0');
    if (!Number.isInteger(test) || test < 0) throw wrongArgument(decl, 'test', 'has to be a whole number');
    const train = splitOf(decl, 0, count, noise);
    return {
      splits: { train, ...(test > 0 ? { test: splitOf(decl, count, test, noise) } : {}) },
      without: 'draws pictures, numbers and classes only',
    };
  },
};

/** `first`: the number of its first example, so that splits differ. */
function splitOf(decl: DatasetDecl, first: number, count: number, noise: number): RawSplit {
  const seed = decl.selection?.seed ?? 0;
  const classes = decl.fields.find(({ type }) => type === 'Class')?.shape[0] ?? patterns;
  const labelOf = (row: number): number => randomBits(seed, 1, first + row)() % classes;
  const columns = decl.fields.flatMap((field, place): Column[] => {
    const { dtype } = fieldTypeInfo(field.type);
    if (field.type === 'Class') {
      return [
        { kind: 'class', name: field.name, labels: Int32Array.from({ length: count }, (_, row) => labelOf(row)) },
      ];
    }
    if (dtype !== 'float32') return [];
    return [valuesOf(field, place, { seed, noise, first, labelOf })];
  });
  return { count, columns };
}

interface Draw {
  readonly seed: number;
  readonly noise: number;
  readonly first: number;
  readonly labelOf: (row: number) => number;
}

/** Pattern and noise are uniform, in 0..1 together. */
function valuesOf({ name, shape }: FieldDecl, place: number, { seed, noise, first, labelOf }: Draw): Column {
  const size = shape.reduce((a, b) => a * b, 1);
  const known = new Map<number, Float32Array>();
  const patternOf = (label: number): Float32Array => {
    const pattern = known.get(label) ?? uniform(size, randomBits(seed, 2, place, label));
    known.set(label, pattern);
    return pattern;
  };
  return {
    kind: 'tensor',
    name,
    element: 'float',
    shape,
    async read(rows) {
      const values = new Float32Array(rows.length * size);
      for (let at = 0; at < rows.length; at++) {
        const row = rows[at]!;
        const pattern = patternOf(labelOf(row));
        const bits = randomBits(seed, 3, place, first + row);
        for (let k = 0; k < size; k++) values[at * size + k] = (1 - noise) * pattern[k]! + (noise * bits()) / 2 ** 32;
      }
      return values;
    },
  };
}

function uniform(size: number, bits: () => number): Float32Array {
  return Float32Array.from({ length: size }, () => bits() / 2 ** 32);
}
