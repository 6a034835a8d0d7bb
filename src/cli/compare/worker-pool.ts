/** Processes that do a comparison's jobs, each one after another, and every way a job may end in them as a value. */
import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { type LastError, lastError } from './last-error.js';
import type { Message, Request, WorkOrder, WorkSetting } from './work-order.js';

export type Ending =
  | { readonly kind: 'done' }
  | { readonly kind: 'stopped' }
  /** Nothing is kept of it: the next comparison tries again. */
  | { readonly kind: 'failed'; readonly code: string | undefined; readonly message: string };

type Listener = (message: Message) => void;

export class WorkerPool {
  private readonly idle: Worker[] = [];

  constructor(
    private readonly setting: WorkSetting,
    private readonly signal: AbortSignal,
  ) {}

  async run(order: WorkOrder, onMessage: Listener): Promise<Ending> {
    if (this.signal.aborted) return { kind: 'stopped' };
    const used = this.take(order);
    const { ending, crashed } = await this.runIn(used ?? new Worker(this.setting), order, onMessage);
    // What other jobs left behind in a process may have been too much for it.
    const isSuspect = crashed && used !== undefined && !this.signal.aborted;
    return isSuspect ? (await this.runIn(new Worker(this.setting), order, onMessage)).ending : ending;
  }

  /** Ends the processes, of which none does a job any more. */
  close(): void {
    for (const worker of this.idle.splice(0)) worker.end();
  }

  /** One that has the competitor's model compiled, if there is one. */
  private take({ job }: WorkOrder): Worker | undefined {
    const alive = this.idle.filter((worker) => worker.isAlive);
    const found = alive.find(({ competitor }) => competitor === job.competitor) ?? alive.at(-1);
    this.idle.splice(0, this.idle.length, ...alive.filter((worker) => worker !== found));
    return found;
  }

  private async runIn(worker: Worker, order: WorkOrder, onMessage: Listener): Promise<WorkerEnding> {
    const found = await worker.run(order, this.signal, onMessage);
    if (found.ending.kind === 'done' && worker.isAlive) this.idle.push(worker);
    else worker.end();
    return found;
  }
}

interface WorkerEnding {
  readonly ending: Ending;
  readonly crashed: boolean;
}

/** Of what a process said last on stderr, this much is looked at for the reason of a crash. */
const lastWordsLength = 20_000;

class Worker {
  /** Of its last job. */
  competitor: number | undefined;
  private readonly child: ChildProcess;
  private said = '';
  private listener: ((message: Message) => void) | undefined;
  private ended: ((how: string) => void) | undefined;

  constructor(setting: WorkSetting) {
    this.child = fork(workerFile(), { stdio: ['ignore', 'ignore', 'pipe', 'ipc'], execArgv: [] });
    this.child.stderr?.on('data', (chunk: Buffer) => {
      this.said = (this.said + chunk.toString('utf8')).slice(-lastWordsLength);
    });
    this.child.on('message', (message: Message) => this.listener?.(message));
    this.child.on('error', (error) => this.ended?.(`before it began: ${error.message}`));
    this.child.on('close', (code, killed) => this.ended?.(killed ? `by signal ${killed}` : `with status ${code}`));
    this.send({ kind: 'setting', setting });
  }

  get isAlive(): boolean {
    return this.child.connected && this.child.exitCode === null && this.child.signalCode === null;
  }

  run(order: WorkOrder, signal: AbortSignal, onMessage: Listener): Promise<WorkerEnding> {
    this.competitor = order.job.competitor;
    this.said = '';
    const stop = (): void => this.send({ kind: 'stop' });
    signal.addEventListener('abort', stop);
    return new Promise<WorkerEnding>((resolve) => {
      this.listener = (message) => {
        const { kind } = message;
        if (kind === 'done' || kind === 'stopped' || kind === 'failed') resolve({ ending: message, crashed: false });
        else onMessage(message);
      };
      this.ended = (how) => resolve(signal.aborted ? stoppedEnding : crashedEnding(how, lastError(this.said)));
      this.send({ kind: 'order', order });
    }).finally(() => {
      signal.removeEventListener('abort', stop);
      this.listener = undefined;
      this.ended = undefined;
    });
  }

  /** It knows that nobody waits for it, and ends. */
  end(): void {
    if (this.child.connected) this.child.disconnect();
  }

  private send(request: Request): void {
    // That it is gone is told by its end.
    if (this.child.connected) this.child.send(request, () => {});
  }
}

const stoppedEnding: WorkerEnding = { ending: { kind: 'stopped' }, crashed: false };

function crashedEnding(how: string, said: LastError | undefined): WorkerEnding {
  const message = `its process ended ${how}${said ? `: ${said.message}` : ''}`;
  return { ending: { kind: 'failed', code: said?.code, message }, crashed: true };
}

/** Run from its sources, as tests do, the program has its workers from the last build. */
function workerFile(): string {
  const here = fileURLToPath(new URL('./worker.js', import.meta.url));
  return import.meta.url.endsWith('.ts') ? here.replace(/([/\\])src([/\\])(?!.*[/\\]src[/\\])/, '$1dist$2') : here;
}
