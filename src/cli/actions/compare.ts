import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { availableParallelism, cpus } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { type CanonicalModel, canonicalModel } from '../../compiler/canonical/index.js';
import type { CompareDecl, CompetitorDecl, DatasetDecl, VariantDecl } from '../../compiler/declarations.js';
import {
  type CheckedFile,
  costOfModel,
  printRepresentation,
  type TypedModel,
  typeVariant,
} from '../../compiler/index.js';
import { type Diagnostic, EbmcError, report } from '../../diagnostics/index.js';
import type { Module } from '../../grammar/syntax-tree.js';
import { selectBackend } from '../../runtime/backends/index.js';
import { type CanonicalHashes, canonicalHashes } from '../../runtime/canonical-hashes.js';
import { lockFolder } from '../../runtime/checkpoint/index.js';
import { Assembly, type RowState } from '../../runtime/compare/assemble.js';
import type { Comparison } from '../../runtime/compare/comparison.js';
import {
  type Assignment,
  type Attempt,
  ComparisonRunner,
  type PlannedCompetitor,
  type PlannedVariant,
} from '../../runtime/compare/comparison-runner.js';
import { hashData } from '../../runtime/compare/data-hash.js';
import { type Dataset, openingOnce } from '../../runtime/data/index.js';
import { writeWhole } from '../../runtime/files/index.js';
import {
  comparisonName,
  type LivePage,
  readComparison,
  writeComparison,
  writeHtml,
} from '../../runtime/report/index.js';
import type { RecordingLibrary } from '../../runtime/run-record.js';
import { shellQuote } from '../../runtime/shell-quote.js';
import { checkProgram, checkSource } from '../check-program.js';
import { datasetOf } from '../choose.js';
import type { CommandCall, OptionValues } from '../command.js';
import { formatComparison } from '../compare/format-comparison.js';
import { joinPrograms } from '../compare/joined-program.js';
import { RunList } from '../compare/run-list.js';
import { WorkerPool } from '../compare/worker-pool.js';
import { showRuns } from '../compare-view.js';
import { onInterrupt } from '../interrupt.js';
import { hashOf } from '../load-program.js';
import type { Output } from '../output.js';
import { type Status, statuses } from '../statuses.js';
import { packageVersion } from '../version.js';
import { watch } from '../watch.js';

export async function runCompare({ args, options, output }: CommandCall): Promise<Status> {
  const files = args.flat();
  const { file, source, library, overrides, checked } = programOf(files, options, output);
  const decl = checked.compare;
  if (!decl) throw new EbmcError([report('EBM7012', { path: source.path })]);
  output.diagnostics(checked.diagnostics);
  const warned = new Set<string>();
  const warn = (diagnostic: Diagnostic): void => {
    if (!warned.has(diagnostic.message)) output.diagnostics([diagnostic]);
    warned.add(diagnostic.message);
  };
  const declared = (dataset: string | undefined): DatasetDecl =>
    datasetOf(checked, { ...decl.competitors[0]!.variants[0]!.train, dataset });
  const strict = options.flag('strict');
  const open = openingOnce({ baseDirectory: dirname(file), strict, warn });
  const dataset = await open(declared(decl.dataset));
  const stages = await Promise.all(decl.stages.map(async (name) => open(declared(name))));
  const backend = await selectBackend(options.text('backend') ?? 'auto');
  output.diagnostics(backend.warnings);
  const hashes = await Promise.all(stages.map((stage, k) => hashData(declared(decl.stages[k]), stage)));
  const data = hashes.length === 1 ? hashes[0]! : hashText(hashes.join());
  const isElsewhere = decl.stages.length > 1 || decl.dataset !== decl.stages[0];
  const measured = isElsewhere ? await hashData(declared(decl.dataset), dataset) : undefined;
  const folder = options.text('out') ?? join('runs', `compare-${folderName(files)}`);
  const release = lockFolder(folder);
  let live: LivePage | undefined;
  let workers: WorkerPool | undefined;
  const interrupt = onInterrupt(() =>
    output.note('stopping: the runs in progress are saved; the same command goes on …'),
  );
  try {
    const competitors = planCompetitors(checked, decl, library, data, backend.name);
    const isLabelled = dataset.fields.some(({ type }) => type === 'Class');
    if (!isLabelled) warn(report('EBM5014', { dataset: dataset.name }));
    const header = {
      file: source.path,
      source: source.text,
      modules: ownModules(library),
      versions: versionsOf(backend.name),
      created: new Date().toISOString(),
      command: commandLine(files, options),
      dataset: describeData(
        dataset,
        measured === undefined ? data : hashText(`${data},${measured}`),
        decl,
        competitors,
      ),
    };
    const assembly = new Assembly(decl, header, readBefore(folder));
    let latest: Comparison | undefined;
    const write = (rows: readonly RowState[]): Comparison => {
      const comparison = assembly.comparison(rows);
      writeWhole(join(folder, comparisonName), writeComparison(comparison));
      latest = comparison;
      return comparison;
    };
    const setting = { file, source, modules: library.found, options: overrides, backend: backend.name, strict };
    const pool = new WorkerPool(setting, interrupt.signal);
    workers = pool;
    const progress = new RunList(showRuns(output));
    const attempt = async ({ label, ...order }: Assignment): Promise<Attempt> => {
      progress.begin(label);
      const ending = await pool.run(order, (message) => {
        output.document({ event: message.kind, run: label, ...message });
        if (message.kind === 'warning') {
          if (warned.has(message.message)) return;
          warned.add(message.message);
          progress.interrupt(() => output.note(`${label}: ${message.code}: ${message.message}`));
        } else progress.update(label, message);
      });
      progress.end(label, ending);
      return ending;
    };
    const runner = new ComparisonRunner({
      decl,
      competitors,
      folder,
      atOnce: options.number('jobs') ?? defaultJobs(),
      isLabelled,
      isTaught: sharesClasses(stages),
      evaluate: decl.evaluate,
      measured,
      attempt,
      onChange: write,
    });
    live = options.flag('watch') ? await watch(() => latest ?? assembly.comparison([]), output, warn) : undefined;
    const { rows, isComplete } = await runner.run();
    const comparison = write(rows);
    const page = join(folder, 'report.html');
    writeWhole(page, await writeHtml(comparison));
    printComparison(comparison, page, isComplete, output);
    output.document({ event: 'result', ok: isComplete, folder, report: page, comparison });
    return isComplete ? statuses.ok : statuses.interrupted;
  } finally {
    workers?.close();
    await live?.close();
    interrupt.release();
    release();
  }
}

