import { compatibility, expectedCalibrationError, fitEnergyCalibration } from '../calibration.js';
import type { Measure } from './measure.js';

export const calibration: Measure = {
  needs: ['energy'],
  isDrawn: () => true,
  infos: () => [
    {
      key: 'calibration',
      label: 'calibration error of the energy',
      better: 'lower',
      unit: 'number',
      explanation:
        'Expected calibration error (15 bins, Guo et al. 2017, equation 3) of the probability that a pair is compatible, a logistic function of its energy fitted to every other pair (Platt 1999) and judged on the rest.',
    },
  ],
  async compute({ energies }) {
    const found = await energies!();
    if (!found) return {};
    const half = (values: Float32Array, k: number): Float32Array => values.filter((_, i) => i % 2 === k);
    const model = fitEnergyCalibration(half(found.compatible, 0), half(found.mismatched, 0));
    const [yes, no] = [half(found.compatible, 1), half(found.mismatched, 1)];
    const probabilities = [...compatibility(model, yes), ...compatibility(model, no)];
    const answers = probabilities.map((_, i) => (i < yes.length ? 1 : 0));
    return { calibration: { value: expectedCalibrationError(probabilities, answers) } };
  },
};
