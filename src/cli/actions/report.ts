import { join } from 'node:path';
import type { Comparison } from '../../runtime/compare/comparison.js';
import { writeWhole } from '../../runtime/files/index.js';
import {
  openReported,
  writeBriefMarkdown,
  writeComparison,
  writeEvents,
  writeHtml,
  writeMarkdown,
} from '../../runtime/report/index.js';
import type { CommandCall } from '../command.js';
import type { Status } from '../statuses.js';
import { statuses } from '../statuses.js';

interface Format {
  readonly name: string;
  write(comparison: Comparison): string | Promise<string>;
}

const formats: Readonly<Record<string, Format>> = {
  html: { name: 'report.html', write: (comparison) => writeHtml(comparison) },
  markdown: { name: 'report.md', write: writeMarkdown },
  brief: { name: 'brief.md', write: writeBriefMarkdown },
  json: { name: 'report.json', write: writeComparison },
};

export async function runReport({ args, options, output }: CommandCall): Promise<Status> {
  const [path = ''] = args;
  const started = performance.now();
  const { comparison, folder } = await openReported(path);
  const format = formats[options.text('format') ?? 'html'];
  const out = options.text('out');
  if (!format) {
    const files = await writeEvents(comparison, folder, out ?? join(folder, 'events'));
    for (const file of files) output.line(`Wrote ${output.paint.bold(file)}`);
    if (files.length === 0) output.note('no run has any steps yet: nothing was written');
    output.document({ ok: true, files });
    return statuses.ok;
  }
  const content = await format.write(comparison);
  if (out === '-') {
    process.stdout.write(content);
    return statuses.ok;
  }
  const file = out ?? join(folder, format.name);
  writeWhole(file, content);
  const [bytes, seconds] = [Buffer.byteLength(content), (performance.now() - started) / 1000];
  output.line(`Wrote ${output.paint.bold(file)} (${(bytes / 1e6).toFixed(2)} MB, ${seconds.toFixed(1)} s)`);
  output.document({ ok: true, file, bytes, seconds });
  return statuses.ok;
}
