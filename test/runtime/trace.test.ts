/** `--profile`: spans of what a run does, in a file that trace viewers open. */
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { Trace, train } from '../../src/runtime/train/index.js';
import { tinyRun } from './support.js';

test('a run leaves a span for each step, batch and checkpoint, and they fill its time', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'ebmc-'));
  const trace = new Trace();
  const result = await train({ ...tinyRun(folder), trace });
  const path = join(folder, 'trace.json');
  trace.write(path);
  const { traceEvents } = JSON.parse(readFileSync(path, 'utf8')) as {
    traceEvents: { ph: string; cat?: string; name: string; ts: number; dur: number }[];
  };
  const spans = traceEvents.filter(({ ph }) => ph === 'X');
  const of = (track: string) => spans.filter(({ cat }) => cat === track);
  expect(of('step').map(({ name }) => name)).toEqual(Array.from({ length: result.steps }, (_, i) => `step ${i + 1}`));
  // One more is asked for at the end, to find that there is none.
  expect(of('data')).toHaveLength(result.steps + 1);
  expect(of('checkpoint').length).toBeGreaterThan(1);
  expect(of('gauges').length).toBeGreaterThan(1);
  const inOrder = [...spans].sort((a, b) => a.ts - b.ts);
  for (const [i, span] of inOrder.entries())
    if (i > 0) expect(span.ts).toBeGreaterThanOrEqual(inOrder[i - 1]!.ts + inOrder[i - 1]!.dur - 2);
  const totals = trace.totals();
  const whole = Math.max(...spans.map(({ ts, dur }) => ts + dur)) - Math.min(...spans.map(({ ts }) => ts));
  const sum = Object.values(totals).reduce((total, part) => total + part, 0);
  expect(Math.abs(sum * 1000 - whole)).toBeLessThan(50 * spans.length);
  expect(totals.evaluation).toBe(0);
});
