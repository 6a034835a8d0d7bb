import { hits, mean } from '../hits.js';
import { fitProbe } from '../linear-probe.js';
import type { Measure, Value } from './measure.js';

export const transfer: Measure = {
  needs: ['features', 'transfer'],
  isDrawn: () => true,
  infos: ({ transfers = [] }) =>
    transfers.map((name) => ({
      key: `transfer.${name}`,
      label: `transfer to ${name}`,
      better: 'higher',
      unit: 'share',
      explanation: `Test accuracy on ${name} of a linear probe on all its training labels, the encoder frozen.`,
    })),
  async compute({ transfers, seed, algebra }) {
    const found: Record<string, Value> = {};
    for (const load of transfers) {
      const { name, train, test, labels } = await load();
      const probe = await fitProbe(train, labels.train, { classes: labels.classes, labels: 1, seed }, algebra);
      // Its test examples are others than the data set's: no scores to resample together with them.
      found[`transfer.${name}`] = { value: mean(hits(await probe.predict(test), labels.test)) };
    }
    return found;
  },
};
