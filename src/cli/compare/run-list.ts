/** The runs of a comparison as a terminal shows them. */
import type { CompareView, RunProgress } from '../compare-view.js';
import type { Message } from './work-order.js';
import type { Ending } from './worker-pool.js';

/** Points of a sparkline; more would not be seen. */
const mostLosses = 200;
/** Milliseconds between two drawings. */
const drawEvery = 200;

export class RunList {
  private readonly runs = new Map<string, RunProgress>();
  private drawn = Number.NEGATIVE_INFINITY;

  constructor(private readonly view: CompareView) {}

  begin(name: string): void {
    this.change(name, { name, status: 'running', step: 0, steps: 0, losses: [], note: 'starting' });
  }

  update(name: string, message: Message): void {
    const run = this.runs.get(name);
    if (!run) return;
    if (message.kind === 'measuring') this.change(name, { ...run, note: `measuring ${message.what}` });
    if (message.kind !== 'progress') return;
    const { step, steps, loss, gauges } = message;
    const stride = Math.max(1, Math.floor(steps / mostLosses));
    const losses = step % stride === 0 ? [...run.losses, loss] : run.losses;
    this.change(name, { ...run, step, steps, losses, gauges, note: undefined }, false);
  }

  end(name: string, ending: Ending): void {
    const run = this.runs.get(name);
    if (!run) return;
    if (ending.kind === 'done') this.change(name, { ...run, status: 'finished', note: undefined });
    else if (ending.kind === 'stopped') this.change(name, { ...run, status: 'waiting', note: 'stopped' });
    else this.change(name, { ...run, status: 'failed', note: ending.message });
  }

  interrupt(print: () => void): void {
    this.view.interrupt(print);
  }

  private change(name: string, run: RunProgress, isNow = true): void {
    this.runs.set(name, run);
    const now = performance.now();
    if (!isNow && now - this.drawn < drawEvery) return;
    this.drawn = now;
    this.view.show([...this.runs.values()]);
  }
}
