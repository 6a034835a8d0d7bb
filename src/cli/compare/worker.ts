/** The process that does one job of a comparison: `node worker.js ORDER.json`. A crash here is one run's, not the comparison's. */
import { readFileSync } from 'node:fs';
import { EbmcError } from '../../diagnostics/index.js';
import { perform } from './perform.js';
import type { Message, Order, WorkOrder } from './work-order.js';

const tell = (message: Message): void => {
  process.send?.(message);
};

const stopping = new AbortController();
let isTraining = false;
const stop = (): void => {
  stopping.abort();
  // What was trained is saved; measuring is done again next time.
  if (!isTraining) process.exit(0);
};
// A terminal's Ctrl-C reaches this process too: the comparison decides what it means.
process.on('SIGINT', () => {});
process.on('message', (order: Order) => {
  if (order === 'stop') stop();
});
process.on('disconnect', stop);

try {
  await perform(JSON.parse(readFileSync(process.argv[2]!, 'utf8')) as WorkOrder, {
    signal: stopping.signal,
    tell,
    training: (now) => {
      isTraining = now;
    },
  });
} catch (error) {
  if (!(error instanceof EbmcError)) throw error;
  const { code, message } = error.diagnostics[0]!;
  tell({ kind: 'failed', code, message });
}
process.exitCode = 0;
process.disconnect?.();
