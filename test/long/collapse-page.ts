/** The table of analysis against measurement, and what of it was wrong. */

interface Difference {
  readonly spread: number;
  readonly rank: number;
}

export interface Row {
  readonly name: string;
  readonly isMutant: boolean;
  /** The code of what the analysis says, if it says that the objective may collapse. */
  readonly said: string | undefined;
  /** At the start and at the end. */
  readonly losses: readonly [number, number];
  readonly spreads: readonly [number, number];
  /** Of the outputs that the terms compare, at the start and at the end: how much examples differ, and in how many directions. */
  readonly outputs: readonly [Difference, Difference];
  /** What the loss is for a constant representation, where the compiler can tell. */
  readonly constant: number | undefined;
  /** Whether the gauges of the representation say so. */
  readonly isFlat: boolean;
  /** Alarms of the training loop, with the step after which each was told. */
  readonly alarms: readonly { readonly code: string; readonly step: number }[];
  readonly stepsPerEpoch: number;
}

/** How much of the way from its start to its value for a constant representation the loss has gone, where it begins above that. */
export function wayOf({ losses: [start, end], constant }: Row): number | undefined {
  return constant === undefined || start <= constant ? undefined : (start - end) / (start - constant);
}

/** Flat by its gauges, or with a loss that is within a twentieth of the way to what a constant representation gives. */
function collapses(row: Row): boolean {
  const way = wayOf(row);
  return row.isFlat || (way !== undefined && Math.abs(1 - way) <= 0.05);
}

/** Whether so much of the way is left that it may as well not collapse. */
function isFarFrom(row: Row): boolean {
  const way = wayOf(row);
  return !row.isFlat && (way === undefined || way < 0.5 || way > 1.5);
}

/** In the first epoch. */
export function isToldSoon({ alarms, stepsPerEpoch }: Row): boolean {
  return alarms.some(({ step }) => step <= stepsPerEpoch);
}

interface Wrong {
  /** What collapses and was not told. */
  readonly misses: readonly string[];
  /** What was told and does not collapse. */
  readonly falseAlarms: readonly string[];
}

/** Of the analysis before training, and of the training loop in its first epoch (misses) and at any time (false alarms). */
export function collapseCounts(rows: readonly Row[]): { readonly analysis: Wrong; readonly training: Wrong } {
  const names = (holds: (row: Row) => boolean): string[] => rows.filter(holds).map(({ name }) => name);
  return {
    analysis: {
      misses: names((row) => collapses(row) && row.said === undefined),
      falseAlarms: names((row) => isFarFrom(row) && row.said !== undefined),
    },
    training: {
      misses: names((row) => collapses(row) && !isToldSoon(row)),
      falseAlarms: names((row) => isFarFrom(row) && row.alarms.length > 0),
    },
  };
}

function table(rows: readonly Row[]): string {
  const share = (way: number | undefined): string => (way === undefined ? '–' : `${(100 * way).toFixed(0)} %`);
  const shown = (value: number): string => (Math.abs(value) < 1e-9 ? 0 : value).toPrecision(3);
  const pair = ([a, b]: readonly [number, number]): string => `${shown(a)} → ${shown(b)}`;
  const cells = (row: Row): string[] => [
    row.isMutant ? row.name : `${row.name} (example)`,
    row.said ?? '–',
    pair(row.losses),
    row.constant === undefined ? '–' : shown(row.constant),
    share(wayOf(row)),
    pair(row.spreads),
    row.outputs.map(({ spread, rank }) => `${(100 * spread).toFixed(0)} % in ${rank.toFixed(1)}`).join(' → '),
    collapses(row) ? 'yes' : isFarFrom(row) ? 'no' : row.said ? 'on the way' : 'no',
    row.alarms.map(({ code, step }) => `${code} after step ${step}`).join(', ') || '–',
  ];
  const heads = [
    '',
    'analysis',
    'loss',
    'loss if constant',
    'of the way there',
    'spread',
    'outputs differ',
    'collapses',
    'told while training',
  ];
  const line = (row: readonly string[]): string => `| ${row.join(' | ')} |`;
  return [line(heads), line(heads.map(() => '---')), ...rows.map((row) => line(cells(row)))].join('\n');
}

export function collapsePage(rows: readonly Row[]): string {
  const { analysis, training } = collapseCounts(rows);
  const collapsing = rows.filter(collapses).length;
  const reported = rows.filter(({ said }) => said !== undefined);
  const soon = reported.filter(isToldSoon);
  const list = (names: readonly string[]): string =>
    names.length === 0 ? 'none' : `${names.length} (${names.join('; ')})`;
  return `# Collapse: what is said against what happens

Made by \`npm run collapse\`: methods from [examples](../examples) and mutants of them, each without a part that keeps it from collapsing, trained on handwritten digits as \`ebmc train\`
does, for two epochs. *Analysis* is what \`ebmc check\` says before anything runs. A run has collapsed where the gauges of its representation say so (EBM5012's rule, or a quarter of the spread that it
had), or where its loss has gone 95 % of the way from its start to what a constant representation gives: then it asks for nothing more that a constant does not have, whatever difference
is left. An alarm is false where less than half of that way is gone; what was told and is in between is on the way, and is counted neither way. These bounds were chosen after a first look at such runs.

*Outputs differ*: by how much of their size the outputs that the terms compare differ in a batch, and in how many directions (participation ratio), as EBM5023 reads them. Its bounds, half of the way
and half of the difference, were chosen on one seed of these runs and hold on another: all that is reported is told in the first epoch. By themselves they would say little: SimSiam, BYOL and DINO
lose as many directions in it, and their loss goes as far. What they have, and their mutants lack, is a reason not to stay there, which the analysis finds or does not.

Of ${rows.length} runs ${collapsing} have collapsed. Of ${reported.length} that the analysis reports, ${soon.length} were told in the first epoch of training.

| | missed | false alarms |
| --- | --- | --- |
| analysis, before training | ${list(analysis.misses)} | ${list(analysis.falseAlarms)} |
| training loop, in the first epoch | ${list(training.misses)} | ${list(training.falseAlarms)} |

${table(rows)}
`;
}

const longerHead = '## For longer';

/** The page with its last section, about runs that go on, put there or made anew. */
export function withLongerRuns(page: string, rows: readonly Row[], epochs: number): string {
  const collapsing = rows.filter(collapses).length;
  return `${page.split(longerHead)[0]!.trimEnd()}

${longerHead}

Those that were on the way, trained anew for ${epochs} epochs (with a schedule of that length): ${collapsing} of ${rows.length} have collapsed.

${table(rows)}
`;
}
