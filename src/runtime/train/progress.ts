/** What is shown while training runs. */
import type { Gauges } from './gauges.js';

export interface TrainProgress {
  /** Steps taken. */
  readonly step: number;
  readonly steps: number;
  /** From 1. */
  readonly epoch: number;
  readonly epochs: number;
  readonly loss: number;
  /** By name, without the prefix `term.`. */
  readonly terms: Readonly<Record<string, number>>;
  readonly rate: number;
  readonly examplesPerSecond: number;
  readonly secondsLeft: number;
  /** The latest measurement. */
  readonly gauges: Gauges | undefined;
}

/** Steps a second, recent ones counting more; the first step, which warms up the backend, does not count. */
export class SpeedMeter {
  private last: number | undefined;
  private secondsPerStep: number | undefined;

  constructor(
    private readonly batch: number,
    private readonly now: () => number = () => performance.now() / 1000,
  ) {}

  /** Call after each step. */
  tick(): void {
    const now = this.now();
    if (this.last !== undefined) {
      const seconds = now - this.last;
      this.secondsPerStep = this.secondsPerStep === undefined ? seconds : 0.9 * this.secondsPerStep + 0.1 * seconds;
    }
    this.last = now;
  }

  /** Leaves out the time since the last step: a checkpoint was saved, say. */
  skip(): void {
    if (this.last !== undefined) this.last = this.now();
  }

  get examplesPerSecond(): number {
    return this.secondsPerStep ? this.batch / this.secondsPerStep : 0;
  }

  secondsFor(steps: number): number {
    return steps * (this.secondsPerStep ?? 0);
  }
}
