/**
 * A dynamic scale of the loss (Micikevicius et al. 2018, section 3.2), with which gradients are large enough for float16.
 * In: a step's loss, gradients and updates. Out: the same with the loss scaled, gradients divided by the scale again in float32 before anyone
 * reads them, and the scale among the states.
 * It guarantees what PyTorch's GradScaler does: a step whose gradients are not all finite changes no other state and halves the scale, and
 * 2000 good steps in a row double it. Unlike there, it does not fall below 1: who does not fit then is not helped by a scale.
 */
import type { Builder } from '../graph/builder.js';
import type { Node, StateDecl } from '../graph/types.js';

const initial = 2 ** 16;
const goodSteps = 2000;
/** The scale that is not halved any more. */
export const lowestScale = 1;

/** Outputs of such a step: the scale that it was taken with, and whether (1 or 0) it was left out. */
export const scaleOutput = 'gauge.loss_scale';
export const skippedOutput = 'gauge.skipped';

const scalar = (name: string, start: number): StateDecl => ({
  ...{ name, role: 'optimizer', start },
  type: { dtype: 'float32', shape: [] },
});

const scaleState = scalar('optimizer/loss_scale', initial);
const countState = scalar('optimizer/good_steps', 0);

export const scaleStates: readonly StateDecl[] = [scaleState, countState];

const read = (b: Builder, { name }: StateDecl): Node => b.state(name, []);

/** The loss that is differentiated. */
export function scaleLoss(b: Builder, loss: Node): Node {
  return b.mul(loss, read(b, scaleState));
}

export function unscale(b: Builder, gradient: Node): Node {
  return b.mul(gradient, b.div(b.scalar(1), read(b, scaleState)));
}

export interface SettledStep {
  readonly updates: Readonly<Record<string, Node>>;
  readonly outputs: Readonly<Record<string, Node>>;
}

/** The updates of a step that is taken only where its gradients are finite, and the scale of the next one. */
export function settleStep(
  b: Builder,
  gradients: readonly Node[],
  updates: Readonly<Record<string, Node>>,
): SettledStep {
  const isGood = areFinite(b, gradients);
  const settled: Record<string, Node> = {};
  for (const [name, value] of Object.entries(updates)) {
    const { shape, dtype } = value.type;
    settled[name] = b.where(isGood, value, b.state(name, shape, dtype));
  }
  const [scale, count] = [read(b, scaleState), b.add(read(b, countState), b.scalar(1))];
  const isEnough = b.op('greater_equal', [count, b.scalar(goodSteps)]);
  const grown = b.where(isEnough, b.scale(scale, 2), scale);
  // What is no longer finite when doubled stays.
  const larger = b.where(b.op('is_finite', [grown]), grown, scale);
  const smaller = b.op('maximum', [b.scale(scale, 0.5), b.scalar(lowestScale)]);
  settled[scaleState.name] = b.where(isGood, larger, smaller);
  settled[countState.name] = b.where(
    b.op('logical_and', [isGood, b.op('logical_not', [isEnough])]),
    count,
    b.scalar(0),
  );
  const skipped = b.where(isGood, b.scalar(0), b.scalar(1));
  return { updates: settled, outputs: { [scaleOutput]: scale, [skippedOutput]: skipped } };
}

function areFinite(b: Builder, values: readonly Node[]): Node {
  const wrong = values.map((value) => b.sum(b.where(b.op('is_finite', [value]), b.scalar(0), b.scalar(1))));
  return b.op('less', [wrong.reduce((sum, count) => b.add(sum, count), b.scalar(0)), b.scalar(0.5)]);
}
