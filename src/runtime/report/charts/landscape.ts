/** The energy over a plane as filled contours: dark where it is low. */
import type { Spec } from 'vega';
import type { RunPictures } from '../../compare/comparison.js';
import { chartIn } from './frame.js';

export type Landscape = NonNullable<RunPictures['landscape']>;

const levels = 10;
const side = 230;

/** The contours' levels, from the least finite energy on. */
export function contourLevels({ values }: Landscape): readonly number[] {
  const finite = values.flat().filter(Number.isFinite);
  const low = finite.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
  const high = finite.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  return high > low ? Array.from({ length: levels }, (_, i) => low + ((high - low) * i) / levels) : [];
}

export function landscapeChart(landscape: Landscape): Spec {
  const { xs, ys, values, xLabel, yLabel } = landscape;
  const thresholds = contourLevels(landscape);
  const spec = chartIn(
    {
      width: side,
      height: side,
      x: { domain: [xs[0] ?? 0, xs.at(-1) ?? 1], title: xLabel },
      y: { domain: [ys[0] ?? 0, ys.at(-1) ?? 1], title: yLabel },
    },
    [],
  );
  const [columns, rows] = [values[0]?.length ?? 0, values.length];
  // The transform bevels the corners of its grid: a ring of repeated values around it puts them out of sight.
  const stretch = Math.max(1, columns - 1) / Math.max(1, rows - 1);
  const step = side / Math.max(1, columns - 1);
  // The transform counts rows from the top, the plane from the bottom; what is no number is drawn as the highest.
  const highest = values
    .flat()
    .reduce((most, value) => (Number.isFinite(value) ? Math.max(most, value) : most), -Infinity);
  const ringed = <T>(list: readonly T[]) => [list[0]!, ...list, list.at(-1)!];
  const grid = ringed([...values].reverse()).flatMap((row) =>
    ringed(row).map((value) => (Number.isFinite(value) ? value : highest)),
  );
  return {
    ...spec,
    data: [
      {
        name: 'contours',
        values: [{ grid: { width: columns + 2, height: rows + 2, values: grid } }],
        transform: [
          {
            type: 'isocontour',
            field: 'grid',
            scale: { expr: String(step) },
            thresholds: [...thresholds],
            as: null,
          },
          { type: 'identifier', as: 'level' },
          { type: 'geopath' },
        ],
      },
    ],
    marks: [
      {
        type: 'group',
        clip: true,
        encode: { enter: { width: { value: side }, height: { value: side } } },
        marks: [
          {
            type: 'path',
            from: { data: 'contours' },
            encode: {
              enter: {
                path: { field: 'path' },
                x: { value: -1.5 * step },
                y: { value: -1.5 * step * stretch },
                scaleY: { value: stretch },
                fill: { signal: "'var(--e' + (datum.level - 1) + ')'" },
                stroke: { value: 'var(--ground)' },
                strokeWidth: { value: 0.4 },
              },
            },
          },
        ],
      },
    ],
  };
}
