/** Where the time of a run goes, as a trace that chrome://tracing and Perfetto open. */
import { writeWhole } from '../files/index.js';

export type Track = 'data' | 'step' | 'gauges' | 'checkpoint' | 'evaluation';

const tracks: readonly Track[] = ['data', 'step', 'gauges', 'checkpoint', 'evaluation'];

interface Span {
  readonly track: Track;
  readonly name: string;
  /** Milliseconds since the trace began. */
  readonly start: number;
  readonly duration: number;
}

export class Trace {
  private readonly began = performance.now();
  private readonly spans: Span[] = [];

  /** Runs some work as a span of a track. */
  async during<T>(track: Track, name: string, work: () => Promise<T>): Promise<T> {
    const start = performance.now();
    try {
      return await work();
    } finally {
      this.spans.push({ track, name, start: start - this.began, duration: performance.now() - start });
    }
  }

  /** Milliseconds of each track, and of the time that none of them took; tracks do not overlap. */
  totals(): Readonly<Record<Track | 'other', number>> {
    const sums = Object.fromEntries(tracks.map((track) => [track, 0])) as Record<Track, number>;
    for (const { track, duration } of this.spans) sums[track] += duration;
    const known = Object.values(sums).reduce((sum, part) => sum + part, 0);
    return { ...sums, other: Math.max(0, this.end - this.start - known) };
  }

  /** The trace event format (Google, "Trace Event Format"): complete events in microseconds, one thread a track. */
  write(path: string): void {
    const names = tracks.map((track, tid) => ({ ph: 'M', pid: 1, tid, name: 'thread_name', args: { name: track } }));
    const events = this.spans.map(({ track, name, start, duration }) => ({
      ph: 'X',
      pid: 1,
      tid: tracks.indexOf(track),
      cat: track,
      name,
      ts: Math.round(start * 1000),
      dur: Math.round(duration * 1000),
    }));
    writeWhole(path, `${JSON.stringify({ displayTimeUnit: 'ms', traceEvents: [...names, ...events] })}\n`);
  }

  private get start(): number {
    return Math.min(...this.spans.map(({ start }) => start));
  }

  private get end(): number {
    return Math.max(...this.spans.map(({ start, duration }) => start + duration));
  }
}

/** Runs work, in a span where there is a trace. */
export function traced<T>(trace: Trace | undefined, track: Track, name: string, work: () => Promise<T>): Promise<T> {
  return trace ? trace.during(track, name, work) : work();
}
