/** A small program with everything that a step may have: draws, a convolution, gradients, moving averages, a queue, aliases. */
import { gradients } from '../../src/compiler/differentiate/index.js';
import { Builder } from '../../src/compiler/graph/builder.js';
import type { Program } from '../../src/compiler/graph/types.js';

export function trainingProgram(): Program {
  const batch = 4;
  const i = new Builder();
  const normal = (site: string, shape: readonly number[]) => i.op('random_normal', [], { shape, site });
  const init = {
    'f/conv/weight': i.scale(normal('f/conv/weight', [3, 3, 1, 4]), 0.3),
    'f/linear/weight': i.scale(normal('f/linear/weight', [4, 3]), 0.5),
    'f/norm/average': i.zeros({ dtype: 'float32', shape: [4] }),
    'target/linear/weight': i.scale(normal('f/linear/weight', [4, 3]), 0.5),
    queue: i.zeros({ dtype: 'float32', shape: [batch, 3] }),
    older: i.zeros({ dtype: 'float32', shape: [batch, 3] }),
    steps: i.scalar(0, 'int32'),
  };

  const b = new Builder();
  const x = b.input('x', [batch, 6, 6, 1]);
  const rate = b.input('rate', []);
  const conv = b.state('f/conv/weight', [3, 3, 1, 4]);
  const linear = b.state('f/linear/weight', [4, 3]);
  const average = b.state('f/norm/average', [4]);
  const target = b.state('target/linear/weight', [4, 3]);
  const queue = b.state('queue', [batch, 3]);
  const steps = b.state('steps', [], 'int32');

  const place = (scope: string): void => {
    b.place = { scope, span: undefined };
  };
  place('view');
  const noise = b.op('random_uniform', [], { shape: [batch, 6, 6, 1], site: 'noise' });
  const view = b.add(x, b.scale(noise, 0.1));
  place('f/conv');
  const maps = b.op('conv2d', [view, conv], { stride: [2, 2], pad: [1, 1, 1, 1], dilation: [1, 1] });
  place('f/norm');
  const now = b.op('batch_reduce', [maps], { kind: 'mean', axes: [0, 1, 2], keepdims: false });
  const running = b.op('running', [now], { decay: 0.9, name: 'f/norm/average' });
  const active = b.op('relu', [b.sub(maps, running)]);
  place('f/linear');
  const z = b.contract(b.mean(active, [1, 2]), linear, [[1], [0]]);
  place('loss');
  const difference = b.sub(z, b.stop(b.contract(b.mean(active, [1, 2]), target, [[1], [0]])));
  const gauge = b.sqrt(b.mean(b.square(z)));
  const spread = b.mean(b.op('logsumexp', [z], { axes: [1], keepdims: false }));
  const loss = b.add(b.mean(b.square(difference)), b.sub(spread, b.mean(b.mul(z, queue))));
  const [dConv, dLinear] = gradients(b, loss, [conv, linear]);
  place('optimizer');
  const step = { conv: b.sub(conv, b.mul(rate, dConv!)), linear: b.sub(linear, b.mul(rate, dLinear!)) };

  const r = new Builder();
  const rx = r.input('x', [batch, 6, 6, 1]);
  const rMaps = r.op('conv2d', [rx, r.state('f/conv/weight', [3, 3, 1, 4])], {
    stride: [2, 2],
    pad: [1, 1, 1, 1],
    dilation: [1, 1],
  });
  const representation = r.mean(r.op('relu', [r.sub(rMaps, r.state('f/norm/average', [4]))]), [1, 2]);

  const e = new Builder();
  const [u, v] = [e.input('u', [batch, 3]), e.input('v', [batch, 3])];

  const states = Object.entries(init).map(([name, node]) => ({ name, type: node.type, role: 'parameter' as const }));
  return {
    model: 'Tiny',
    batch,
    states,
    init: { name: 'init', inputs: [], outputs: {}, updates: init },
    step: {
      name: 'step',
      inputs: [x, rate],
      outputs: { loss, 'term.loss': loss, 'gauge.size': gauge },
      updates: {
        'f/conv/weight': step.conv,
        'f/linear/weight': step.linear,
        'f/norm/average': b.add(b.scale(average, 0.9), b.scale(now, 0.1)),
        // The same tensor for two states; a state's old value for another; one that stays.
        'target/linear/weight': step.linear,
        queue: z,
        older: queue,
        steps: b.add(steps, b.scalar(1, 'int32')),
      },
    },
    represent: { name: 'represent', inputs: [rx], outputs: { representation }, updates: {} },
    energies: { E: { name: 'E', inputs: [u, v], outputs: { energy: e.sum(e.square(e.sub(u, v)), [1]) }, updates: {} } },
  };
}
