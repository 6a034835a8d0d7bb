/** `metrics.jsonl`: one JSON line a step, appended; cut back to the checkpoint's step when a run is resumed. */
import { type FileHandle, open, readFile, truncate } from 'node:fs/promises';
import { writing } from '../files/index.js';
import type { Gauges } from './gauges.js';

export interface MetricsLine {
  /** Steps taken, this one included. */
  readonly step: number;
  readonly epoch: number;
  readonly rate: number;
  readonly loss: number;
  /** `term.<name>` and `gauge.<name>` as the model returns them. */
  readonly metrics: Readonly<Record<string, number>>;
  readonly gauges: Gauges | undefined;
  readonly examplesPerSecond: number;
}

export class MetricsLog {
  private waiting = '';

  private constructor(
    readonly path: string,
    private readonly file: FileHandle,
  ) {}

  /** Opens the log and drops every line after step `step`, and an incomplete last line. */
  static async open(path: string, step: number): Promise<MetricsLog> {
    return writing(path, async () => {
      await cutBack(path, step);
      return new MetricsLog(path, await open(path, 'a'));
    });
  }

  add({ metrics, gauges, ...line }: MetricsLine): void {
    this.waiting += `${JSON.stringify({ ...line, ...metrics, ...(gauges ? { gauges } : {}) })}\n`;
  }

  /** Hands the lines to the system. */
  async flush(): Promise<void> {
    const text = this.waiting;
    this.waiting = '';
    if (text) await writing(this.path, () => this.file.appendFile(text));
  }

  async close(): Promise<void> {
    await this.flush().finally(() => this.file.close());
  }
}

async function cutBack(path: string, step: number): Promise<void> {
  const bytes = await readFile(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (!bytes) return;
  let kept = 0;
  for (let end = bytes.indexOf(10); end >= 0; end = bytes.indexOf(10, kept)) {
    const line = parseLine(bytes.toString('utf8', kept, end));
    if (line === undefined || line > step) break;
    kept = end + 1;
  }
  if (kept < bytes.length) await truncate(path, kept);
}

/** The step of a line. */
function parseLine(text: string): number | undefined {
  try {
    return (JSON.parse(text) as { step?: number }).step;
  } catch {
    return undefined;
  }
}
