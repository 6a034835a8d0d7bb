import { uniformity as uniformityOf } from '../uniformity.js';
import type { Measure } from './measure.js';

export const uniformity: Measure = {
  needs: ['features'],
  infos: () => [
    {
      key: 'uniformity',
      label: 'uniformity',
      better: 'lower',
      unit: 'number',
      explanation:
        'Log of the mean of exp(−2·d²) over pairs of L2-normalised test features: lower is more even on the sphere (Wang & Isola 2020, section 4.1).',
    },
  ],
  compute: async ({ test }) => ({ uniformity: { value: uniformityOf(test) } }),
};
