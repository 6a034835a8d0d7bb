/** The table of analysis against measurement, and what of it was wrong. */

export interface Row {
  readonly name: string;
  readonly isMutant: boolean;
  /** The code of what the analysis says, if it says that the objective may collapse. */
  readonly said: string | undefined;
  /** At the start and at the end. */
  readonly losses: readonly [number, number];
  readonly spreads: readonly [number, number];
  /** What the loss is for a constant representation, where the compiler can tell. */
  readonly constant: number | undefined;
  readonly collapses: boolean;
  /** Alarms of the training loop, with the step after which each was told. */
  readonly alarms: readonly { readonly code: string; readonly step: number }[];
  readonly stepsPerEpoch: number;
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
      misses: names(({ collapses, said }) => collapses && said === undefined),
      falseAlarms: names(({ collapses, said }) => !collapses && said !== undefined),
    },
    training: {
      misses: names(
        ({ collapses, alarms, stepsPerEpoch }) => collapses && !alarms.some(({ step }) => step <= stepsPerEpoch),
      ),
      falseAlarms: names(({ collapses, alarms }) => !collapses && alarms.length > 0),
    },
  };
}

export function collapsePage(rows: readonly Row[]): string {
  const { analysis, training } = collapseCounts(rows);
  const collapsing = rows.filter(({ collapses }) => collapses).length;
  const list = (names: readonly string[]): string =>
    names.length === 0 ? 'none' : `${names.length} (${names.join('; ')})`;
  const pair = ([a, b]: readonly [number, number]): string => `${a.toPrecision(3)} → ${b.toPrecision(3)}`;
  const cells = ({ name, isMutant, said, losses, constant, spreads, collapses, alarms }: Row): string[] => [
    isMutant ? name : `${name} (example)`,
    said ?? '–',
    pair(losses),
    constant?.toPrecision(3) ?? '–',
    pair(spreads),
    collapses ? 'yes' : 'no',
    alarms.map(({ code, step }) => `${code} after step ${step}`).join(', ') || '–',
  ];
  const heads = ['', 'analysis', 'loss', 'loss if constant', 'spread', 'collapses', 'told while training'];
  const line = (row: readonly string[]): string => `| ${row.join(' | ')} |`;
  return `# Collapse: what is said against what happens

Made by \`npm run collapse\`: methods from [examples](../examples) and mutants of them, each without a part that keeps it from collapsing, trained on handwritten digits as \`ebmc train\`
does. *Analysis* is what \`ebmc check\` says before anything runs. A run counts as collapsed where its gauges say so (EBM5012's rule), where the spread of its representation is below a quarter
of what it was, or where its loss is within 2 % of what a constant representation gives.

Of ${rows.length} runs ${collapsing} collapse.

| | missed | false alarms |
| --- | --- | --- |
| analysis, before training | ${list(analysis.misses)} | ${list(analysis.falseAlarms)} |
| training loop, in the first epoch | ${list(training.misses)} | ${list(training.falseAlarms)} |

${[line(heads), line(heads.map(() => '---')), ...rows.map((row) => line(cells(row)))].join('\n')}
`;
}
