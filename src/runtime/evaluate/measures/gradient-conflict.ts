import type { Measure } from './measure.js';

const explanation =
  'The smallest cosine between the gradients of two terms of the objective with respect to the encoder, mean over training batches (Yu et al. 2020, "Gradient Surgery for Multi-Task Learning", definition 1): below 0 one undoes what the other does.';

export const gradientConflict: Measure = {
  needs: ['terms'],
  isDrawn: () => true,
  infos: () => [
    {
      key: 'gradient_conflict.start',
      label: 'gradients of terms, cosine at the start',
      better: 'neither',
      unit: 'number',
      explanation: `${explanation} With the weights that training starts from.`,
    },
    {
      key: 'gradient_conflict.end',
      label: 'gradients of terms, cosine at the end',
      better: 'neither',
      unit: 'number',
      explanation: `${explanation} After training; where two terms hold each other in balance it is −1.`,
    },
  ],
  async compute({ termCosines }) {
    const pairs = await termCosines!();
    if (pairs.length === 0) return {};
    const least = (at: 'start' | 'end'): number => Math.min(...pairs.map((pair) => pair[at]));
    return {
      'gradient_conflict.start': { value: least('start') },
      'gradient_conflict.end': { value: least('end') },
    };
  },
};
