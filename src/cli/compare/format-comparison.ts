/** A comparison as a table on a terminal: the best first, by the main measure. */
import type { Comparison, MeasureInfo, Summary } from '../../runtime/compare/comparison.js';
import { mainMeasure } from '../../runtime/report/ranking.js';
import type { Output } from '../output.js';
import { formatTable } from '../table.js';

/** A terminal's line holds no more; the report has them all. */
const mostMeasures = 6;

export function formatComparison(comparison: Comparison, output: Output): string {
  const { measures, competitors } = comparison;
  const main = mainMeasure(comparison);
  const ranking = measures.filter(({ better }) => better !== 'neither');
  const chosen = [...(main ? [main] : []), ...ranking.filter((measure) => measure !== main)].slice(0, mostMeasures);
  const shown = chosen.length > 0 ? chosen : measures.slice(0, mostMeasures);
  const sorted = [...competitors].sort((a, b) => (main ? order(a.summary[main.key], b.summary[main.key], main) : 0));
  const rows = sorted.map(({ name, kind, summary }) => {
    const cells = [name, ...shown.map((measure) => showSummary(summary[measure.key], measure))];
    return kind === 'objective' ? cells.map((cell) => output.paint.bold(cell)) : cells;
  });
  return formatTable(output, ['', ...shown.map(({ label }) => label)], rows);
}

function order(a: Summary | undefined, b: Summary | undefined, { better }: MeasureInfo): number {
  if (!a || !b) return Number(b !== undefined) - Number(a !== undefined);
  return better === 'lower' ? a.mean - b.mean : b.mean - a.mean;
}

/** `91.2 % (90.4–92.0)`: the mean with its 95 % interval. */
function showSummary(summary: Summary | undefined, { unit }: MeasureInfo): string {
  if (!summary) return '–';
  const { mean, low, high } = summary;
  const show = (value: number): string => (unit === 'share' ? (100 * value).toFixed(1) : value.toPrecision(3));
  const range = low < high ? ` (${show(low)}–${show(high)})` : '';
  return `${show(mean)}${unit === 'share' ? ' %' : ''}${range}`;
}
