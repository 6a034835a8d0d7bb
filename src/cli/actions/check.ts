import type { DatasetDecl } from '../../compiler/declarations.js';
import { type CheckedFile, checkFile, namedModels, plateaus, type TypedModel } from '../../compiler/index.js';
import type { Diagnostic } from '../../diagnostics/index.js';
import { parseModule } from '../../grammar/index.js';
import { FileLibrary } from '../../runtime/library.js';
import { readSource } from '../../runtime/read-source.js';
import type { CommandCall } from '../command.js';
import { costOf, printCost } from '../cost.js';
import { countProblems, describeDiagnostic, hasErrors } from '../output.js';
import { overridesFrom } from '../settings.js';
import type { Status } from '../statuses.js';
import { statuses } from '../statuses.js';

interface Explained {
  readonly model: string;
  /** Examples in a step. */
  readonly batch: number;
  readonly reason: string | undefined;
  /** Term → its value at a constant representation, with the batch of training. */
  readonly constant: Readonly<Record<string, number>> | undefined;
}

function explain({ models, reasons }: CheckedFile): Explained[] {
  return models.map((model) => ({
    ...{ model: model.name, batch: model.batch },
    ...{ reason: reasons[model.name], constant: plateaus(model) },
  }));
}

/** Loaded where it is asked for. */
async function canonicalOf(models: readonly TypedModel[]) {
  const { canonicalModel, printCanonicalModel } = await import('../../compiler/canonical/index.js');
  const { canonicalHashes } = await import('../../runtime/canonical-hashes.js');
  return models.map((model) => {
    const form = canonicalModel(model);
    return { model: model.name, hashes: canonicalHashes(form), form, text: printCanonicalModel(form).trimEnd() };
  });
}

/** Loaders are loaded where there is something to load. */
async function sourceProblems(datasets: readonly DatasetDecl[]): Promise<Diagnostic[]> {
  if (datasets.length === 0) return [];
  const { checkSource } = await import('../../runtime/data/index.js');
  return datasets.flatMap((decl) => checkSource(decl) ?? []);
}

export async function runCheck({ args, options, output }: CommandCall): Promise<Status> {
  const [file = ''] = args;
  const source = readSource(file);
  const { module } = parseModule(source);
  const models = namedModels(module).map(({ text }) => text);
  const checked = checkFile(source, new FileLibrary(file), overridesFrom(options, models));
  const { modelNames, datasets } = checked;
  const diagnostics = [...checked.diagnostics, ...(await sourceProblems(datasets))];
  const ok = !hasErrors(diagnostics);
  const explained = ok && options.flag('explain') ? explain(checked) : undefined;
  const cost = ok && options.flag('cost') ? costOf(checked) : undefined;
  const canonical = ok && options.flag('canonical') ? await canonicalOf(checked.models) : undefined;
  output.document({
    ok,
    file: source.path,
    models: modelNames,
    datasets: datasets.map(({ name }) => name),
    diagnostics: diagnostics.map(describeDiagnostic),
    explained,
    cost,
    canonical: canonical?.map(({ model, hashes, form }) => ({ model, hashes, form })),
  });
  output.diagnostics(diagnostics);
  const { green, red } = output.paint;
  const named = modelNames.length === 0 ? '' : ` (${modelNames.join(', ')})`;
  output.line(`${source.path}${named}: ${(ok ? green : red)(countProblems(diagnostics))}`);
  for (const { model, batch, reason, constant } of explained ?? []) {
    if (reason) output.line(`${model} does not collapse: ${reason}`);
    if (!constant) continue;
    const values = Object.entries(constant).map(([term, value]) => `${term} ${Number(value.toPrecision(5))}`);
    output.line(`${model}, at the best constant representation in a batch of ${batch}: ${values.join(', ')}`);
  }
  for (const { model, hashes, form, text } of canonical ?? []) {
    output.line(`\nmodel ${model}`);
    output.line(text);
    for (const [name, declared] of Object.entries(form.names)) output.line(`name ${name} ${declared}`);
    for (const [what, hash] of Object.entries(hashes)) output.line(`${what} ${hash}`);
  }
  for (const ofModel of cost ?? []) printCost(output, ofModel);
  return ok ? statuses.ok : statuses.mistake;
}
