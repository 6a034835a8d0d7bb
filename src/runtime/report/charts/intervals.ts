/** A row a competitor: the mean as a mark, its interval as a line, single runs as small ticks, groups as bars at the side. */
import type { Spec } from 'vega';
import type { MeasureInfo } from '../../compare/comparison.js';
import { formatValue } from '../format.js';
import type { RankedRow } from '../ranking.js';
import { isSound } from '../ranking.js';
import { chartIn, shorten, soundSpan } from './frame.js';

const rowHeight = 22;
/** Of text of 12 pixels, on average. */
const characterWidth = 7.3;
/** Of a group's bar. */
const barWidth = 9;
/** Of the chart's width, left for marks and intervals. */
const leastPlot = 0.35;

export function intervalChart(rows: readonly RankedRow[], { unit }: MeasureInfo, width: number): Spec {
  const longest = Math.max(...rows.map(({ competitor }) => competitor.name.length), 1);
  const labelWidth = Math.round(Math.min(width * 0.4, longest * characterWidth + 12));
  const groups = [...new Set(rows.flatMap(({ letters }) => [...letters]))].sort();
  const valueWidth = 60;
  // On a phone bars of many groups would leave no room for what they are about; the table has the letters.
  const hasRoom = width - labelWidth - valueWidth - barWidth * groups.length >= leastPlot * width;
  const letters = hasRoom ? groups : [];
  const side = valueWidth + barWidth * letters.length;
  const x = soundSpan(
    rows.map(({ competitor, summary: { low, high, mean, values } }) => ({
      values: [low, high, mean, ...values],
      isSound: isSound(competitor),
    })),
  );
  const clamp = (value: number) => Math.max(x[0], Math.min(x[1], value));
  const data = rows.flatMap(({ summary, rank, letters: own }, i) =>
    Number.isFinite(summary.mean)
      ? [
          {
            i,
            ...{
              mean: clamp(summary.mean),
              low: clamp(summary.low),
              high: clamp(summary.high),
              values: summary.values,
            },
            ...{ isRanked: rank !== undefined, letters: own, text: formatValue(summary.mean, unit) },
            shape: shapeOf(summary.mean, x, rank !== undefined),
          },
        ]
      : [],
  );
  const runs = data.flatMap(({ values, i }) =>
    values.filter((value) => value >= x[0] && value <= x[1]).map((value) => ({ value, i })),
  );
  const bars = letters.flatMap((letter, k) => {
    const places = data.filter(({ letters: own }) => own.includes(letter)).map(({ i }) => i);
    return places.length < 2 ? [] : [{ k, from: Math.min(...places), to: Math.max(...places) }];
  });
  const dots = bars.flatMap(({ k }) =>
    data.filter(({ letters: own }) => own.includes(letters[k]!)).map(({ i }) => ({ k, i })),
  );
  const spec = chartIn(
    {
      width: width - labelWidth - side,
      height: rows.length * rowHeight,
      x: { domain: x, ...(unit === 'share' ? { format: '.0%' } : {}) },
      y: { domain: [rows.length - 0.5, -0.5], isBlank: true, ticks: [] },
    },
    [],
  );
  const y = { scale: 'y', field: 'i' };
  const barX = (field = 'k') => ({ signal: `width + 57 + ${barWidth} * datum.${field}` });
  return {
    ...spec,
    padding: { left: labelWidth, right: side, top: 4, bottom: 22 },
    data: [
      { name: 'means', values: data },
      { name: 'runs', values: runs },
      { name: 'bars', values: bars },
      { name: 'dots', values: dots },
      {
        name: 'names',
        values: rows.map(({ competitor, rank }, i) => ({
          i,
          text: shorten(competitor.name, Math.floor((labelWidth - 8) / characterWidth)),
          isRanked: rank !== undefined,
        })),
      },
    ],
    marks: [
      {
        type: 'rule',
        from: { data: 'means' },
        encode: {
          enter: {
            y,
            x: { scale: 'x', field: 'low' },
            x2: { scale: 'x', field: 'high' },
            stroke: { value: 'var(--c1)' },
            strokeWidth: { value: 2 },
          },
        },
      },
      {
        type: 'rect',
        from: { data: 'runs' },
        encode: {
          enter: {
            yc: y,
            xc: { scale: 'x', field: 'value' },
            width: { value: 1 },
            height: { value: 9 },
            fill: { value: 'var(--muted)' },
          },
        },
      },
      {
        type: 'symbol',
        from: { data: 'means' },
        encode: {
          enter: {
            ...{
              y,
              x: { scale: 'x', field: 'mean' },
              size: { value: 55 },
              stroke: { value: 'var(--c1)' },
              strokeWidth: { value: 1.5 },
            },
            shape: { field: 'shape' },
            fill: { signal: "datum.isRanked ? 'var(--c1)' : 'var(--ground)'" },
          },
        },
      },
      {
        type: 'text',
        from: { data: 'names' },
        encode: {
          enter: {
            ...{
              y,
              x: { value: -8 },
              align: { value: 'right' },
              baseline: { value: 'middle' },
              fontSize: { value: 12 },
            },
            text: { field: 'text' },
            fill: { signal: "datum.isRanked ? 'var(--text)' : 'var(--muted)'" },
          },
        },
      },
      {
        type: 'text',
        from: { data: 'means' },
        encode: {
          enter: {
            ...{ y, x: { signal: 'width + 6' }, baseline: { value: 'middle' }, fontSize: { value: 12 } },
            ...{ text: { field: 'text' }, fill: { value: 'var(--text)' } },
          },
        },
      },
      {
        type: 'rule',
        from: { data: 'bars' },
        encode: {
          enter: {
            x: barX(),
            y: { scale: 'y', field: 'from' },
            y2: { scale: 'y', field: 'to' },
            stroke: { value: 'var(--muted)' },
            strokeWidth: { value: 1.5 },
          },
        },
      },
      {
        type: 'symbol',
        from: { data: 'dots' },
        encode: { enter: { x: barX(), y, size: { value: 26 }, fill: { value: 'var(--muted)' } } },
      },
    ],
  };
}

/** Means off the scale are arrows at its edge. */
function shapeOf(mean: number, [low, high]: readonly [number, number], isRanked: boolean): string {
  if (mean < low) return 'triangle-left';
  if (mean > high) return 'triangle-right';
  return isRanked ? 'circle' : 'diamond';
}
