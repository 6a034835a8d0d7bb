/** The process that does one job of a comparison: `node worker.js ORDER.json`. A crash here is one run's, not the comparison's. */
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { TrainDecl } from '../../compiler/declarations.js';
import { checkFile, plateaus, type TypedModel, typeVariant } from '../../compiler/index.js';
import { type Diagnostic, EbmcError } from '../../diagnostics/index.js';
import { readManifest } from '../../runtime/checkpoint/index.js';
import type { RunCost } from '../../runtime/compare/comparison.js';
import { readLog } from '../../runtime/compare/curve.js';
import { holdOut } from '../../runtime/compare/hold-out.js';
import { type Outcome, writeOutcome } from '../../runtime/compare/outcome.js';
import { plannedEpochs } from '../../runtime/compare/planned-epochs.js';
import { type Dataset, openDataset } from '../../runtime/data/index.js';
import { evaluate, tfjsAlgebra } from '../../runtime/evaluate/index.js';
import { writeWhole } from '../../runtime/files/index.js';
import { RecordedLibrary, type RunRecord, recordName, relativeToRun } from '../../runtime/run-record.js';
import { train } from '../../runtime/train/index.js';
import { datasetOf } from '../choose.js';
import { loadProgram, type RunningProgram } from '../load-program.js';
import { Output } from '../output.js';
import { packageVersion } from '../version.js';
import { measuresOf, rowOf } from './measures-of.js';
import type { Message, Order, WorkOrder } from './work-order.js';

const tell = (message: Message): void => {
  process.send?.(message);
};

const stopping = new AbortController();
let isTraining = false;
const stop = (): void => {
  stopping.abort();
  // What was trained is saved; measuring is done again next time.
  if (!isTraining) process.exit(0);
};
// A terminal's Ctrl-C reaches this process too: the comparison decides what it means.
process.on('SIGINT', () => {});
process.on('message', (order: Order) => {
  if (order === 'stop') stop();
});
process.on('disconnect', stop);

const warn = ({ code, message }: Diagnostic): void => tell({ kind: 'warning', code, message });

try {
  await work(JSON.parse(readFileSync(process.argv[2]!, 'utf8')) as WorkOrder);
} catch (error) {
  if (!(error instanceof EbmcError)) throw error;
  const { code, message } = error.diagnostics[0]!;
  tell({ kind: 'failed', code, message });
}
process.exitCode = 0;
process.disconnect?.();

async function work(order: WorkOrder): Promise<void> {
  const { job, source, folder, file } = order;
  const library = new RecordedLibrary(order.modules);
  const checked = checkFile(source, library, { ...order.options, analyses: false });
  const { compare } = checked;
  const competitor = compare?.competitors[job.competitor];
  const variant = competitor?.variants[job.variant];
  if (!compare || !competitor || !variant) throw new EbmcError(checked.diagnostics);
  const { model: typed, diagnostics } = typeVariant(checked.module, library, competitor, variant);
  if (!typed) throw new EbmcError(diagnostics);

  const opened = await openDataset(datasetOf(checked, { ...variant.train, dataset: compare.dataset }), {
    baseDirectory: dirname(file),
    strict: order.strict,
    warn,
  });
  const dataset = job.validation === undefined ? opened : await holdOut(opened, job.validation);
  const settings: TrainDecl = { ...variant.train, dataset: compare.dataset, split: 'train', seed: job.seed };
  const program = await loadProgram(typed, settings, order.backend, new Output({ json: true, colour: false }));
  try {
    const record: RunRecord = {
      format: 1,
      file: relativeToRun(folder, file),
      source,
      modules: order.modules,
      model: competitor.model,
      overrides: order.options,
      competitor: { name: competitor.name, variant: job.variant },
    };
    writeWhole(join(folder, recordName), `${JSON.stringify(record, null, 2)}\n`);
    const base = { format: 1, training: order.training, evaluation: order.evaluation } as const;
    const cost = job.kind === 'objective' ? await trainOne(order, typed, settings, dataset, program) : undefined;
    if (stopping.signal.aborted) return tell({ kind: 'stopped' });
    if (cost && 'code' in cost) {
      writeOutcome(folder, { ...base, ...cost, status: 'failed', cost: undefined, measures: {} });
      return tell({ kind: 'done' });
    }
    const started = performance.now();
    const result = await evaluate({
      model: program.model,
      dataset,
      settings: compare.evaluate,
      states: await statesOf(program, job.kind),
      seed: job.seed,
      rows: [rowOf[job.kind]],
      algebra: tfjsAlgebra,
      onProgress: (what) => tell({ kind: 'measuring', what }),
      warn,
    });
    const evaluationSeconds = (performance.now() - started) / 1000;
    writeOutcome(folder, {
      ...base,
      status: 'finished',
      cost: cost && { ...cost.cost, evaluationSeconds },
      curve: cost?.curve ?? [],
      measures: measuresOf(result),
    });
    tell({ kind: 'done' });
  } finally {
    program.close();
  }
}

async function statesOf({ model }: RunningProgram, kind: WorkOrder['job']['kind']) {
  if (kind !== 'objective') await model.init(0);
  return model.read();
}

type Trained = Pick<Outcome, 'curve'> &
  ({ readonly cost: RunCost } | { readonly code: string; readonly reason: string });

/** Trains, or goes on with what an earlier attempt has left; a run that goes wrong by itself is a result. */
async function trainOne(
  order: WorkOrder,
  typed: TypedModel,
  settings: TrainDecl,
  dataset: Dataset,
  program: RunningProgram,
): Promise<Trained> {
  const { folder, job } = order;
  const { model } = program;
  const epochs = await plannedEpochs(folder, job.budget, {
    model,
    dataset,
    seed: job.seed,
    rate: settings.optimizer.settings['rate'] ?? 0,
    stepFlops: program.stepFlops,
  });
  isTraining = true;
  try {
    const result = await train({
      model,
      settings: { ...settings, epochs },
      dataset,
      runFolder: folder,
      programHash: program.hash,
      stepBytes: program.stepBytes,
      plateaus: () => plateaus(typed),
      resume: (await readManifest(folder)) !== undefined,
      signal: stopping.signal,
      onProgress: ({ step, steps, loss, secondsLeft, gauges }) =>
        tell({ kind: 'progress', step, steps, loss, secondsLeft, spread: gauges?.spread }),
      warn,
      versions: { ebmc: packageVersion(), backend: program.backend.name },
    });
    const { curve, seconds } = readLog(folder, model.batch);
    const { step: steps } = result;
    const cost: RunCost = {
      seconds,
      evaluationSeconds: 0,
      steps,
      examples: steps * model.batch,
      flops: steps * program.stepFlops,
      peakBytes: program.stepBytes,
    };
    return { curve, cost };
  } catch (error) {
    const wrong = error instanceof EbmcError ? error.diagnostics[0] : undefined;
    if (wrong?.code !== 'EBM5001') throw error;
    return { curve: readLog(folder, model.batch).curve, code: wrong.code, reason: wrong.message };
  } finally {
    isTraining = false;
  }
}
