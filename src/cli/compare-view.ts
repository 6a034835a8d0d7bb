/** Many runs on a terminal: a line each, with its progress, its loss as a sparkline, and how it stands. */
import { sparkline } from '../runtime/report/sparkline.js';
import type { Output } from './output.js';
import { short } from './progress.js';

export interface RunProgress {
  /** "SimCLR, seed 1". */
  readonly name: string;
  readonly status: 'waiting' | 'running' | 'finished' | 'failed';
  readonly step: number;
  readonly steps: number;
  /** Losses so far, the last one last. */
  readonly losses: readonly number[];
  readonly gauges?: { readonly spread: number; readonly effectiveRank: number } | undefined;
  /** Of a run that failed: why; of one that finished: its main measure, "k-NN 91.2 %". */
  readonly note?: string | undefined;
}

const marks: Readonly<Record<RunProgress['status'], string>> = {
  waiting: '·',
  running: '▸',
  finished: '✓',
  failed: '✗',
};
const widestName = 32;

/** A line a run, none longer than `width` characters; the last parts of a line give way first. */
export function compareLines(runs: readonly RunProgress[], width: number): readonly string[] {
  const names = runs.map(({ name }) => clipInside(name, Math.min(widestName, Math.max(8, Math.floor(width / 3)))));
  const nameWidth = names.reduce((most, name) => Math.max(most, [...name].length), 0);
  const sparkWidth = Math.max(8, Math.min(24, width - nameWidth - 50));
  return runs.map((run, i) => {
    const { status, step, steps, losses, gauges, note } = run;
    // What is only measured has no steps.
    const share = steps > 0 ? `${String(Math.floor((100 * step) / steps)).padStart(3)} %` : '     ';
    const parts = [
      `${marks[status]} ${names[i]!.padEnd(nameWidth)}`,
      share,
      sparkline(losses, sparkWidth).padEnd(sparkWidth),
      ...(losses.length === 0 ? [] : [`loss ${short(losses.at(-1)!)}`]),
      ...(gauges ? [`spread ${gauges.spread.toFixed(2)}`, `rank ${gauges.effectiveRank.toFixed(0)}`] : []),
      ...(note === undefined ? [] : [note.split('\n')[0]!]),
    ];
    return clip(parts.join('  ').trimEnd(), width);
  });
}

function clip(text: string, most: number): string {
  const characters = [...text];
  return characters.length <= most ? text : `${characters.slice(0, Math.max(0, most - 1)).join('')}…`;
}

/** Trials of a competitor differ at the end of their names. */
function clipInside(text: string, most: number): string {
  const characters = [...text];
  if (characters.length <= most) return text;
  const first = Math.ceil((most - 1) / 2);
  return `${characters.slice(0, first).join('')}…${characters.slice(characters.length - (most - 1 - first)).join('')}`;
}

export interface CompareView {
  show(runs: readonly RunProgress[]): void;
  /** Prints something above the lines. */
  interrupt(print: () => void): void;
  stop(): void;
}

/** On a terminal the lines are drawn over themselves; elsewhere a line is printed when a run starts or ends. */
export function showRuns(output: Output): CompareView {
  return output.interactive ? redrawing() : printing(output);
}

function redrawing(): CompareView {
  let drawn = 0;
  let latest: readonly RunProgress[] = [];
  const erase = () => {
    if (drawn > 0) process.stderr.write(`\x1b[${drawn}A\x1b[0J`);
    drawn = 0;
  };
  const draw = () => {
    const room = Math.max(1, (process.stderr.rows ?? 24) - 2);
    const lines = compareLines(mostTelling(latest, room), (process.stderr.columns ?? 80) - 1);
    process.stderr.write(lines.map((line) => `${line}\n`).join(''));
    drawn = lines.length;
  };
  return {
    show(runs) {
      latest = runs;
      erase();
      draw();
    },
    interrupt(print) {
      erase();
      print();
      draw();
    },
    stop: () => {},
  };
}

const order: readonly RunProgress['status'][] = ['running', 'failed', 'waiting', 'finished'];

/** Where there are more runs than rows: those that run first, then those that failed. */
function mostTelling(runs: readonly RunProgress[], room: number): readonly RunProgress[] {
  if (runs.length <= room) return runs;
  const kept = new Set([...runs].sort((a, b) => order.indexOf(a.status) - order.indexOf(b.status)).slice(0, room));
  return runs.filter((run) => kept.has(run));
}

function printing(output: Output): CompareView {
  const known = new Map<string, RunProgress['status']>();
  return {
    show(runs) {
      for (const run of runs) {
        if (known.get(run.name) === run.status || (run.status === 'waiting' && !known.has(run.name))) continue;
        known.set(run.name, run.status);
        output.note(compareLines([run], 120)[0]!);
      }
    },
    interrupt: (print) => print(),
    stop: () => {},
  };
}
