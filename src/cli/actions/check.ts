import { checkFile } from '../../compiler/index.js';
import { parseModule } from '../../grammar/index.js';
import { FileLibrary } from '../../runtime/library.js';
import { readSource } from '../../runtime/read-source.js';
import type { CommandCall } from '../command.js';
import { costOf, printCost } from '../cost.js';
import { countProblems, describeDiagnostic, hasErrors } from '../output.js';
import { overridesFrom } from '../settings.js';
import type { Status } from '../statuses.js';
import { statuses } from '../statuses.js';

export async function runCheck({ args, options, output }: CommandCall): Promise<Status> {
  const [file = ''] = args;
  const source = readSource(file);
  const { module } = parseModule(source);
  const models = module.items.flatMap((item) => (item.kind === 'model' ? [item.name.text] : []));
  const checked = checkFile(source, new FileLibrary(file), overridesFrom(options, models));
  const { diagnostics, modelNames, datasets } = checked;
  const ok = !hasErrors(diagnostics);
  const cost = ok && options.flag('cost') ? costOf(checked) : undefined;
  output.document({
    ok,
    file: source.path,
    models: modelNames,
    datasets: datasets.map(({ name }) => name),
    diagnostics: diagnostics.map(describeDiagnostic),
    cost,
  });
  output.diagnostics(diagnostics);
  const { green, red } = output.paint;
  const named = modelNames.length === 0 ? '' : ` (${modelNames.join(', ')})`;
  output.line(`${source.path}${named}: ${(ok ? green : red)(countProblems(diagnostics))}`);
  for (const ofModel of cost ?? []) printCost(output, ofModel);
  return ok ? statuses.ok : statuses.mistake;
}
