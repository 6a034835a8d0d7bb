import { mean } from '../hits.js';
import { type Measure, showShare, type Value } from './measure.js';

export const fineTune: Measure = {
  needs: ['features', 'labels', 'training'],
  infos: ({ labels }) =>
    labels.map((share) => ({
      key: fineTuneKey(share),
      label: `fine-tuned, ${showShare(share)} of the labels`,
      better: 'higher',
      unit: 'share',
      explanation:
        'Test accuracy after the encoder and a new linear head were trained on labels for a twentieth of the steps, at least 50, the same for all. Frozen features and fine-tuning can rank methods in opposite orders (He et al. 2022, "Masked Autoencoders Are Scalable Vision Learners", section 4.3).',
    })),
  async compute({ fineTuned }, settings) {
    const found: Record<string, Value> = {};
    for (const share of settings.labels) {
      const scores = await fineTuned!(share);
      if (!scores) return {};
      found[fineTuneKey(share)] = { value: mean(scores), scores };
    }
    return found;
  },
};

export function fineTuneKey(share: number): string {
  return `fine_tune.${share}`;
}
