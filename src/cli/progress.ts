/** Training as it goes: a bar on a terminal, now and then a line elsewhere, one JSON line a report under --json. */
import { SingleBar } from 'cli-progress';
import type { TrainProgress } from '../runtime/train/index.js';
import type { Output } from './output.js';

export interface ProgressDisplay {
  show(progress: TrainProgress): void;
  /** Prints something without tearing the bar. */
  interrupt(print: () => void): void;
  stop(): void;
}

/** Seconds between two lines where there is no terminal. */
const lineEvery = 10;

export function showTraining(output: Output, title: string): ProgressDisplay {
  return output.interactive ? barDisplay(output, title) : lineDisplay(output);
}

function barDisplay(output: Output, title: string): ProgressDisplay {
  const { cyan, dim } = output.paint;
  let latest: TrainProgress | undefined;
  const bar = new SingleBar({
    stream: process.stderr,
    hideCursor: true,
    fps: 8,
    etaBuffer: 1,
    format: (_options, { progress }) => {
      const text = latest === undefined ? 'compiling the first step' : describe(latest);
      const room = (process.stderr.columns ?? 80) - title.length - 4;
      const width = Math.max(8, Math.min(30, room - text.length));
      const filled = Math.round(progress * width);
      return `${title} ${cyan('█'.repeat(filled))}${dim('░'.repeat(width - filled))} ${text.slice(0, room - width)}`;
    },
  });
  let started = false;
  return {
    show(progress) {
      latest = progress;
      if (started) bar.update(progress.step);
      else bar.start(progress.steps, progress.step);
      started = true;
    },
    interrupt(print) {
      // The bar's line is overwritten; the next update draws it again below.
      if (started) process.stderr.write('\r\x1b[K');
      print();
    },
    stop() {
      if (started) bar.stop();
    },
  };
}

function lineDisplay(output: Output): ProgressDisplay {
  let last = Number.NEGATIVE_INFINITY;
  let epoch = 0;
  return {
    show(progress) {
      const now = performance.now() / 1000;
      const due = now - last >= lineEvery || progress.epoch !== epoch || progress.step === progress.steps;
      if (!due) return;
      last = now;
      epoch = progress.epoch;
      output.document({ event: 'progress', ...progress });
      output.note(`epoch ${progress.epoch}/${Math.ceil(progress.epochs)}  ${describe(progress)}`);
    },
    interrupt: (print) => print(),
    stop: () => {},
  };
}

/** What matters most comes first: a narrow terminal cuts the end off. */
function describe({ step, steps, loss, terms, examplesPerSecond, secondsLeft, gauges }: TrainProgress): string {
  const named = Object.entries(terms);
  const parts = [
    `step ${step}/${steps}`,
    `loss ${short(loss)}`,
    ...(named.length > 1 ? named.map(([name, value]) => `${name} ${short(value)}`) : []),
    ...(examplesPerSecond > 0 ? [`${Math.round(examplesPerSecond)}/s`, `${formatSeconds(secondsLeft)} left`] : []),
    ...(gauges === undefined ? [] : describeGauges(gauges)),
  ];
  return parts.join('  ');
}

export function describeGauges(gauges: NonNullable<TrainProgress['gauges']>): string[] {
  return [`spread ${gauges.spread.toFixed(2)}`, `rank ${gauges.effectiveRank.toFixed(0)}/${gauges.dimensions}`];
}

export function short(value: number): string {
  const size = Math.abs(value);
  return size !== 0 && (size >= 1e5 || size < 1e-3) ? value.toExponential(2) : value.toPrecision(4);
}

export function formatSeconds(seconds: number): string {
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  const minutes = Math.floor(whole / 60);
  if (minutes < 60) return `${minutes} min ${String(whole % 60).padStart(2, '0')} s`;
  return `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, '0')} min`;
}
