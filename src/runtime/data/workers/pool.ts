/** Threads that assemble batches, started when the first one is asked for. */
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { builtFile } from '../built-file.js';
import type { Answer, Assembled, Request, Work } from './messages.js';

interface Job {
  resolve(assembled: Assembled): void;
  reject(error: unknown): void;
}

/** As many as there are cores: what a step leaves of them is theirs. More than four have nothing to do. */
export function decodingThreads(): number {
  return Math.min(4, availableParallelism());
}

export class BatchPool {
  private readonly threads: Thread[] = [];
  private asked = 0;

  constructor(private readonly size: number) {}

  /** Ends the threads; nothing may be asked of them any more. */
  async close(): Promise<void> {
    await Promise.all(this.threads.map((thread) => thread.close()));
  }

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
  private readonly worker = new Worker(builtFile('batch-worker.js', import.meta.url));
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

  async close(): Promise<void> {
    await this.worker.terminate();
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
