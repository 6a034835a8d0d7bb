import { corruptionNames } from '../corruptions.js';
import { hits, mean } from '../hits.js';
import type { Measure, Value } from './measure.js';

/** Two of the five severities, the middle and the worst, and not all test examples: each is a pass of the encoder. */
const severities = [3, 5] as const;
const examplesUsed = 500;

export const robustness: Measure = {
  needs: ['features', 'labels', 'pictures'],
  isDrawn: () => true,
  infos: () => [
    {
      key: 'robustness',
      label: 'robustness',
      better: 'higher',
      unit: 'share',
      explanation: `Accuracy of the linear probe (most labels) on up to ${examplesUsed} test pictures under noise, blur, contrast, brightness and occlusion, severities ${severities.join(' and ')} (after Hendrycks & Dietterich 2019).`,
    },
    ...corruptionNames.map((name) => ({
      key: `robustness.${name}`,
      label: `robustness, ${name.replace('_', ' ')}`,
      better: 'higher' as const,
      unit: 'share' as const,
      explanation: 'The same under this corruption alone.',
    })),
  ],
  async compute({ test, labels, probe, corrupted }, settings) {
    const { predict } = await probe(Math.max(...settings.labels));
    const count = Math.min(examplesUsed, test.rows);
    const indices = Uint32Array.from({ length: count }, (_, i) => Math.floor((i * test.rows) / count));
    const asked = Int32Array.from(indices, (i) => labels!.test[i]!);
    const found: Record<string, Value> = {};
    for (const name of corruptionNames) {
      const shares: number[] = [];
      for (const severity of severities)
        shares.push(mean(hits(await predict(await corrupted!(indices, name, severity)), asked)));
      found[`robustness.${name}`] = { value: mean(shares) };
    }
    return { robustness: { value: mean(Object.values(found).map(({ value }) => value)) }, ...found };
  },
};
