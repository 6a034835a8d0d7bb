/** The rate of each step. */
import type { ScheduleDecl } from '../../compiler/declarations.js';

export interface ScheduleLength {
  readonly stepsPerEpoch: number;
  readonly steps: number;
}

/** The rate of step `step` (from 0): linear warm-up from near 0, then constant or half a cosine down to `final` × `rate`. */
export function rateAt(
  schedule: ScheduleDecl,
  rate: number,
  step: number,
  { stepsPerEpoch, steps }: ScheduleLength,
): number {
  const warmup = Math.min(steps, Math.round((schedule.settings['warmup'] ?? 0) * stepsPerEpoch));
  if (step < warmup) return (rate * (step + 1)) / warmup;
  switch (schedule.name) {
    case 'constant':
      return rate;
    case 'cosine': {
      const final = schedule.settings['final'] ?? 0;
      const progress = (step - warmup) / Math.max(1, steps - warmup);
      return rate * (final + (1 - final) * 0.5 * (1 + Math.cos(Math.PI * progress)));
    }
  }
}