/** Whether all have one field of classes in common. */
function sharesClasses(datasets: readonly Dataset[]): boolean {
  const fields = datasets.map(({ fields: all }) => all.find(({ type }) => type === 'Class'));
  const [first] = fields;
  return first !== undefined && fields.every((f) => f?.name === first.name && f.shape.join() === first.shape.join());
}

/** As the `compare` item names them, wherever they are declared. */
function comparedModels({ items }: Module): string[] {
  const competitors = items.flatMap((item) => (item.kind === 'compare' ? item.competitors : []));
  return competitors.flatMap((expr) => {
    const name = expr.kind === 'call' ? expr.callee : expr;
    return name.kind === 'name' ? [name.name.text] : [];
  });
}

/** A file's `compare` item, or the models of several files; what these set aside for that is said. */
function programOf(files: readonly string[], options: OptionValues, output: Output) {
  const data = options.text('data');
  const [only = ''] = files;
  if (files.length === 1 && data === undefined)
    return { file: only, ...checkProgram(only, options, 'compare', comparedModels) };
  const { source, file, library, setAside } = joinPrograms(files, data);
  const checked = checkSource(source, library, options, 'compare', comparedModels);
  for (const other of setAside) output.note(`not used: ${other}; all are trained as ${basename(only)} says`);
  return { file, ...checked };
}

/** Of many files the first ones' names and how many there are: the same files lead to the same folder. */
function folderName(files: readonly string[]): string {
  const names = files.map((file) => basename(file).replace(/\.ebm$/, ''));
  const shown = 4;
  return [...names.slice(0, shown), ...(names.length > shown ? [`and-${names.length - shown}`] : [])].join('-');
}

/** What makes the same again. */
function commandLine(files: readonly string[], options: CommandCall['options']): string {
  const numbers = ['epochs', 'seeds'].flatMap((name) => {
    const value = options.number(name);
    return value === undefined ? [] : [`--${name} ${value}`];
  });
  const settings = options.list('set').map((setting) => `--set ${setting}`);
  const allowed = options.list('allow').map((code) => `--allow ${code}`);
  const backend = options.text('backend');
  const chosen = backend === undefined || backend === 'auto' ? [] : [`--backend ${backend}`];
  const data = options.text('data');
  const from = data === undefined ? [] : [`--data ${shellQuote(data)}`];
  return ['ebmc compare', ...files.map(shellQuote), ...from, ...chosen, ...numbers, ...settings, ...allowed].join(' ');
}

/** A step of the native backend uses all cores by itself; with many, small models leave some idle. */
function defaultJobs(): number {
  return Math.max(1, Math.floor(availableParallelism() / 8));
}

