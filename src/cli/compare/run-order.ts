/** Starts the process that does a job, listens to it, and turns every way it may end into a value. */
import { fork } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { writeWhole } from '../../runtime/files/index.js';
import type { Message, Order, WorkOrder } from './work-order.js';

export type Ending =
  | { readonly kind: 'done' }
  | { readonly kind: 'stopped' }
  /** Nothing is kept of it: the next comparison tries again. */
  | { readonly kind: 'failed'; readonly code: string | undefined; readonly message: string };

/** Of what a process said last on stderr, this much goes into the reason of a crash. */
const lastWordsLength = 2000;

export function runOrder(
  order: WorkOrder,
  signal: AbortSignal,
  onMessage: (message: Message) => void,
): Promise<Ending> {
  if (signal.aborted) return Promise.resolve({ kind: 'stopped' });
  const path = join(order.folder, 'order.json');
  writeWhole(path, JSON.stringify(order));
  const child = fork(workerFile(), [path], { stdio: ['ignore', 'ignore', 'pipe', 'ipc'], execArgv: [] });
  const stop = (): void => {
    const request: Order = 'stop';
    if (child.connected) child.send(request);
  };
  signal.addEventListener('abort', stop);
  return new Promise((resolve) => {
    let ending: Ending | undefined;
    let said = '';
    child.stderr?.on('data', (chunk: Buffer) => {
      said = (said + chunk.toString('utf8')).slice(-lastWordsLength);
    });
    child.on('message', (message: Message) => {
      if (message.kind === 'done' || message.kind === 'stopped' || message.kind === 'failed') ending = message;
      else onMessage(message);
    });
    const end = (what: string): void => {
      signal.removeEventListener('abort', stop);
      rmSync(path, { force: true });
      const last = said.trim().split('\n').at(-1);
      const crashed: Ending = signal.aborted
        ? { kind: 'stopped' }
        : { kind: 'failed', code: undefined, message: `its process ended ${what}${last ? `: ${last}` : ''}` };
      resolve(ending ?? crashed);
    };
    child.on('error', (error) => end(`before it began: ${error.message}`));
    child.on('close', (code, killed) => end(killed ? `by signal ${killed}` : `with status ${code}`));
  });
}

/** Run from its sources, as tests do, the program has its workers from the last build. */
function workerFile(): string {
  const here = fileURLToPath(new URL('./worker.js', import.meta.url));
  return import.meta.url.endsWith('.ts') ? here.replace(/([/\\])src([/\\])(?!.*[/\\]src[/\\])/, '$1dist$2') : here;
}
