/**
 * Five steps of each optimizer against torch's and lightly's. Ours leave vectors without decay (LARS without its trust ratio too), as
 * the fixture's `excluded` cases do; where a fixture's bias decays with the matrix, the bias is held against the same settings without decay.
 */
import { describe, expect, test } from 'vitest';
import { Builder } from '../../src/compiler/graph/builder.js';
import type { NdArray } from '../../src/compiler/graph/ops/index.js';
import type { Graph, Node } from '../../src/compiler/graph/types.js';
import { optimizers } from '../../src/compiler/lower/optimizers/index.js';
import { evaluateGraph } from '../../src/compiler/targets/reference/index.js';
import { array, type Nested } from '../std/run.js';
import { expectAgrees, fixture } from './models.js';

type Pair = Readonly<Record<'matrix' | 'bias', Nested>>;

interface Case {
  readonly settings: Readonly<Record<string, number>>;
  readonly bias_excluded_from_decay: boolean;
  readonly steps: readonly Pair[];
}

const { start, curvature, target, ...byName } = fixture('optimizers');
const names = ['matrix', 'bias'] as const;

/** One step on the gradient curvature * (p - target). */
function stepGraph(name: keyof typeof optimizers, settings: Case['settings']): Graph {
  const b = new Builder();
  const trained = names.map((parameter) => {
    const { shape } = array(start[parameter]);
    const value = b.state(parameter, shape);
    const constant = (from: Nested): Node => b.constant([...array(from).data], shape);
    return {
      name: parameter,
      value,
      gradient: b.mul(constant(curvature[parameter]), b.sub(value, constant(target[parameter]))),
    };
  });
  const rate = b.input('rate', []);
  const updates: Record<string, Node> = {};
  const slots = {
    read: (slot: string, shape: readonly number[]) => b.state(slot, shape),
    write(slot: string, value: Node) {
      updates[slot] = value;
    },
  };
  for (const [parameter, value] of optimizers[name].update(b, trained, rate, settings, slots))
    updates[parameter] = value;
  return { name: 'step', inputs: [rate], outputs: {}, updates };
}

function zeros(shape: readonly number[]): NdArray {
  return { shape, data: new Float64Array(shape.reduce((product, d) => product * d, 1)) };
}

function run(name: keyof typeof optimizers, settings: Case['settings'], steps: number): Record<string, NdArray>[] {
  const graph = stepGraph(name, settings);
  let states: Record<string, NdArray> = Object.fromEntries(
    Object.entries(graph.updates).map(([state, node]) => [state, zeros(node.type.shape.map(Number))]),
  );
  for (const parameter of names) states[parameter] = array(start[parameter]);
  return Array.from({ length: steps }, (_, step) => {
    states = evaluateGraph(graph, { rate: array(settings['rate']!) }, states, { seed: 0, step }).updates;
    return states;
  });
}

/** The bias of torch's update rules with decay 0, written out; the fixture has it only where the bias is excluded. */
function biasWithoutDecay(name: 'adamw' | 'sgd', settings: Case['settings'], steps: number): NdArray[] {
  const { rate, momentum, beta1, beta2, eps } = settings as Record<string, number>;
  const p = array(start.bias).data;
  const [c, goal] = [array(curvature.bias).data, array(target.bias).data];
  const m = new Float64Array(p.length);
  const v = new Float64Array(p.length);
  return Array.from({ length: steps }, (_, step) => {
    for (let i = 0; i < p.length; i++) {
      const g = c[i]! * (p[i]! - goal[i]!);
      if (name === 'sgd') {
        m[i] = momentum! * m[i]! + g;
        p[i]! -= rate! * m[i]!;
        continue;
      }
      m[i] = beta1! * m[i]! + (1 - beta1!) * g;
      v[i] = beta2! * v[i]! + (1 - beta2!) * g * g;
      const mean = m[i]! / (1 - beta1! ** (step + 1));
      const square = v[i]! / (1 - beta2! ** (step + 1));
      p[i]! -= (rate! * mean) / (Math.sqrt(square) + eps!);
    }
    return { shape: [p.length], data: p.slice() };
  });
}

describe.each(['adamw', 'sgd', 'lars'] as const)('%s', (name) => {
  test.each((byName[name] as Case[]).map((c) => [JSON.stringify(c.settings), c] as const))('%s', (_, c) => {
    const steps = run(name, c.settings, c.steps.length);
    expect(steps).toHaveLength(5);
    const alone = c.bias_excluded_from_decay || name === 'lars' ? undefined : biasWithoutDecay(name, c.settings, 5);
    for (const [k, step] of steps.entries()) {
      expectAgrees(step['matrix']!, array(c.steps[k]!.matrix), `matrix, step ${k + 1}`);
      expectAgrees(step['bias']!, alone?.[k] ?? array(c.steps[k]!.bias), `bias, step ${k + 1}`);
    }
  });
});

test('momentum 0 and decay 0 leave plain gradient descent', () => {
  const [step] = run('sgd', { rate: 0.1, momentum: 0, decay: 0 }, 1);
  const [p, c, goal] = [start, curvature, target].map((from) => array(from.matrix).data);
  const expected = p!.map((x, i) => x - 0.1 * c![i]! * (x - goal![i]!));
  expectAgrees(step!['matrix']!, { shape: [3, 4], data: expected }, 'matrix', 1e-12);
});
