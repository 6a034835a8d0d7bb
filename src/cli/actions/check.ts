import { checkFile } from '../../compiler/index.js';
import { FileLibrary } from '../../runtime/library.js';
import { readSource } from '../../runtime/read-source.js';
import type { CommandCall } from '../command.js';
import { countProblems, describeDiagnostic, hasErrors } from '../output.js';
import type { Status } from '../statuses.js';
import { statuses } from '../statuses.js';

export async function runCheck({ args, output }: CommandCall): Promise<Status> {
  const [file = ''] = args;
  const source = readSource(file);
  const { diagnostics, modelNames, datasets } = checkFile(source, new FileLibrary(file));
  const ok = !hasErrors(diagnostics);
  output.document({
    ok,
    file: source.path,
    models: modelNames,
    datasets: datasets.map(({ name }) => name),
    diagnostics: diagnostics.map(describeDiagnostic),
  });
  output.diagnostics(diagnostics);
  const { green, red } = output.paint;
  const models = modelNames.length === 0 ? '' : ` (${modelNames.join(', ')})`;
  output.line(`${source.path}${models}: ${(ok ? green : red)(countProblems(diagnostics))}`);
  return ok ? statuses.ok : statuses.mistake;
}
