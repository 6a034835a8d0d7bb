import { hits, mean } from '../hits.js';
import { type Measure, showShare, type Value } from './measure.js';

export const linear: Measure = {
  needs: ['features', 'labels'],
  // With all labels the seed only chooses which of them are held out while a strength is chosen.
  isDrawn: (key) => key !== linearKey(1),
  ranks: ({ labels }) => linearKey(Math.max(...labels)),
  infos: ({ labels }) =>
    labels.map((share) => ({
      key: linearKey(share),
      label: `linear probe, ${showShare(share)} of the labels`,
      better: 'higher',
      unit: 'share',
      explanation:
        'Test accuracy of logistic regression on frozen features, its L2 strength chosen on held-out training labels (Chen et al. 2020, "A Simple Framework for Contrastive Learning of Visual Representations", appendix B.8.1).',
    })),
  async compute({ test, labels, probe }, settings, wanted) {
    const found: Record<string, Value> = {};
    for (const share of settings.labels.filter((labelled) => wanted.has(linearKey(labelled)))) {
      const scores = hits(await (await probe(share)).predict(test), labels!.test);
      found[linearKey(share)] = { value: mean(scores), scores };
    }
    return found;
  },
};

export function linearKey(share: number): string {
  return `linear.${share}`;
}
