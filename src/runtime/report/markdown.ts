/** The report as Markdown: tables and sentences, for a repository or a message. */
import type { Comparison, Competitor, MeasureInfo } from '../compare/comparison.js';
import { energyAuroc } from './auroc.js';
import {
  count,
  formatDifference,
  formatDuration,
  formatInterval,
  formatLarge,
  formatNumber,
  formatProbability,
  formatSettings,
  formatValue,
} from './format.js';
import { mainMeasure, type RankedRow, rankBy, usedMeasures } from './ranking.js';
import { dataFacts } from './sections/conditions.js';
import { meanCost } from './sections/cost.js';
import { repeatCommand } from './sections/provenance.js';
import { pictured } from './sections/section.js';
import { summarize } from './sections/summary.js';

export function writeMarkdown(comparison: Comparison): string {
  const parts = [
    `# ${escapeMarkdown(comparison.title)}`,
    summarize(comparison)
      .map((sentence) => `- ${escapeMarkdown(sentence)}`)
      .join('\n'),
    ...ranking(comparison),
    ...verdicts(comparison),
    ...contrasts(comparison),
    ...costs(comparison),
    ...energies(comparison),
    ...conditions(comparison),
    ...provenance(comparison),
  ];
  return `${parts.join('\n\n')}\n`;
}

/**
 * The finding alone, to stand in a text of others: sentences, the ranking without intervals of every measure, faults, costs. The full
 * report has the rest.
 */
export function writeBriefMarkdown(comparison: Comparison): string {
  const parts = [
    summarize(comparison)
      .map((sentence) => `- ${escapeMarkdown(sentence)}`)
      .join('\n'),
    ...briefRanking(comparison),
    ...faults(comparison),
    fenced(repeatCommand(comparison), 'sh'),
  ];
  return `${parts.join('\n\n')}\n`;
}

/** Of each measure, name of a competitor → its place. */
function rowsByName(
  comparison: Comparison,
  measures: readonly MeasureInfo[],
): readonly ReadonlyMap<string, RankedRow>[] {
  return measures.map((measure) => new Map(rankBy(comparison, measure).map((row) => [row.competitor.name, row])));
}

function labelOf({ kind, name }: Competitor): string {
  return kind === 'objective' ? name : `${name} (baseline)`;
}

function briefRanking(comparison: Comparison): readonly string[] {
  const main = mainMeasure(comparison);
  if (!main) return [];
  const measures = usedMeasures(comparison);
  const ranked = rowsByName(comparison, measures);
  const order = rankBy(comparison, main).map(({ competitor }) => competitor);
  // Raw inputs have no energy, and yet stand beside those that are ranked by it.
  const rest = comparison.competitors.filter((competitor) => !order.includes(competitor));
  const rows = [...order, ...rest].map((competitor) => [
    labelOf(competitor),
    ...measures.map(({ key, unit }, i) => {
      const row = ranked[i]!.get(competitor.name);
      if (!row) return '–';
      const value = formatValue(row.summary.mean, unit);
      return key === main.key ? `${value} (${formatInterval(row.summary, unit)}) ${row.letters}`.trimEnd() : value;
    }),
    ...costsOf(competitor),
  ]);
  return [
    `By ${escapeMarkdown(main.label)}, with its 95 % interval over seeds and test examples; between two that share a letter there, no difference is shown.`,
    table(['competitor', ...measures.map(({ label }) => label), 'training', 'evaluation'], rows),
  ];
}

/** Of training and of evaluating. */
function costsOf(competitor: Competitor): readonly string[] {
  const cost = meanCost(competitor);
  return cost && cost.steps > 0 ? [formatDuration(cost.seconds), formatDuration(cost.evaluationSeconds)] : ['–', '–'];
}

function faults({ competitors }: Comparison): readonly string[] {
  const faulty = competitors.filter(({ verdict: { kind } }) => kind !== 'no fault found' && kind !== 'baseline');
  return faulty.length === 0
    ? []
    : [
        faulty
          .map(({ name, verdict: { kind, reason } }) => `- ${escapeMarkdown(`${name}: ${kind}: ${reason}`)}`)
          .join('\n'),
      ];
}

function ranking(comparison: Comparison): readonly string[] {
  const main = mainMeasure(comparison);
  if (!main) return [];
  const measures = usedMeasures(comparison);
  const ranked = rowsByName(comparison, measures);
  const order = rankBy(comparison, main).map(({ competitor }) => competitor);
  const rest = comparison.competitors.filter((competitor) => !order.includes(competitor));
  const rows = [...order, ...rest].map((competitor) => [
    labelOf(competitor),
    ...measures.map(({ unit }, i) => {
      const row = ranked[i]!.get(competitor.name);
      if (!row) return '–';
      const place = row.rank === undefined ? '' : ` #${row.rank}`;
      return `${formatValue(row.summary.mean, unit)} (${formatInterval(row.summary, unit)})${place}${row.letters ? ` ${row.letters}` : ''}`;
    }),
    competitor.verdict.kind,
  ]);
  return [
    `## Ranking by ${escapeMarkdown(main.label)}`,
    'Mean over seeds, 95 % interval, rank among objectives (#), groups: between two that share a letter no difference is shown.',
    table(['competitor', ...measures.map(({ label }) => label), 'verdict'], rows),
  ];
}

