import { alignment as alignmentOf } from '../alignment.js';
import type { Measure } from './measure.js';

export const alignment: Measure = {
  needs: ['features', 'views'],
  isDrawn: () => true,
  infos: () => [
    {
      key: 'alignment',
      label: 'alignment',
      better: 'lower',
      unit: 'number',
      explanation:
        'Mean squared distance of the L2-normalised features of two views of one test example (Wang & Isola 2020, section 4.1).',
    },
  ],
  compute: async ({ views }) => ({ alignment: { value: alignmentOf(...(await views!())) } }),
};
