/** Ctrl-C: the first asks for an orderly end, the second ends at once. */
import { lastWords } from './output.js';
import { statuses } from './statuses.js';

export interface Interrupt {
  readonly signal: AbortSignal;
  release(): void;
}

export function onInterrupt(announce: () => void): Interrupt {
  const controller = new AbortController();
  const stop = () => {
    if (controller.signal.aborted) {
      lastWords('stopped at once: the last checkpoint is kept');
      process.exit(statuses.interrupted);
    }
    controller.abort();
    announce();
  };
  const signals = ['SIGINT', 'SIGTERM'] as const;
  for (const name of signals) process.on(name, stop);
  return {
    signal: controller.signal,
    release: () => {
      for (const name of signals) process.off(name, stop);
    },
  };
}
