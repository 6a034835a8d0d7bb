/** A named point a competitor: what it cost against what it reached. */
import type { Spec } from 'vega';
import { chartIn, type Span, shorten, soundSpan, spanOf } from './frame.js';

export interface NamedPoint {
  readonly name: string;
  readonly x: number;
  readonly y: number;
  readonly low: number;
  readonly high: number;
  readonly colour: string;
  readonly shape: string;
  readonly isSound: boolean;
}

export interface ScatterChart {
  readonly points: readonly NamedPoint[];
  readonly x: Omit<Span, 'domain'>;
  readonly y: Omit<Span, 'domain'>;
  readonly width: number;
}

export function scatterChart({ points, x, y, width }: ScatterChart): Spec {
  const [left, right] = spanOf(
    points.map((point) => point.x),
    0.06,
  );
  const ys = soundSpan(
    points.map(({ y: mean, low, high, isSound }) => ({ values: [mean, low, high], isSound })),
    0.08,
  );
  const clamp = (value: number) => Math.max(ys[0], Math.min(ys[1], value));
  const drawn = points.map((point) => ({
    ...point,
    ...{ name: shorten(point.name, 24), y: clamp(point.y), low: clamp(point.low), high: clamp(point.high) },
    shape: point.y < ys[0] ? 'triangle-down' : point.y > ys[1] ? 'triangle-up' : point.shape,
  }));
  const spec = chartIn(
    {
      width: width - 54,
      height: 260,
      x: { domain: x.isLog ? logSpan(points) : [left, right + 0.12 * (right - left)], ...x },
      y: { domain: ys, ...y },
    },
    [],
  );
  const at = { x: { scale: 'x', field: 'x' }, y: { scale: 'y', field: 'y' } };
  return {
    ...spec,
    data: [{ name: 'points', values: drawn }],
    marks: [
      {
        type: 'rule',
        from: { data: 'points' },
        encode: {
          enter: {
            x: at.x,
            y: { scale: 'y', field: 'low' },
            y2: { scale: 'y', field: 'high' },
            stroke: { field: 'colour' },
          },
        },
      },
      {
        name: 'dots',
        type: 'symbol',
        from: { data: 'points' },
        encode: {
          enter: {
            ...at,
            shape: { field: 'shape' },
            fill: { field: 'colour' },
            stroke: { field: 'colour' },
            size: { value: 70 },
          },
        },
      },
      {
        type: 'text',
        from: { data: 'dots' },
        encode: {
          enter: { text: { field: 'datum.name' }, fontSize: { value: 11 }, fill: { value: 'var(--text)' } },
        },
        transform: [
          {
            type: 'label',
            size: { signal: '[width, height]' },
            anchor: ['right', 'top-right', 'bottom-right', 'top', 'bottom', 'left', 'top-left', 'bottom-left'],
            offset: [3],
            avoidBaseMark: false,
          },
        ],
      },
    ],
  };
}

function logSpan(points: readonly NamedPoint[]): readonly [number, number] {
  const [low, high] = spanOf(
    points.map(({ x }) => Math.log10(x)),
    0.12,
  );
  return [10 ** low, 10 ** high];
}
