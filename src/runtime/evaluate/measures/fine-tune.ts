import { mostClassified } from '../head-accuracy.js';
import { mean } from '../hits.js';
import { type Measure, showShare, type Value } from './measure.js';

export const fineTune: Measure = {
  needs: ['features', 'labels', 'training'],
  isDrawn: () => true,
  ranks: ({ labels }) => fineTuneKey(Math.max(...labels)),
  infos: ({ labels }) =>
    labels.map((share) => ({
      key: fineTuneKey(share),
      label: `fine-tuned, ${showShare(share)} of the labels`,
      better: 'higher',
      unit: 'share',
      explanation: `Accuracy on up to ${mostClassified} test examples, evenly spread, after the encoder and the linear probe on it were trained on labels together, in batches of 32 (or of the training, where those are smaller) on as many examples as a hundredth of the training's, at least 50 batches, the same for all; an untrained encoder is given the batch statistics of training examples first (Kumar et al. 2022, "Fine-Tuning can Distort Pretrained Features": linear probing, then fine-tuning). Frozen features and fine-tuning can rank methods in opposite orders (He et al. 2022, "Masked Autoencoders Are Scalable Vision Learners", section 4.3).`,
    })),
  async compute({ fineTuned, probe }, settings) {
    const found: Record<string, Value> = {};
    for (const share of settings.labels) {
      const scores = await fineTuned!(share, (await probe(share)).head);
      if (!scores) return {};
      found[fineTuneKey(share)] = { value: mean(scores), scores };
    }
    return found;
  },
};

export function fineTuneKey(share: number): string {
  return `fine_tune.${share}`;
}
