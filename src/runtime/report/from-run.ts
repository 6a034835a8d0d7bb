/** A single run as a comparison of one: what `ebmc train` and `ebmc evaluate` left in its folder. */
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { checkFile, type TypedModel } from '../../compiler/index.js';
import { EbmcError, report } from '../../diagnostics/index.js';
import { type DataOrder, type Manifest, readManifest } from '../checkpoint/index.js';
import type { Comparison, Competitor, Verdict } from '../compare/comparison.js';
import { stepsPerEpoch } from '../data/index.js';
import type { EvaluationResult } from '../evaluate/index.js';
import { RecordedLibrary, type RunRecord, readRecord, recordName } from '../run-record.js';
import { shellQuote } from '../shell-quote.js';
import { collapseWarning } from '../train/collapse-watch.js';
import { isCollapsed } from '../train/gauges.js';
import { metricsName, readMetrics, type StepMetrics } from '../train/read-metrics.js';
import { baselinesOf, measuresOf, trainedSummary } from './evaluation-rows.js';
import { formatNumber } from './format.js';
import { curveOf } from './metrics.js';

/** Reads the run whenever it is called, so that a page can follow it; what cannot change is read once. */
export function followRun(folder: string): () => Promise<Comparison> {
  let facts: ProgramFacts | undefined;
  return async () => {
    const manifest = await readManifest(folder);
    if (!manifest) throw new EbmcError([report('EBM5031', { path: folder })]);
    facts ??= await programFacts(folder);
    const lines = await readMetrics(join(folder, metricsName));
    return assemble(folder, manifest, facts, lines, await readEvaluation(folder));
  };
}

interface ProgramFacts {
  readonly record: RunRecord;
  readonly typed: TypedModel | undefined;
  readonly classes: readonly string[] | undefined;
}

/** Undefined as long as the run has not written its program. */
async function programFacts(folder: string): Promise<ProgramFacts | undefined> {
  if (!(await exists(join(folder, recordName)))) return undefined;
  const record = readRecord(folder);
  // A program of another version may no longer check: then its model is not known, the rest is.
  const checked = checkFile(record.source, new RecordedLibrary(record.modules), record.overrides);
  const train = checked.trains.find(({ model }) => model === record.model);
  const fields = checked.datasets.find(({ name }) => name === train?.dataset)?.fields ?? [];
  const labels = fields.find(({ type }) => type === 'Class');
  return {
    record,
    typed: checked.models.find(({ name }) => name === record.model),
    classes: labels && Array.from({ length: labels.shape[0] ?? 0 }, (_, i) => String(i)),
  };
}

