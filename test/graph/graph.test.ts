/** Printing, order, verification, substitution and evaluation of whole graphs. */
import { describe, expect, it } from 'vitest';
import { gradients } from '../../src/compiler/differentiate/index.js';
import { Builder } from '../../src/compiler/graph/builder.js';
import { symbol } from '../../src/compiler/graph/dim.js';
import { ndarray } from '../../src/compiler/graph/ndarray.js';
import { printGraph } from '../../src/compiler/graph/print.js';
import { scheduleGraph } from '../../src/compiler/graph/schedule.js';
import { substituteGraph } from '../../src/compiler/graph/substitute.js';
import type { Graph, Node, StateDecl } from '../../src/compiler/graph/types.js';
import { verify } from '../../src/compiler/graph/verify.js';
import { evaluateGraph } from '../../src/compiler/targets/reference/index.js';

const states: StateDecl[] = [{ name: 'w', role: 'parameter', type: { dtype: 'float32', shape: [3, 2] } }];

function step(): { b: Builder; graph: Graph } {
  const b = new Builder();
  const [x, rate] = [b.input('x', [4, 3]), b.input('rate', [])];
  const w = b.state('w', [3, 2]);
  b.place = { scope: 'f/linear_1', span: undefined };
  const y = b.op('tanh', [b.contract(x, w, [[1], [0]])]);
  b.place = { scope: 'loss', span: undefined };
  const loss = b.mean(b.square(y));
  const [gradient] = gradients(b, loss, [w]) as [Node];
  b.place = { scope: '', span: undefined };
  const update = b.sub(w, b.mul(rate, gradient));
  return { b, graph: { name: 'step', inputs: [x, rate], outputs: { loss }, updates: { w: update } } };
}

describe('graphs', () => {
  it('print', () => {
    expect(printGraph(step().graph)).toMatchInlineSnapshot(`
      "graph step {
        %0: float32[4, 3] = input {name: "x"}
        %1: float32[] = input {name: "rate"}
        %2: float32[3, 2] = state {name: "w"}
        %3: float32[4, 2] = contract %0 %2 {batch: [[], []], over: [[1], [0]]}  // f/linear_1
        %4: float32[4, 2] = tanh %3  // f/linear_1
        %5: float32[4, 2] = square %4  // loss
        %6: float32[] = reduce_mean %5 {axes: [0, 1], keepdims: false}  // loss
        %7: float32[] = constant {value: 1}  // loss
        %13: float32[] = constant {value: 0.25}  // loss
        %14: float32[4, 2] = mul %4 %13  // loss
        %15: float32[4, 2] = sub %7 %5  // f/linear_1
        %16: float32[4, 2] = mul %14 %15  // f/linear_1
        %18: float32[3, 2] = contract %0 %16 {batch: [[], []], over: [[0], [0]]}  // f/linear_1
        %19: float32[3, 2] = mul %1 %18
        %20: float32[3, 2] = sub %2 %19
        output loss = %6
        update w = %20
      }
      "
    `);
  });

  it('run, and a step downhill lowers the loss', () => {
    const { graph } = step();
    const inputs = {
      x: ndarray(
        [4, 3],
        [1, 2, 3, 4, 5, 6, 7, 8, 9, 1, 0, 1].map((v) => v / 10),
      ),
      rate: ndarray([], [0.5]),
    };
    const w = ndarray([3, 2], [0.1, -0.2, 0.3, 0.4, -0.5, 0.6]);
    const first = evaluateGraph(graph, inputs, { w }, { seed: 0, step: 0 });
    const second = evaluateGraph(graph, inputs, first.updates, { seed: 0, step: 1 });
    expect(second.outputs['loss']!.data[0]!).toBeLessThan(first.outputs['loss']!.data[0]!);
    expect(() => evaluateGraph(graph, inputs, {}, { seed: 0, step: 0 })).toThrow('no value is given for state w');
    expect(() => evaluateGraph(graph, { ...inputs, x: w }, { w }, { seed: 0, step: 0 })).toThrow(
      'is [4, 3] and was given [3, 2]',
    );
  });

  it('are ordered as they were made', () => {
    const order = scheduleGraph(step().graph).map((n) => n.id);
    expect(order).toEqual([...order].sort((p, q) => p - q));
  });

  it('are sound, or the verifier says what is not', () => {
    const { b, graph } = step();
    expect(verify(graph, states)).toEqual([]);
    const [x] = graph.inputs as [Node];
    const broken = (changes: Partial<Graph>) => verify({ ...graph, ...changes }, states).join('\n');
    expect(broken({ inputs: [x] })).toContain('is not among the inputs of the graph');
    expect(broken({ updates: { v: x } })).toContain('state v is written and not declared');
    expect(broken({ updates: { w: x } })).toContain('state w is float32[3, 2] and is given');
    expect(broken({ outputs: { y: b.state('other', [1]) } })).toContain('reads state other, which is not declared');
    const wrong: Node = { ...graph.outputs['loss']!, id: 1000, type: { dtype: 'float32', shape: [7] } };
    expect(broken({ outputs: { wrong } })).toContain('should be float32[]');
    const each = b.input('each', [symbol('d')], 'float32', { axes: [{ id: 1, kind: 'example', size: 4 }] });
    const faults = broken({ inputs: [...graph.inputs, each] });
    expect(faults).toContain('runs over axes');
    expect(faults).toContain('a shape that is not numbers');
  });

  it('are rebuilt with parts replaced', () => {
    const { b, graph } = step();
    const rate = graph.inputs[1]!;
    const fixed = substituteGraph(b, graph, new Map([[rate, b.scalar(0)]]));
    expect(fixed.updates['w']!.op).toBe('state');
    expect(fixed.outputs['loss']).toBe(graph.outputs['loss']);
    const copy = substituteGraph(new Builder(), graph, new Map());
    expect(verify(copy, states)).toEqual([]);
    expect(printGraph(copy).split('\n').length).toBe(printGraph(graph).split('\n').length);
  });
});
