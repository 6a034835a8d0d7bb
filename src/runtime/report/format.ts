/** How figures are written for people, in every format of the report. */
import type { MeasureInfo, Summary } from '../compare/comparison.js';

export type Unit = MeasureInfo['unit'];

/** 0.912 as "91.2 %", 12.34 as "12.3", 75 seconds as "1 min 15 s"; "–" where there is no number. */
export function formatValue(value: number | undefined, unit: Unit): string {
  if (value === undefined || Number.isNaN(value)) return '–';
  if (!Number.isFinite(value)) return value > 0 ? '∞' : '−∞';
  if (unit === 'share') return `${minus((100 * value).toFixed(1))} %`;
  return unit === 'seconds' ? formatDuration(value) : formatNumber(value);
}

/** Three or four significant digits, never more than a column needs. */
export function formatNumber(value: number): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? '–' : value > 0 ? '∞' : '−∞';
  const size = Math.abs(value);
  if (size === 0) return '0';
  if (size >= 1e6 || size < 1e-3) return minus(value.toExponential(2));
  if (size >= 1000) return minus(String(Math.round(value)));
  return minus(value.toPrecision(3));
}

/** "90.1–92.3 %" without repeating the unit; of one value, that value. */
export function formatInterval({ low, high }: Pick<Summary, 'low' | 'high'>, unit: Unit): string {
  const [from, to] = [formatValue(low, unit), formatValue(high, unit)];
  if (from === to) return from;
  return `${unit === 'share' ? from.replace(' %', '') : from} to ${to}`;
}

/** A difference with its sign: of shares in percentage points. */
export function formatDifference(value: number, unit: Unit): string {
  const sign = value > 0 ? '+' : '';
  if (!Number.isFinite(value)) return formatNumber(value);
  if (unit === 'share') return `${sign}${minus((100 * value).toFixed(1))} pp`;
  return `${sign}${formatNumber(value)}${unit === 'seconds' ? ' s' : ''}`;
}

/** 0.0412 as "0.041", what is less than 0.001 as that. */
export function formatProbability(value: number): string {
  return value < 0.001 ? '< 0.001' : value.toFixed(3);
}

export function formatDuration(seconds: number): string {
  if (!Number.isFinite(seconds)) return '–';
  if (seconds < 10) return `${formatNumber(seconds)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  const minutes = Math.floor(whole / 60);
  if (minutes < 60) return `${minutes} min ${String(whole % 60).padStart(2, '0')} s`;
  return `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, '0')} min`;
}

const scales = [
  ['P', 1e15],
  ['T', 1e12],
  ['G', 1e9],
  ['M', 1e6],
  ['k', 1e3],
] as const;

/** 19100000000 as "19.1 G"; "–" where it is not known. */
export function formatLarge(value: number | undefined): string {
  if (value === undefined || !Number.isFinite(value)) return '–';
  const [unit, scale] = scales.find(([, at]) => Math.abs(value) >= at) ?? ['', 1];
  return `${Number((value / scale).toPrecision(3))} ${unit}`.trimEnd();
}

/** "temperature 0.2, rate 0.004". */
export function formatSettings(settings: Readonly<Record<string, string>>): string {
  return Object.entries(settings)
    .map(([name, value]) => `${name} ${value}`)
    .join(', ');
}

/** 1 as "1 run", 3 as "3 runs". */
export function count(n: number, noun: string): string {
  return `${n} ${noun}${n === 1 ? '' : 's'}`;
}

/** "A", "A and B", "A, B and C". */
export function listOf(names: readonly string[]): string {
  return names.length < 2 ? (names[0] ?? '') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}

/** A true minus sign, as wide as a plus. */
function minus(text: string): string {
  return text.replaceAll('-', '−');
}