async function readEvaluation(folder: string): Promise<EvaluationResult | undefined> {
  const path = join(folder, 'evaluation.json');
  if (!(await exists(path))) return undefined;
  try {
    const result = JSON.parse(await readFile(path, 'utf8')) as EvaluationResult;
    if (!Array.isArray(result.rows)) throw new Error('it has no rows');
    if (!Array.isArray(result.measures)) throw new Error('an earlier version wrote it; `ebmc evaluate` measures again');
    return result;
  } catch (error) {
    throw new EbmcError([report('EBM5007', { path, problem: (error as Error).message })]);
  }
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

function assemble(
  folder: string,
  manifest: Manifest,
  facts: ProgramFacts | undefined,
  lines: readonly StepMetrics[],
  evaluation: EvaluationResult | undefined,
): Comparison {
  const { settings, order, model } = manifest;
  const summary = evaluation ? trainedSummary(evaluation) : {};
  const run = {
    seed: manifest.seed,
    folder: '.',
    status: isDone(manifest) ? ('finished' as const) : ('waiting' as const),
    cost: undefined,
    curve: curveOf(lines),
    measures: Object.fromEntries(Object.entries(summary).map(([key, { mean }]) => [key, mean])),
  };
  const trained: Competitor = {
    ...{ name: model, kind: 'objective', model, objective: undefined, settings: {} },
    parameters: facts?.typed && parametersOf(facts.typed),
    flopsPerExample: undefined,
    tried: [],
    runs: [run],
    summary,
    verdict: verdictOf(manifest, lines),
  };
  const file = facts ? join(folder, facts.record.file) : '';
  return {
    format: 1,
    title: `${model} on ${stagesOf(order)
      .map(({ dataset }) => dataset)
      .join(', then ')}`,
    file,
    source: facts?.record.source.text ?? '',
    modules: Object.fromEntries(
      Object.entries(facts?.record.modules ?? {})
        .filter(([path]) => !path.startsWith('std.'))
        .map(([path, { text }]) => [path, text]),
    ),
    versions: { ...manifest.versions, 'hash of the program': manifest.program },
    created: new Date().toISOString(),
    command: `ebmc train ${shellQuote(file || 'FILE')} --model ${model} --seed ${manifest.seed}`,
    dataset: {
      name: [...new Set(stagesOf(order).map(({ dataset }) => dataset))].join(', then '),
      ...{ hash: '', validation: 0, test: evaluation?.testExamples ?? 0 },
      train: stagesOf(order).reduce((sum, { examples }) => sum + examples, 0),
      classes: facts?.classes,
    },
    budget: {
      epochs: String(settings.epochs),
      batch: String(manifest.batch),
      steps: String(plannedSteps(manifest)),
      optimizer: call(settings.optimizer),
      schedule: call(settings.schedule),
      precision: settings.precision,
    },
    differences: [],
    measures: evaluation ? measuresOf(evaluation) : [],
    competitors: [trained, ...(evaluation ? baselinesOf(evaluation, model) : [])],
    contrasts: [],
  };
}

function plannedSteps({ settings, order, batch }: Manifest): number {
  const ofStage = ({ examples }: { readonly examples: number }) =>
    Math.round(settings.epochs * stepsPerEpoch(examples, batch));
  return stagesOf(order).reduce((sum, stage) => sum + ofStage(stage), 0);
}

/** What was trained on, one after the other. */
function stagesOf(order: DataOrder): readonly Pick<DataOrder, 'dataset' | 'examples'>[] {
  return order.stages ?? [order];
}

function isDone(manifest: Manifest): boolean {
  return manifest.step >= plannedSteps(manifest);
}

/** As far as a single run tells: its gradient was not checked here. */
function verdictOf(manifest: Manifest, lines: readonly StepMetrics[]): Verdict {
  const measured = lines.findLast(({ gauges }) => gauges !== undefined);
  if (measured?.gauges && isCollapsed(measured.gauges))
    return { kind: 'collapsed', reason: collapseWarning(measured.step, measured.gauges).message };
  const last = lines.at(-1);
  const step = Math.max(manifest.step, last?.step ?? 0);
  const at = `step ${step} of ${plannedSteps(manifest)}${last ? `, loss ${formatNumber(last.loss)}` : ''}`;
  if (!isDone(manifest)) return { kind: 'waiting', reason: `running or stopped at ${at}` };
  const gauges = measured
    ? `; spread ${measured.gauges!.spread.toFixed(2)}, effective rank ${measured.gauges!.effectiveRank.toFixed(1)} of ${measured.gauges!.dimensions}`
    : '';
  return { kind: 'no fault found', reason: `trained to ${at}${gauges}; only collapse was looked for` };
}

function parametersOf({ states }: TypedModel): number {
  return states
    .filter(({ role }) => role === 'parameter')
    .reduce((sum, { type }) => sum + type.shape.reduce<number>((size, side) => size * Number(side), 1), 0);
}

/** `adamw(rate: 0.004, decay: 0.0001)` */
function call({
  name,
  settings,
}: {
  readonly name: string;
  readonly settings: Readonly<Record<string, number>>;
}): string {
  const args = Object.entries(settings).map(([setting, value]) => `${setting}: ${value}`);
  return args.length === 0 ? name : `${name}(${args.join(', ')})`;
}
