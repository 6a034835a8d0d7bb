import { compileModel } from '../../compiler/index.js';
import { EbmcError, nearest, report } from '../../diagnostics/index.js';
import { loadCheckpoint, requireSameStates } from '../../runtime/checkpoint/index.js';
import { type ExportFormat, exportFormats, requireFree, showValue, writeExport } from '../../runtime/export/index.js';
import type { CommandCall } from '../command.js';
import { reopenRun } from '../recorded-run.js';
import { type Status, statuses } from '../statuses.js';
import { packageVersion } from '../version.js';

export async function runExport({ args, options, output }: CommandCall): Promise<Status> {
  const [folder = ''] = args;
  const format = formatNamed(options.text('format') ?? '');
  const out = options.text('out') ?? '';
  requireFree(out, format, options.flag('overwrite'));
  const checkpoint = await loadCheckpoint(folder);
  const { typed: model, train } = reopenRun(folder);
  requireSameStates(checkpoint, compileModel(model, train).states);
  const { step } = checkpoint.manifest;
  const states = new Map(Object.entries(checkpoint.states));
  const version = packageVersion();
  const exported = format.export({ model, states, step, version, batch: options.number('batch') });
  const written = writeExport(out, exported, format);
  const { about } = exported;
  output.line(`${model.name} after ${step} steps as ${format.summary}: wrote ${written.join(', ')}`);
  for (const value of [...about.inputs, about.output]) output.line(`  ${showValue(value)}`);
  output.document({ ok: true, ...about, format: format.name, written });
  return statuses.ok;
}

function formatNamed(name: string): ExportFormat {
  const format = exportFormats.find((candidate) => candidate.name === name);
  if (format) return format;
  const known = exportFormats.map((candidate) => candidate.name);
  throw new EbmcError([report('EBM5053', { name, known, suggestion: nearest(name, known) })]);
}
