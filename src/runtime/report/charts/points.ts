/** Many points of a plane by class: one path a class, so that ten thousand points are ten elements. */
import type { Spec } from 'vega';
import type { RunPictures } from '../../compare/comparison.js';
import { categoryOf } from '../html/palette.js';
import { chartIn, spanOf } from './frame.js';

export type Projection = NonNullable<RunPictures['projection']>;

const side = 250;

export function pointChart({ x, y, label }: Projection): Spec {
  const [left, right] = spanOf(x);
  const [bottom, top] = spanOf(y);
  const paths = new Map<number, string>();
  for (let i = 0; i < x.length; i++) {
    const [px, py] = [((x[i]! - left) / (right - left)) * side, ((top - y[i]!) / (top - bottom)) * side];
    if (!Number.isFinite(px) || !Number.isFinite(py)) continue;
    const group = label?.[i] ?? 0;
    paths.set(group, (paths.get(group) ?? '') + markPath(categoryOf(group).shape, px, py));
  }
  const spec = chartIn(
    {
      width: side,
      height: side,
      x: { domain: [left, right], isBlank: true, ticks: [] },
      y: { domain: [bottom, top], isBlank: true, ticks: [] },
    },
    [],
  );
  const values = [...paths]
    .sort(([a], [b]) => a - b)
    .map(([group, path]) => ({ path, colour: categoryOf(group).colour }));
  return {
    ...spec,
    data: [{ name: 'classes', values }],
    marks: [
      {
        type: 'path',
        from: { data: 'classes' },
        encode: {
          enter: {
            ...{ path: { field: 'path' }, stroke: { field: 'colour' }, fill: { field: 'colour' } },
            ...{ fillOpacity: { value: 0.5 }, strokeWidth: { value: 0.7 } },
          },
        },
      },
    ],
  };
}

const outlines: Readonly<Record<string, string>> = {
  circle: 'm-1.6 0a1.6 1.6 0 1 0 3.2 0a1.6 1.6 0 1 0-3.2 0',
  square: 'm-1.5-1.5h3v3h-3z',
  'triangle-up': 'm0-2l2 3.4h-4z',
  diamond: 'm0-2.2l2 2.2l-2 2.2l-2-2.2z',
  cross: 'm-2 0h4m-2-2v4',
  'triangle-down': 'm0 2l2-3.4h-4z',
  'triangle-right': 'm2 0l-3.4 2v-4z',
  stroke: 'm-2 0h4',
};

function markPath(shape: string, x: number, y: number): string {
  return `M${x.toFixed(1)} ${y.toFixed(1)}${outlines[shape] ?? outlines['circle']}`;
}
