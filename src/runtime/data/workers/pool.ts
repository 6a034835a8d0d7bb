/** Threads that assemble batches, started when the first one is asked for. */
import { availableParallelism } from 'node:os';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import type { Answer, Assembled, Request, Work } from './messages.js';

interface Job {
  resolve(assembled: Assembled): void;
  reject(error: unknown): void;
}

/** One core is left for the step; more than four threads have nothing to do. */
export function decodingThreads(): number {
  return Math.max(1, Math.min(4, availableParallelism() - 1));
}

export class BatchPool {
  private readonly threads: Thread[] = [];
  private asked = 0;

  constructor(private readonly size: number) {}

  /** Jobs go round the threads, each done whole by one of them. */
  run(work: Work): Promise<Assembled> {
    const place = this.asked++ % this.size;
    const broken = this.threads[place]?.broken ?? true;
    if (broken) this.threads[place] = new Thread();
    return this.threads[place]!.run(work);
  }
}

class Thread {
  broken = false;
  private readonly worker = new Worker(workerFile());
  private readonly jobs = new Map<number, Job>();
  private asked = 0;

  constructor() {
    this.worker.unref();
    this.worker.on('message', (answer: Answer) => this.finish(answer));
    this.worker.on('error', (error) => this.fail(error));
    this.worker.on('exit', (code) => this.fail(new Error(`a thread that assembles batches ended with code ${code}`)));
  }

  run(work: Work): Promise<Assembled> {
    const id = this.asked++;
    // Only while it works does a thread keep the process alive.
    this.worker.ref();
    return new Promise((resolve, reject) => {
      this.jobs.set(id, { resolve, reject });
      const request: Request = { id, work };
      this.worker.postMessage(request);
    });
  }

  private finish(answer: Answer): void {
    const job = this.jobs.get(answer.id);
    this.jobs.delete(answer.id);
    if (this.jobs.size === 0) this.worker.unref();
    if ('fault' in answer) job?.reject(new Error(answer.fault));
    else job?.resolve(answer);
  }

  private fail(error: unknown): void {
    this.broken = true;
    for (const { reject } of this.jobs.values()) reject(error);
    this.jobs.clear();
  }
}

/** Run from its sources, as tests do, the program has its threads from the last build. */
function workerFile(): URL {
  const here = fileURLToPath(new URL('./batch-worker.js', import.meta.url));
  return pathToFileURL(
    import.meta.url.endsWith('.ts') ? here.replace(/([/\\])src([/\\])(?!.*[/\\]src[/\\])/, '$1dist$2') : here,
  );
}
