/** Two histograms on one axis: energies of compatible and of mismatched pairs, each as a share of its own pairs. */
import type { Spec } from 'vega';
import { chartIn, spanOf } from './frame.js';

const bins = 30;

export interface Bin {
  readonly from: number;
  readonly to: number;
  readonly compatible: number;
  readonly mismatched: number;
}

/** Shares of the finite energies in bins of one width over all of them. */
export function binEnergies(compatible: readonly number[], mismatched: readonly number[]): readonly Bin[] {
  const [low, high] = spanOf([...compatible, ...mismatched], 0);
  const width = (high - low) / bins;
  const shares = (values: readonly number[]) => {
    const counts = new Array<number>(bins).fill(0);
    const finite = values.filter(Number.isFinite);
    for (const value of finite) {
      const bin = Math.max(0, Math.min(bins - 1, Math.floor((value - low) / width)));
      counts[bin] = counts[bin]! + 1 / finite.length;
    }
    return counts;
  };
  const [a, b] = [shares(compatible), shares(mismatched)];
  return a.map((share, i) => ({
    from: low + i * width,
    to: low + (i + 1) * width,
    compatible: share,
    mismatched: b[i]!,
  }));
}

export function histogramChart(found: readonly Bin[]): Spec {
  const most = Math.max(...found.flatMap(({ compatible, mismatched }) => [compatible, mismatched]), 1e-9);
  const spec = chartIn(
    {
      width: 250,
      height: 110,
      x: { domain: [found[0]!.from, found.at(-1)!.to], title: 'energy' },
      y: { domain: [0, most * 1.05], format: '.0%' },
    },
    [],
  );
  const bars = (field: 'compatible' | 'mismatched', colour: string, fillOpacity: number) => ({
    type: 'rect' as const,
    from: { data: 'bins' },
    encode: {
      enter: {
        x: { scale: 'x', field: 'from' },
        x2: { scale: 'x', field: 'to' },
        y: { scale: 'y', field },
        y2: { scale: 'y', value: 0 },
        fill: { value: colour },
        fillOpacity: { value: fillOpacity },
      },
    },
  });
  // The mismatched are outlined as well: the two can be told apart without colour.
  const outline = {
    type: 'line' as const,
    from: { data: 'bins' },
    encode: {
      enter: {
        x: { scale: 'x', field: 'from' },
        y: { scale: 'y', field: 'mismatched' },
        stroke: { value: 'var(--c2)' },
        strokeWidth: { value: 1.5 },
        interpolate: { value: 'step-after' as const },
      },
    },
  };
  return {
    ...spec,
    data: [{ name: 'bins', values: [...found] }],
    marks: [bars('compatible', 'var(--c1)', 0.75), bars('mismatched', 'var(--c2)', 0.15), outline],
  };
}
