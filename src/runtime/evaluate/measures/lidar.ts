import { lidar as lidarOf } from '../lidar.js';
import type { Measure } from './measure.js';

/** The paper takes 50 views of 1,000 examples; six keep within the time that an evaluation has. */
const examples = 1000;
const views = 6;

export const lidar: Measure = {
  needs: ['features', 'views'],
  isDrawn: () => true,
  infos: () => [
    {
      key: 'lidar',
      label: 'LiDAR',
      better: 'neither',
      unit: 'number',
      explanation: `In how many dimensions examples differ from one another more than their own views do: ${views} views of up to ${examples} test examples (Thilak et al. 2023, section 4).`,
    },
  ],
  compute: async ({ manyViews }) => ({ lidar: { value: lidarOf(await manyViews!(examples, views)) } }),
};
