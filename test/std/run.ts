/** Runs an expression on the standard library for one example, in float64, by the reference target. */
import { existsSync, readFileSync } from 'node:fs';
import { callValue } from '../../src/compiler/check/call.js';
import { Elaborator } from '../../src/compiler/check/elaborator.js';
import { Modules } from '../../src/compiler/check/modules.js';
import type { Value } from '../../src/compiler/check/values.js';
import type { NdArray } from '../../src/compiler/graph/ops/index.js';
import type { Draws } from '../../src/compiler/graph/random.js';
import type { Node } from '../../src/compiler/graph/types.js';
import type { Library } from '../../src/compiler/index.js';
import { evaluateNodes } from '../../src/compiler/targets/reference/index.js';
import { parseModule } from '../../src/grammar/index.js';

const files = new Map<string, { path: string; text: string }>();

export const library: Library = {
  list: () => [
    'std.layers',
    'std.vision',
    'std.energies',
    'std.regularizers',
    'std.heads',
    'std.networks',
    'std.text',
    'std.transformers',
  ],
  find(path) {
    const file = `${path.join('/')}.ebm`;
    const url = new URL(`../../${file}`, import.meta.url);
    if (!files.has(file) && existsSync(url)) files.set(file, { path: file, text: readFileSync(url, 'utf8') });
    return files.get(file);
  },
};

export type Nested = number | readonly Nested[];

export function array(nested: Nested): NdArray {
  const shape: number[] = [];
  for (let at = nested; typeof at !== 'number'; at = at[0]!) shape.push(at.length);
  const flat = (value: Nested): readonly number[] => (typeof value === 'number' ? [value] : value.flatMap(flat));
  return { shape, data: Float64Array.from(flat(nested)) };
}

export function run(
  uses: string,
  expression: string,
  inputs: Readonly<Record<string, NdArray>>,
  draws?: Draws,
  ints: readonly string[] = [],
) {
  return prepare(uses, expression, inputs, ints)(draws);
}

/** The expression checked once, to be run with several draws. A record comes back as its fields, anything else as `value`. */
export function prepare(
  uses: string,
  expression: string,
  inputs: Readonly<Record<string, NdArray>>,
  ints: readonly string[] = [],
) {
  const names = Object.keys(inputs);
  const text = `${uses}\nfn main(${names.join(', ')}) = ${expression}\n`;
  const source = { path: 'test.ebm', text };
  const { module, diagnostics } = parseModule(source);
  const e = new Elaborator(1, source.path);
  e.drawAxes = [];
  const span = { source, start: 0, end: text.length };
  const env = new Map<Node, NdArray>();
  const args = names.map((name) => {
    const node = e.builder.input(name, inputs[name]!.shape, ints.includes(name) ? 'int32' : 'float32');
    env.set(node, inputs[name]!);
    return { name, value: { kind: 'tensor', node } as Value, span };
  });
  const main = new Modules(e, library).scopeOf(module).find('main');
  const value = main ? callValue(e, main.value, args, span) : undefined;
  const found = [...diagnostics, ...e.diagnostics];
  if (!value || found.length > 0) throw new Error(found.map((d) => `${d.code} ${d.message}`).join('\n'));
  const fields = value.kind === 'record' ? [...value.fields] : [['value', value] as const];
  const nodes = fields.map(([, field]) => {
    if (field.kind !== 'tensor') throw new Error(`the result is of kind ${field.kind}`);
    return field.node;
  });
  return (draws?: Draws): Record<string, NdArray> => {
    const results = evaluateNodes(nodes, env, draws);
    return Object.fromEntries(fields.map(([name], k) => [name, results[k]!]));
  };
}

/** The largest difference between two arrays of one shape. */
export function distance(a: NdArray, b: NdArray): number {
  if (a.shape.join() !== b.shape.join()) return Number.POSITIVE_INFINITY;
  return a.data.reduce((most, x, k) => Math.max(most, Math.abs(x - b.data[k]!)), 0);
}