function verdicts({ competitors }: Comparison): readonly string[] {
  const rows = competitors.map((competitor) => [
    competitor.name,
    competitor.verdict.kind,
    competitor.verdict.reason,
    runsOf(competitor),
  ]);
  return rows.length === 0 ? [] : ['## Verdicts', table(['competitor', 'verdict', 'reason', 'runs'], rows)];
}

function runsOf({ runs }: Competitor): string {
  if (runs.length === 0) return 'none';
  const finished = runs.filter(({ status }) => status === 'finished').length;
  const rest = runs.filter(({ status }) => status !== 'finished');
  const notes = rest.map(({ seed, status, reason }) => `; seed ${seed} ${status}${reason ? `: ${reason}` : ''}`);
  return `${finished} of ${count(runs.length, 'run')} finished${notes.join('')}`;
}

/** Of the main measure; all are in the JSON. */
function contrasts(comparison: Comparison): readonly string[] {
  const main = mainMeasure(comparison);
  const found = comparison.contrasts.filter(({ measure }) => measure === main?.key);
  if (!main || found.length === 0) return [];
  const rows = found.map(({ a, b, difference, low, high, isShown, adjusted }) => [
    a,
    b,
    formatDifference(difference, main.unit),
    `${formatDifference(low, main.unit)} to ${formatDifference(high, main.unit)}`,
    adjusted === undefined ? '–' : formatProbability(adjusted),
    isShown ? 'shown' : 'no difference shown',
  ]);
  return [
    `## Differences by ${escapeMarkdown(main.label)}`,
    table(['first', 'second', 'first less second', '95 % interval', 'p, adjusted', 'finding'], rows),
  ];
}

function costs({ competitors }: Comparison): readonly string[] {
  const rows = competitors.flatMap((competitor) => {
    const cost = meanCost(competitor);
    if (!cost) return [];
    return [
      [
        ...[competitor.name, formatDuration(cost.seconds), formatDuration(cost.evaluationSeconds)],
        ...[cost.steps, cost.examples, cost.flops, cost.peakBytes, competitor.parameters].map(formatLarge),
      ],
    ];
  });
  const heads = ['competitor', 'training', 'evaluation', 'steps', 'examples', 'FLOPs', 'peak bytes', 'parameters'];
  return rows.length === 0 ? [] : ['## Cost of a run', table(heads, rows)];
}

function energies(comparison: Comparison): readonly string[] {
  const rows = pictured(comparison, 'energies').map(({ competitor, picture: { compatible, mismatched } }) => [
    competitor.name,
    formatNumber(energyAuroc(compatible, mismatched)),
    String(compatible.length),
    String(mismatched.length),
  ]);
  if (rows.length === 0) return [];
  return [
    '## Energies',
    table(['competitor', 'AUROC of compatible against mismatched pairs', 'compatible', 'mismatched'], rows),
  ];
}

function conditions(comparison: Comparison): readonly string[] {
  const { budget, differences } = comparison;
  const differing = differences.flatMap(({ what, values }) =>
    Object.entries(values).map(([name, value]) => [what, name, value]),
  );
  const tried = comparison.competitors.flatMap(({ name, tried: all, triedBy = '–' }) =>
    all.map(({ settings, score }, i) => {
      const given = [name, formatSettings(settings), triedBy];
      return [...given, formatNumber(score), i === 0 ? 'chosen' : ''];
    }),
  );
  return [
    '## Held equal',
    table(['what', 'value'], Object.entries(budget)),
    '## Differences between competitors',
    differing.length === 0 ? 'None besides their objectives.' : table(['what', 'competitor', 'value'], differing),
    ...(tried.length === 0
      ? []
      : ['## Settings tried', table(['competitor', 'settings', 'by', 'score on held-out data', ''], tried)]),
    '## Data',
    table(['what', 'value'], Object.entries(dataFacts(comparison))),
  ];
}

function provenance(comparison: Comparison): readonly string[] {
  const { versions, created, file, source, modules, competitors } = comparison;
  const hashes = competitors.flatMap(({ name, objective }) => (objective === undefined ? [] : [[name, objective]]));
  return [
    '## How to repeat it',
    fenced(repeatCommand(comparison), 'sh'),
    table(['what', 'version'], [...Object.entries(versions), ['report made from', created]]),
    ...(hashes.length === 0 ? [] : [table(['competitor', 'hash of the objective'], hashes)]),
    `### ${escapeMarkdown(file || 'The program')}`,
    fenced(source, ''),
    ...Object.entries(modules).flatMap(([path, text]) => [`### Module ${escapeMarkdown(path)}`, fenced(text, '')]),
  ];
}

function table(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map(escapeMarkdown).join(' | ')} |`;
  return [line(heads), line(heads.map(() => '---')), ...rows.map(line)].join('\n');
}

/** What Markdown or HTML in it would take for its own; a cell stays on its line. */
function escapeMarkdown(text: string): string {
  return text
    .replaceAll(/[\\`*_[\]<>|#~]/g, (found) => (found === '<' ? '&lt;' : `\\${found}`))
    .replaceAll(/\s+/g, ' ');
}

/** Between more backquotes than the text has in a row. */
function fenced(text: string, language: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([ticks]) => ticks.length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}${language}\n${text.trimEnd()}\n${fence}`;
}
