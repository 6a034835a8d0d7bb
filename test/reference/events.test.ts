/** Event files against TensorBoard's own reader: see generators/events.py. */
import { readFileSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openReported, writeEvents } from '../../src/runtime/report/index.js';
import { crc32c } from '../../src/runtime/report/tf-record.js';
import { folderWith } from '../cli/run.js';

interface Fixture {
  readonly comparison: object;
  readonly metrics: string;
  readonly end: number;
  readonly file: string;
  readonly scalars: Readonly<Record<string, readonly (readonly [step: number, value: number, time: number])[]>>;
  readonly program: string;
  readonly records: number;
  readonly damaged: number;
}

const fixture = JSON.parse(readFileSync(new URL('fixtures/events.json', import.meta.url), 'utf8')) as Fixture;

test('the file that TensorBoard read is the one that is written', async () => {
  const folder = folderWith({
    'comparison.json': JSON.stringify(fixture.comparison),
    'run/metrics.jsonl': fixture.metrics,
  });
  utimesSync(join(folder, 'run/metrics.jsonl'), fixture.end, fixture.end);
  const { comparison } = await openReported(folder);
  const [file = ''] = await writeEvents(comparison, folder, join(folder, 'events'));
  expect(readFileSync(file).toString('base64')).toBe(fixture.file);
});

test('TensorBoard read every number of the metrics, and stopped at a damaged record', () => {
  const lines = fixture.metrics
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { step: number; loss: number; 'term.a': number });
  const read = (tag: string) => fixture.scalars[tag]!.map(([step, value]) => [step, value]);
  expect(read('loss')).toEqual(lines.map(({ step, loss }) => [step, Math.fround(loss)]));
  expect(read('terms/a')).toEqual(lines.map((line) => [line.step, Math.fround(line['term.a'])]));
  expect(Object.keys(fixture.scalars)).toHaveLength(9);
  // A version, the program, three steps; the third record is the damaged one.
  expect([fixture.records, fixture.damaged]).toEqual([5, 2]);
  // Half a second for 32 examples at 64 a second, a quarter at 128.
  expect(fixture.scalars['loss']!.map(([, , time]) => fixture.end - time)).toEqual([0.75, 0.25, 0]);
});

test("CRC32C of RFC 3720's examples", () => {
  const of = (bytes: readonly number[]) => crc32c(Uint8Array.from(bytes));
  expect(of(new Array(32).fill(0))).toBe(0x8a9136aa);
  expect(of(new Array(32).fill(0xff))).toBe(0x62a8ab43);
  expect(of(Array.from({ length: 32 }, (_, i) => i))).toBe(0x46dd794e);
  expect(crc32c(Buffer.from('123456789'))).toBe(0xe3069283);
});
