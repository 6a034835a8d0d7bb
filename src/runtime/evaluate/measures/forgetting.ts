import { meanForgetting } from '../stages.js';
import type { Measure, Value } from './measure.js';

/** Of what was trained in stages: what is lost of the earlier ones, and the accuracies that this is made of. */
export const forgetting: Measure = {
  needs: ['features', 'stages'],
  infos: ({ stages = [] }) => [
    {
      key: 'forgetting',
      label: 'forgetting',
      better: 'lower',
      unit: 'share',
      isSigned: true,
      explanation:
        'How far accuracy on the data of each earlier stage is, at the end, below the best that it had after a stage before; mean over stages; below 0 where it has risen (Chaudhry et al. 2018, "Riemannian Walk for Incremental Learning", equation 3).',
    },
    ...stages.flatMap((_, after) =>
      stages.map((name, on) => ({
        key: keyOf(after, on),
        label: `${name} after stage ${after + 1}`,
        better: 'higher' as const,
        unit: 'share' as const,
        explanation: `Test accuracy on ${name} of a linear probe on all its training labels, on the encoder as stage ${after + 1} left it.`,
      })),
    ),
  ],
  async compute({ stages }) {
    const accuracies = await stages!();
    const found: Record<string, Value> = { forgetting: { value: meanForgetting(accuracies) } };
    for (const [after, row] of accuracies.entries())
      for (const [on, value] of row.entries()) found[keyOf(after, on)] = { value };
    return found;
  },
};

function keyOf(after: number, on: number): string {
  return `stage.${after + 1}.${on + 1}`;
}
