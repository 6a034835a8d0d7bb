/** What a result cost: a chart against the ranking measure, and a table of everything that was counted. */
import type { Competitor, RunCost } from '../../compare/comparison.js';
import { scatterChart } from '../charts/scatter.js';
import { formatDuration, formatLarge, formatValue } from '../format.js';
import { figure } from '../html/figure.js';
import { html } from '../html/html.js';
import { table } from '../html/table.js';
import { isSound, mainMeasure } from '../ranking.js';
import { nameCell } from './ranking.js';
import { markOf, type SectionEntry } from './section.js';

export const cost: SectionEntry = {
  id: 'cost',
  title: 'Cost',
  async write(comparison, draw) {
    const rows = comparison.competitors.map((competitor) => ({ competitor, cost: meanCost(competitor) }));
    const counted = rows.filter((row) => row.cost !== undefined || row.competitor.parameters !== undefined);
    if (counted.length === 0) return undefined;
    const main = mainMeasure(comparison);
    const points = rows.flatMap(({ competitor, cost }) => {
      const summary = main && competitor.summary[main.key];
      if (!cost || !summary || !(cost.seconds > 0) || !Number.isFinite(summary.mean)) return [];
      return [
        {
          ...markOf(comparison, competitor),
          isSound: isSound(competitor),
          name: competitor.name,
          x: cost.seconds,
          y: summary.mean,
          low: summary.low,
          high: summary.high,
        },
      ];
    });
    const seconds = points.map(({ x }) => x);
    const isLog = Math.max(...seconds) > 20 * Math.min(...seconds);
    const draws = [720, 350].map((width) =>
      draw(
        scatterChart({
          points,
          width,
          x: { title: 'seconds of training, mean over seeds', isLog, ...(isLog ? { format: '~s' } : {}) },
          y: { ...(main?.unit === 'share' ? { format: '.0%' } : {}) },
        }),
      ),
    );
    const svgs = points.length < 2 ? undefined : await Promise.all(draws);
    const common = {
      title: html`${main?.label} against seconds of training`,
      description: points
        .map(({ name, x, y }) => `${name}: ${formatDuration(x)}, ${formatValue(y, main?.unit ?? 'number')}`)
        .join('; '),
    };
    return html`${svgs ? [figure({ ...common, svg: svgs[0]!, kind: 'wide' }), figure({ ...common, svg: svgs[1]!, kind: 'narrow' })] : ''}
${table({
  id: 'cost-table',
  kind: 'sticky',
  isSortable: true,
  caption:
    'Cost of a run, mean over the runs that were counted; drawing is of one run of a row alone; FLOPs forward and backward over all steps',
  columns: [
    { name: 'Competitor' },
    ...[
      'Training',
      'Evaluation',
      'Evaluation, of training',
      'Drawing, once',
      'Steps',
      'Examples',
      'FLOPs',
      'Peak memory',
      'Parameters',
      'FLOPs an example, forward',
    ].map((name) => ({
      name,
      isNumber: true,
      first: 'least' as const,
    })),
  ],
  rows: counted.map(({ competitor, cost }) => [
    nameCell(comparison, competitor),
    number(cost?.seconds, formatDuration),
    number(cost?.evaluationSeconds, formatDuration),
    number(cost && evaluationShare(cost), (share) => formatValue(share, 'share')),
    number(cost?.drawingSeconds, formatDuration),
    number(cost?.steps, formatLarge),
    number(cost?.examples, formatLarge),
    number(cost?.flops, formatLarge),
    number(cost?.peakBytes, (bytes) => `${formatLarge(bytes)}B`),
    number(competitor.parameters, formatLarge),
    number(competitor.flopsPerExample, formatLarge),
  ]),
})}`;
  },
};

function number(value: number | undefined, format: (value: number) => string) {
  return value === undefined ? '–' : { content: format(value), value };
}

/** What evaluating took as a share of what training took; undefined where nothing was trained. */
function evaluationShare({ seconds, evaluationSeconds }: RunCost): number | undefined {
  return seconds > 0 ? evaluationSeconds / seconds : undefined;
}

/** Over the runs with a cost that finished; over all with one if none did. */
export function meanCost({ runs }: Pick<Competitor, 'runs'>): RunCost | undefined {
  const costs = runs.flatMap(({ cost, status }) => (cost ? [{ cost, status }] : []));
  const finished = costs.filter(({ status }) => status === 'finished');
  const counted = (finished.length > 0 ? finished : costs).map(({ cost }) => cost);
  if (counted.length === 0) return undefined;
  const mean = (of: (cost: RunCost) => number | undefined) => {
    const values = counted.flatMap((cost) => of(cost) ?? []);
    return values.length === 0 ? undefined : values.reduce((sum, value) => sum + value, 0) / values.length;
  };
  const drawingSeconds = mean((cost) => cost.drawingSeconds);
  return {
    seconds: mean(({ seconds }) => seconds)!,
    evaluationSeconds: mean(({ evaluationSeconds }) => evaluationSeconds)!,
    ...(drawingSeconds === undefined ? {} : { drawingSeconds }),
    steps: mean(({ steps }) => steps)!,
    examples: mean(({ examples }) => examples)!,
    flops: mean(({ flops }) => flops),
    peakBytes: mean(({ peakBytes }) => peakBytes),
  };
}
