import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Diagnostic } from '../../diagnostics/index.js';
import { parseModule, printModule } from '../../grammar/index.js';
import { writeWhole } from '../../runtime/files/index.js';
import { readSource } from '../../runtime/read-source.js';
import type { CommandCall } from '../command.js';
import { describeDiagnostic, hasErrors } from '../output.js';
import type { Status } from '../statuses.js';
import { statuses } from '../statuses.js';

export async function runFmt({ args, options, output }: CommandCall): Promise<Status> {
  const check = options.flag('check');
  const diagnostics: Diagnostic[] = [];
  const changed: string[] = [];
  const files = args.flatMap(programsIn);
  for (const file of files) {
    const source = readSource(file);
    const parsed = parseModule(source);
    diagnostics.push(...parsed.diagnostics);
    if (hasErrors(parsed.diagnostics)) continue;
    const text = printModule(parsed.module);
    if (text === source.text) continue;
    changed.push(file);
    if (!check) writeWhole(file, text);
  }
  const ok = !hasErrors(diagnostics) && !(check && changed.length > 0);
  output.document({ ok, files: files.length, changed, diagnostics: diagnostics.map(describeDiagnostic) });
  output.diagnostics(diagnostics);
  for (const file of changed) output.line(check ? `${file} is not formatted` : `${file} formatted`);
  if (changed.length === 0 && ok) output.line(`${count(files.length)} formatted already`);
  if (check && changed.length > 0) output.note(`run \`ebmc fmt ${args.join(' ')}\` to format ${count(changed.length)}`);
  return ok ? statuses.ok : statuses.mistake;
}

function programsIn(path: string): string[] {
  if (!statSync(path, { throwIfNoEntry: false })?.isDirectory()) return [path];
  return readdirSync(path, { withFileTypes: true })
    .filter((entry) => !entry.name.startsWith('.') && entry.name !== 'node_modules')
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      if (entry.isDirectory()) return programsIn(join(path, entry.name));
      return entry.name.endsWith('.ebm') ? [join(path, entry.name)] : [];
    });
}

function count(files: number): string {
  return files === 1 ? '1 file' : `${files} files`;
}
