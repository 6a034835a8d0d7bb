/** A process that does jobs of a comparison, one after another. A crash here is one run's, not the comparison's. */
import { EbmcError } from '../../diagnostics/index.js';
import { perform } from './perform.js';
import type { Message, Request, WorkOrder } from './work-order.js';
import { Workshop } from './workshop.js';

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
process.on('disconnect', stop);

let workshop: Workshop | undefined;
process.on('message', (request: Request) => {
  if (request.kind === 'stop') stop();
  else if (request.kind === 'setting')
    workshop = new Workshop(request.setting, ({ code, message }) => tell({ kind: 'warning', code, message }));
  else void work(workshop!, request.order);
});

async function work(place: Workshop, order: WorkOrder): Promise<void> {
  try {
    const ending = await perform(order, place, {
      signal: stopping.signal,
      tell,
      training: (now) => {
        isTraining = now;
      },
    });
    tell({ kind: ending });
  } catch (error) {
    if (!(error instanceof EbmcError)) throw error;
    const { code, message } = error.diagnostics[0]!;
    tell({ kind: 'failed', code, message });
  }
}
