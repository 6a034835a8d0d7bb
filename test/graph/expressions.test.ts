/** The tfjs expression of every primitive that needs no helper, on tfjs's plain backend, against the float64 definition. */
import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { type OpName, ops } from '../../src/compiler/graph/ops/index.js';
import type { NdArray, TfjsContext } from '../../src/compiler/graph/ops/op.js';
import { evaluateNodes } from '../../src/compiler/targets/reference/index.js';
import { applied, type Case, cases, generator, valuesOf } from './cases.js';

beforeAll(async () => {
  await tf.setBackend('cpu');
});

/** The JavaScript of one operation as a function of its arguments, or undefined where it calls a helper. */
function compiled(name: OpName, c: Case): ((...args: tf.Tensor[]) => tf.Tensor) | undefined {
  const { inputs, node } = applied(name, c);
  const names = inputs.map((_, i) => `x${i}`);
  const temporaries: string[] = [];
  let helpers = false;
  const context: TfjsContext = {
    args: names,
    argTypes: inputs.map((x) => x.type),
    type: node.type,
    support(helper) {
      helpers = true;
      return helper;
    },
    temporary(expression) {
      temporaries.push(expression);
      return `part${temporaries.length - 1}`;
    },
  };
  const expression = ops[name].tfjs!(context, c.attrs);
  if (helpers) return undefined;
  const parts = temporaries.map((_, i) => `part${i}`);
  const body = [
    ...temporaries.map((text, i) => `const part${i} = ${text};`),
    `const result = ${expression};`,
    ...parts.map((part) => `${part}.dispose();`),
    'return result;',
  ].join('\n');
  const run = new Function('tf', ...names, body) as (...args: unknown[]) => tf.Tensor;
  return (...args) => run(tf, ...args);
}

function tensorOf({ shape, data }: NdArray, dtype: 'float32' | 'int32' | 'bool'): tf.Tensor {
  return tf.tensor(
    dtype === 'float32' ? Float32Array.from(data) : dtype === 'int32' ? Int32Array.from(data) : Uint8Array.from(data),
    [...shape],
    dtype,
  );
}

describe('tfjs expressions', () => {
  for (const [name, list] of Object.entries(cases) as [OpName, readonly Case[]][]) {
    list.forEach((c, i) => {
      // Fused operations are spelled out for tfjs.
      if (c.notEvaluated || ops[name].tfjs === undefined) return;
      const run = compiled(name, c);
      if (!run) return;
      it(`${name}${c.label ? `, ${c.label}` : ` ${i}`}`, () => {
        const next = generator(3);
        const values = c.args.map((arg) => valuesOf(arg, next));
        const { inputs, node } = applied(name, c);
        const [wanted] = evaluateNodes([node], new Map(inputs.map((x, k) => [x, values[k]!])));
        const tensors = values.map((v, k) => tensorOf(v, c.args[k]!.dtype));
        const before = tf.memory().numTensors;
        const result = run(...tensors);
        if (!tensors.includes(result)) expect(tf.memory().numTensors, 'tensors made').toBe(before + 1);
        expect(result.shape).toEqual(wanted!.shape);
        expect(result.dtype).toBe(node.type.dtype);
        const got = result.dataSync();
        const off = wanted!.data.findIndex((v, k) => !(Math.abs(v - got[k]!) < 1e-5 * Math.max(1, Math.abs(v))));
        if (off >= 0) expect.fail(`element ${off}: ${got[off]} against ${wanted!.data[off]}`);
        tf.dispose([result, ...tensors]);
      });
    });
  }
});