function planCompetitors(
  checked: CheckedFile,
  decl: CompareDecl,
  library: RecordingLibrary,
  data: string,
  backend: string,
): PlannedCompetitor[] {
  // Training settings other than the batch leave a model as it is.
  const known = new Map<string, ReturnType<typeof describeModel>>();
  const describe = (competitor: CompetitorDecl, variant: VariantDecl): ReturnType<typeof describeModel> => {
    const key = JSON.stringify([competitor.model, variant.parameters, variant.train.batch]);
    const found = known.get(key) ?? describeModel(checked, library, competitor, variant);
    known.set(key, found);
    return found;
  };
  return decl.competitors.map((competitor) => ({
    name: competitor.name,
    model: competitor.model,
    variants: competitor.variants.map((variant): PlannedVariant => {
      const { model, form, hashes, cost } = describe(competitor, variant);
      const forward = cost.encoders[0]?.forward ?? { products: 0, other: 0 };
      return {
        chosen: Object.fromEntries(Object.entries(variant.chosen).map(([name, value]) => [name, String(value)])),
        circumstances: { program: hashOf(model, variant.train), train: variant.train, data, backend },
        encoder: hashText(printRepresentation(model)),
        parameters: cost.parameters,
        flopsPerExample: forward.products + forward.other,
        objective: hashes.objective,
        raw: model.inputs.some(({ type }) => type.dtype === 'float32') ? 'numbers' : 'counts',
        traits: traitsOf(model, form, hashes),
      };
    }),
  }));
}

function describeModel(
  checked: CheckedFile,
  library: RecordingLibrary,
  competitor: CompetitorDecl,
  variant: VariantDecl,
) {
  const { model, diagnostics } = typeVariant(checked.module, library, competitor, variant);
  if (!model) throw new EbmcError(diagnostics);
  const form = canonicalModel(model);
  return { model, form, hashes: canonicalHashes(form), cost: costOfModel(model) };
}

/** In what competitors may differ beside their objectives; equal where it means the same, whatever it is called. */
function traitsOf(model: TypedModel, form: CanonicalModel, hashes: CanonicalHashes): Record<string, string> {
  const shape = model.representation.type.shape.map(String).join(' × ');
  const { text, definitions } = form.representation;
  const formula = [...definitions, text].join(' ');
  const encoders = form.encoders.filter(({ name }) => new RegExp(`\\b${name}\\b`).test(formula));
  const parameters = encoders.reduce((sum, encoder) => sum + encoder.parameters, 0);
  return {
    encoder: `${shape} numbers, ${parameters} parameters (${hashes.representation.slice(0, 8)})`,
    'views and masks': hashes.views.slice(0, 8),
  };
}

/** The comparison that the folder holds, if it can be read: what is damaged is written anew. */
function readBefore(folder: string): Comparison | undefined {
  try {
    const path = join(folder, comparisonName);
    return readComparison(readFileSync(path, 'utf8'), path);
  } catch {
    return undefined;
  }
}

function hashText(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function describeData(
  dataset: Dataset,
  hash: string,
  decl: CompareDecl,
  competitors: readonly PlannedCompetitor[],
): Comparison['dataset'] {
  const field = dataset.fields.find(({ type }) => type === 'Class');
  const names = field && dataset.classNames?.get(field.name);
  const count = field?.shape[0] ?? 0;
  const isTuned = competitors.some(({ variants }) => variants.length > 1);
  const train = dataset.size('train');
  return {
    name: dataset.name,
    hash,
    train,
    validation: isTuned ? Math.round(train * decl.validation) : 0,
    test: dataset.size('test'),
    classes: field && (names ?? Array.from({ length: count }, (_, i) => String(i))),
  };
}

function versionsOf(backend: string): Record<string, string> {
  const processor = cpus()[0]?.model.trim() ?? 'unknown';
  return { ebmc: packageVersion(), node: process.version, backend, processor: `${processor}, ${cpus().length} cores` };
}

/** Texts of the user's own modules; those of ebmc go with its version. */
function ownModules(library: RecordingLibrary): Record<string, string> {
  const own = Object.entries(library.found).filter(([path]) => !path.startsWith('std.'));
  return Object.fromEntries(own.map(([path, { text }]) => [path, text]));
}

function printComparison(comparison: Comparison, page: string, isComplete: boolean, output: Output): void {
  if (comparison.measures.length > 0) output.line(`\n${formatComparison(comparison, output)}\n`);
  for (const { name, verdict } of comparison.competitors)
    if (verdict.kind !== 'baseline') output.line(`${output.paint.bold(name)}: ${verdict.kind}: ${verdict.reason}`);
  const again = isComplete ? '' : '; not all runs are done: the same command goes on';
  output.line(`\nReport: ${output.paint.bold(page)}${again}`);
}
