import { mean } from '../hits.js';
import { retrieve } from '../retrieval.js';
import type { Measure, Value } from './measure.js';

const ks = [1, 5] as const;

export const retrieval: Measure = {
  needs: ['features', 'labels'],
  infos: () => [
    {
      key: 'retrieval.map',
      label: 'retrieval, mAP',
      better: 'higher',
      unit: 'share',
      explanation:
        'Mean average precision of ranking the other test examples by cosine where those of the same class are relevant (Manning et al. 2008, section 8.4).',
    },
    ...ks.map((k) => ({
      key: `retrieval.recall_${k}`,
      label: `retrieval, recall@${k}`,
      better: 'higher' as const,
      unit: 'share' as const,
      explanation: `Share of test examples with one of their class among the ${k} most similar other test examples (Jégou et al. 2011).`,
    })),
  ],
  async compute({ test, labels, algebra }) {
    const { queries, averagePrecision, hits } = await retrieve(test, labels!.test, ks, algebra);
    const all = queries.length === test.rows;
    const value = (scores: Uint8Array | Float32Array): Value => ({ value: mean(scores), ...(all ? { scores } : {}) });
    return {
      'retrieval.map': value(averagePrecision),
      ...Object.fromEntries(ks.map((k) => [`retrieval.recall_${k}`, value(hits.get(k)!)])),
    };
  },
};
