/** What most charts share: two axes, a grid, marks inside. */
import type { Axis, Mark, Scale, Spec } from 'vega';

export interface Span {
  readonly domain: readonly [number, number];
  readonly title?: string;
  readonly isLog?: boolean;
  /** How ticks are written, as d3-format writes it. */
  readonly format?: string;
  readonly ticks?: readonly number[];
  /** No labels: a position without a unit. */
  readonly isBlank?: boolean;
}

export interface Frame {
  readonly width: number;
  readonly height: number;
  readonly x: Span;
  readonly y: Span;
}

/** Scales are named `x` and `y`. */
export function chartIn({ width, height, x, y }: Frame, marks: readonly Mark[]): Spec {
  return {
    width,
    height,
    // Fixed, so that axes of panels side by side are in line; and nothing has to be measured and laid out twice.
    autosize: { type: 'none' },
    padding: paddingOf(x, y),
    background: 'transparent',
    config: plain,
    scales: [scaleOf('x', x, 'width'), scaleOf('y', y, 'height')],
    axes: [axisOf('x', x, Math.max(2, Math.round(width / 70))), axisOf('y', y, Math.max(2, Math.round(height / 40)))],
    marks: [...marks],
  };
}

function paddingOf(x: Span, y: Span) {
  const left = y.isBlank ? 4 : 42;
  const bottom = x.isBlank ? 4 : 20;
  return { left: left + (y.title ? 16 : 0), right: 12, top: 8, bottom: bottom + (x.title ? 16 : 0) };
}

/** Text and lines in the page's colours. */
export const plain = {
  axis: {
    labelColor: 'var(--muted)',
    titleColor: 'var(--muted)',
    domainColor: 'var(--line)',
    tickColor: 'var(--line)',
    gridColor: 'var(--grid)',
    labelFontSize: 11,
    titleFontSize: 11,
    titleFontWeight: 'normal',
    tickSize: 4,
  },
} satisfies Spec['config'];

function scaleOf(name: string, { domain, isLog }: Span, range: 'width' | 'height'): Scale {
  return isLog
    ? { name, type: 'log', domain: [...domain], range }
    : { name, type: 'linear', domain: [...domain], range, zero: false, nice: false };
}

function axisOf(scale: 'x' | 'y', { title, format, ticks, isBlank }: Span, tickCount: number): Axis {
  return {
    scale,
    orient: scale === 'x' ? 'bottom' : 'left',
    aria: false,
    grid: true,
    tickCount,
    labelOverlap: true,
    ...(title ? { title } : {}),
    // One by one: a format for the whole axis would write 200 and 1k as "0.2k" and "1k".
    ...(format ? { encode: { labels: { update: { text: { signal: `format(datum.value, '${format}')` } } } } } : {}),
    ...(ticks ? { values: [...ticks] } : {}),
    ...(isBlank ? { labels: false, ticks: false } : {}),
  };
}

/** From the least to the greatest finite number, with a little room; a single value gets room on both sides. */
export function spanOf(values: readonly number[], room = 0.04): readonly [number, number] {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of values) {
    if (!Number.isFinite(value)) continue;
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  if (low > high) return [0, 1];
  if (low === high) return [low - 0.05 * (Math.abs(low) || 1), high + 0.05 * (Math.abs(low) || 1)];
  const width = high - low;
  return [low - room * width, high + room * width];
}

export interface Ranged {
  readonly values: readonly number[];
  /** Whether it counts for the range: a collapsed run would hide all differences between the others. */
  readonly isSound: boolean;
}

/**
 * The range of the sound ones, if the others would stretch it more than threefold; else of all. What lies outside is drawn at
 * the edge as an arrow.
 */
export function soundSpan(rows: readonly Ranged[], room?: number): readonly [number, number] {
  const all = spanOf(
    rows.flatMap(({ values }) => values),
    room,
  );
  const sound = rows
    .filter(({ isSound }) => isSound)
    .flatMap(({ values }) => values)
    .filter(Number.isFinite);
  if (sound.length === 0) return all;
  const some = spanOf(sound, room);
  return all[1] - all[0] > 3 * (some[1] - some[0]) ? some : all;
}

/** At most `most` characters: without a canvas, widths of texts are not known, only about what they are. */
export function shorten(text: string, most: number): string {
  const characters = [...text];
  return characters.length <= most
    ? text
    : `${characters
        .slice(0, most - 1)
        .join('')
        .trimEnd()}…`;
}
