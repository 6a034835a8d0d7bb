/** What the benchmarks' tables share. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, totalmem } from 'node:os';
import { setTimeout } from 'node:timers/promises';
import { vectorInstructions } from '../src/runtime/backends/index.js';

export function best(times: readonly number[]): number {
  return Math.min(...times);
}

export function median(times: readonly number[]): number {
  return [...times].sort((a, b) => a - b)[times.length >> 1] ?? Number.NaN;
}

/** Times the steps of each in turns; the first two warm up. Between them there is a pause: threads of the one before spin for a while, waiting for more work. */
export async function inTurns(
  contenders: readonly { step(): Promise<number> }[],
  rounds: number,
): Promise<readonly (readonly number[])[]> {
  const times = contenders.map((): number[] => []);
  for (let round = 0; round < rounds + 2; round++) {
    for (const [i, contender] of contenders.entries()) {
      await setTimeout(pause);
      const time = await contender.step();
      if (round >= 2) times[i]!.push(time);
    }
  }
  return times;
}

/** Milliseconds. */
const pause = 50;

/** Says, when it is called, on what, with which versions, and beside how much else was measured since. */
export function machine(): (versions: readonly string[]) => string {
  const before = loadavg()[0] ?? 0;
  return (versions) => {
    const vectors = vectorInstructions();
    const processor = `${cpus()[0]?.model.trim()}${vectors === undefined ? '' : ` (${vectors.name})`}`;
    const place = `${processor}, ${cpus().length} threads, ${Math.round(totalmem() / 2 ** 30)} GiB`;
    const loads = [before, loadavg()[0] ?? 0].map((load) => load.toFixed(1)).join(' to ');
    const software = [`Node ${process.version}`, ...versions].join(', ');
    return `${place}; ${software}; ${new Date().toISOString().slice(0, 10)}; load average ${loads}.`;
  };
}

/** Replaces what stands between the marks of a name, so that the words around the table stay. */
export function writeBetweenMarks(path: string, name: string, table: string): void {
  const [open, close] = [`<!-- measured: ${name} -->`, `<!-- end of what was measured: ${name} -->`];
  const before = existsSync(path) ? readFileSync(path, 'utf8') : `# Performance\n\n${open}\n${close}\n`;
  if (!before.includes(open)) throw new Error(`${path} has no ${open}`);
  const [head = '', rest = ''] = before.split(open);
  const [, tail = ''] = rest.split(close);
  writeFileSync(path, `${head}${open}\n\n${table}\n\n${close}${tail}`);
}
