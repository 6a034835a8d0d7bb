import { mean } from '../hits.js';
import type { Measure } from './measure.js';

const ks = [1, 5] as const;
/** Each with each: their number is squared. */
const candidates = 50;

export const pairRetrieval: Measure = {
  needs: ['energy'],
  infos: () =>
    ks.map((k) => ({
      key: `pair_retrieval.recall_${k}`,
      label: `pair retrieval, recall@${k}`,
      better: 'higher' as const,
      unit: 'share' as const,
      explanation: `How often the partner of an example's first argument is among the ${k} of lowest energy of ${candidates} test examples' (Karpathy & Fei-Fei 2015): ${(100 * k) / candidates} % by chance.`,
    })),
  async compute({ allPairs }) {
    const { rows, columns, data } = await allPairs!(candidates);
    if (rows < 2) return {};
    // Of equal energies the others come first, so that a constant energy earns nothing.
    const places = Array.from({ length: rows }, (_, i) => {
      const own = data[i * columns + i]!;
      return data.subarray(i * columns, (i + 1) * columns).reduce((n, e, j) => n + (j !== i && e <= own ? 1 : 0), 0);
    });
    return Object.fromEntries(
      ks.map((k) => [`pair_retrieval.recall_${k}`, { value: mean(places.map((place) => (place < k ? 1 : 0))) }]),
    );
  },
};
