/** Lines over steps. */
import type { Spec } from 'vega';
import { chartIn, type Span, spanOf } from './frame.js';

export interface Line {
  readonly points: readonly (readonly [x: number, y: number])[];
  readonly colour: string;
  readonly dash?: readonly number[];
  readonly width?: number;
  /** Drawn at every point where there are few. */
  readonly shape?: string;
}

export interface CurveChart {
  readonly lines: readonly Line[];
  readonly x: Omit<Span, 'domain'> & { readonly domain?: readonly [number, number] };
  readonly y: Omit<Span, 'domain'> & { readonly domain?: readonly [number, number] };
  readonly width?: number;
  readonly height?: number;
  readonly intervals?: readonly {
    readonly x: number;
    readonly low: number;
    readonly high: number;
    readonly colour: string;
  }[];
}

export function curveChart({ lines, x, y, width = 250, height = 120, intervals = [] }: CurveChart): Spec {
  const all = lines.flatMap(({ points }) => points);
  const ys = [...all.map(([, value]) => value), ...intervals.flatMap(({ low, high }) => [low, high])];
  const spec = chartIn(
    {
      width,
      height,
      x: {
        domain: spanOf(
          all.map(([value]) => value),
          x.isLog ? 0 : 0.01,
        ),
        ...x,
      },
      y: { domain: spanOf(ys), ...y },
    },
    [],
  );
  const at = { x: { scale: 'x', field: 'x' }, y: { scale: 'y', field: 'y' } };
  return {
    ...spec,
    data: [
      ...lines.map(({ points }, i) => ({
        name: `line${i}`,
        values: points.map(([px, py]) => ({ x: px, y: Number.isFinite(py) ? py : 0, isDefined: Number.isFinite(py) })),
      })),
      { name: 'intervals', values: [...intervals] },
    ],
    marks: [
      {
        type: 'rule',
        from: { data: 'intervals' },
        encode: {
          enter: {
            ...{ x: at.x, y: { scale: 'y', field: 'low' }, y2: { scale: 'y', field: 'high' } },
            ...{ stroke: { field: 'colour' }, strokeWidth: { value: 1.5 } },
          },
        },
      },
      ...lines.map(({ colour, dash, width: strokeWidth = 1.5 }, i) => ({
        type: 'line' as const,
        from: { data: `line${i}` },
        encode: {
          enter: {
            ...at,
            stroke: { value: colour },
            strokeWidth: { value: strokeWidth },
            defined: { field: 'isDefined' },
            ...(dash ? { strokeDash: { value: [...dash] } } : {}),
          },
        },
      })),
      ...lines.flatMap(({ colour, shape }, i) =>
        shape
          ? [
              {
                type: 'symbol' as const,
                from: { data: `line${i}` },
                encode: {
                  enter: {
                    ...at,
                    shape: { value: shape },
                    fill: { value: colour },
                    stroke: { value: colour },
                    size: { value: 36 },
                  },
                },
              },
            ]
          : [],
      ),
    ],
  };
}

/** Dash patterns by which lines of one chart differ besides their colours. */
export const dashes: readonly (readonly number[])[] = [
  [],
  [5, 2],
  [2, 2],
  [7, 2, 2, 2],
  [1, 3],
  [9, 3],
  [3, 1, 1, 1],
  [6, 4],
];
