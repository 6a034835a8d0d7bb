import { auroc } from '../auroc.js';
import { mean } from '../hits.js';
import type { Measure } from './measure.js';

export const energyGap: Measure = {
  needs: ['energy'],
  isDrawn: () => true,
  infos: () => [
    {
      key: 'energy_gap',
      label: 'energy gap (AUROC)',
      better: 'higher',
      unit: 'number',
      explanation:
        'The chance that a compatible pair has a lower energy than a mismatched one (area under the ROC curve, Hanley & McNeil 1982): 0.5 by chance, whatever the units of the energy.',
    },
    {
      key: 'energy_gap.deviations',
      label: 'energy gap in deviations',
      better: 'higher',
      unit: 'number',
      explanation:
        'Mean energy of mismatched pairs minus that of compatible ones, over the pooled deviation of the two (Cohen 1988).',
    },
  ],
  async compute({ energies }) {
    const found = await energies!();
    if (!found) return {};
    const { compatible, mismatched } = found;
    const [a, b] = [mean(compatible), mean(mismatched)];
    const variance = (values: Float32Array, m: number): number => mean(Float64Array.from(values, (v) => (v - m) ** 2));
    const pooled = Math.sqrt((variance(compatible, a) + variance(mismatched, b)) / 2);
    return {
      energy_gap: {
        value: auroc(
          compatible.map((e) => -e),
          mismatched.map((e) => -e),
        ),
      },
      'energy_gap.deviations': { value: pooled > 0 ? (b - a) / pooled : 0 },
    };
  },
};
