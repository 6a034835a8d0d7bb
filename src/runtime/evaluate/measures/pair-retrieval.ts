import { candidates, mostPairs } from '../energies.js';
import { mean } from '../hits.js';
import type { Measure } from './measure.js';

const ks = [1, 5] as const;

export const pairRetrieval: Measure = {
  needs: ['pairs'],
  infos: () =>
    ks.map((k) => ({
      key: `pair_retrieval.recall_${k}`,
      label: `pair retrieval, recall@${k}`,
      better: 'higher' as const,
      unit: 'share' as const,
      explanation: `How often the partner of an example's first argument is among the ${k} of lowest energy of ${candidates} test examples' (Karpathy & Fei-Fei 2015): ${(100 * k) / candidates} % by chance. Up to ${mostPairs} test examples, evenly spread, in groups of ${candidates} that are the same for all.`,
    })),
  async compute({ partnerPlaces }) {
    const places = await partnerPlaces!();
    if (!places || places.length < 2) return {};
    const found = ks.map((k) => [k, Uint8Array.from(places, (place) => (place < k ? 1 : 0))] as const);
    return Object.fromEntries(
      found.map(([k, scores]) => [`pair_retrieval.recall_${k}`, { value: mean(scores), scores }]),
    );
  },
};
