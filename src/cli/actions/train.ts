import { dirname, join } from 'node:path';
import type { DatasetDecl, EvaluateDecl } from '../../compiler/declarations.js';
import { type CheckedFile, type CheckOptions, plateaus, termsApart } from '../../compiler/index.js';
import type { Diagnostic } from '../../diagnostics/index.js';
import { type Dataset, openingOnce } from '../../runtime/data/index.js';
import { requireTestSplit } from '../../runtime/evaluate/index.js';
import { writeWhole } from '../../runtime/files/index.js';
import { type RunRecord, recordName, relativeToRun } from '../../runtime/run-record.js';
import { shellQuote } from '../../runtime/shell-quote.js';
import { type RunResult, Trace, traced, train } from '../../runtime/train/index.js';
import { checkProgram } from '../check-program.js';
import { chooseModel, datasetOf, evaluateOf, laterOf, trainOf, transfersOf } from '../choose.js';
import type { CommandCall, OptionValues } from '../command.js';
import { type EvaluationCall, evaluateAndPrint } from '../evaluation.js';
import { onInterrupt } from '../interrupt.js';
import { loadProgram } from '../load-program.js';
import { describeDiagnostic, type Output } from '../output.js';
import { printProfile } from '../profile.js';
import { describeGauges, formatSeconds, type ProgressDisplay, short, showTraining } from '../progress.js';
import { chooseRunFolder } from '../run-folder.js';
import type { Status } from '../statuses.js';
import { statuses } from '../statuses.js';
import { packageVersion } from '../version.js';
import { watchRun } from '../watch.js';

export async function runTrain({ args, options, output }: CommandCall): Promise<Status> {
  const [file = ''] = args;
  const { source, library, overrides, checked } = checkProgram(file, options);
  output.diagnostics(checked.diagnostics);
  const typed = chooseModel(checked, options.text('model'));
  const settings = trainOf(checked, typed.name);
  const display = new Display(output, typed.name);
  const strict = options.flag('strict');
  const open = openingOnce({ baseDirectory: dirname(file), strict, warn: display.warn });
  const dataset = await open(datasetOf(checked, settings));
  const later = await Promise.all(laterOf(checked, settings).map(open));
  const evaluation = options.flag('evaluate') ? evaluateOf(checked, typed.name) : undefined;
  // What it is measured on is opened before it trains: a mistake there is told now, not after hours.
  const asked = evaluation && (await openMeasured(checked, evaluation, open));
  const folder = chooseRunFolder(typed.name, folderChoice(options));
  const memory = options.number('memory');
  const limit = memory === undefined ? undefined : memory * 1e9;
  const reported = checked.reported[typed.name];
  const step = { ...settings, watchesOutputs: reported !== undefined };
  const program = await loadProgram(typed, step, options.text('backend') ?? 'auto', output, limit);
  const page = options.flag('watch') ? await watchRun(folder, output, display.warn) : undefined;
  try {
    const { name: backend, detail } = program.backend;
    output.note(`${typed.name} on ${backend} (${detail.split(',')[0]}), into ${folder}; Ctrl-C saves and stops`);
    const trace = options.flag('profile') ? new Trace() : undefined;
    const record: RunRecord = {
      format: 1,
      file: relativeToRun(folder, file),
      source,
      modules: library.found,
      model: typed.name,
      overrides,
    };
    const result = await display.during(
      (signal, onProgress) =>
        train({
          model: program.model,
          settings,
          dataset,
          later,
          runFolder: folder,
          programHash: program.hash,
          stepBytes: program.stepBytes,
          plateaus: () => plateaus(typed),
          apart: () => termsApart(typed),
          reason: () => checked.reasons[typed.name],
          reported: () => reported,
          resume: options.flag('resume'),
          overwrite: options.flag('overwrite'),
          signal,
          onProgress,
          warn: display.warn,
          say: (line) => output.note(line),
          trace,
          versions: { ebmc: packageVersion(), backend },
          resumeCommand: `\`${resumeCommand(file, folder, options, overrides)}\``,
        }),
      () => writeWhole(join(folder, recordName), `${JSON.stringify(record, null, 2)}\n`),
    );
    printResult(result, output);
    const evaluate = async (asked: Asked) =>
      evaluateAndPrint({
        model: program.model,
        ...{ typed, train: settings, backend: options.text('backend') ?? 'auto' },
        states: await program.model.read(),
        seed: settings.seed,
        ...asked,
        trainedOn: [dataset, ...later],
        folder,
        warn: display.warn,
        output,
      });
    const measured =
      asked && result.status === 'finished'
        ? await traced(trace, 'evaluation', 'evaluation', () => evaluate(asked))
        : undefined;
    const profile = trace && (await printProfile(trace, folder, program.model, dataset, settings, output));
    output.document({
      event: 'result',
      ok: true,
      ...result,
      backend,
      evaluation: measured ?? null,
      ...(profile ? { profile } : {}),
      diagnostics: [...checked.diagnostics, ...display.warnings].map(describeDiagnostic),
    });
    return result.status === 'finished' ? statuses.ok : statuses.interrupted;
  } finally {
    await page?.close();
    program.close();
  }
}

type Asked = Pick<EvaluationCall, 'settings' | 'dataset' | 'transfers'>;

async function openMeasured(
  checked: CheckedFile,
  evaluation: EvaluateDecl,
  open: (decl: DatasetDecl) => Promise<Dataset>,
): Promise<Asked> {
  const dataset = await open(datasetOf(checked, evaluation));
  requireTestSplit(dataset, evaluation.span);
  return { settings: evaluation, dataset, transfers: await Promise.all(transfersOf(checked, evaluation).map(open)) };
}

/** The bar, the warnings that tear it, and Ctrl-C. */
class Display {
  readonly warnings: Diagnostic[] = [];
  private readonly progress: ProgressDisplay;

  constructor(
    private readonly output: Output,
    title: string,
  ) {
    this.progress = showTraining(output, title);
  }

  readonly warn = (diagnostic: Diagnostic): void => {
    this.warnings.push(diagnostic);
    this.progress.interrupt(() => this.output.diagnostics([diagnostic]));
  };

  async during(
    work: (
      signal: AbortSignal,
      onProgress: (progress: Parameters<ProgressDisplay['show']>[0]) => void,
    ) => Promise<RunResult>,
    onStart: () => void,
  ): Promise<RunResult> {
    const announce = () => this.progress.interrupt(() => this.output.note('stopping after this step …'));
    const interrupt = onInterrupt(announce);
    let started = false;
    const start = () => {
      if (!started) onStart();
      started = true;
    };
    try {
      const result = await work(interrupt.signal, (progress) => {
        start();
        this.progress.show(progress);
      });
      start();
      return result;
    } finally {
      interrupt.release();
      this.progress.stop();
    }
  }
}

function folderChoice(options: OptionValues) {
  return { out: options.text('out'), resume: options.flag('resume'), overwrite: options.flag('overwrite') };
}

function resumeCommand(file: string, folder: string, options: OptionValues, overrides: CheckOptions): string {
  const model = options.text('model');
  const backend = options.text('backend');
  const settings = [
    ...Object.entries(overrides.train ?? {}).map(([name, value]) => `train.${name}=${String(value)}`),
    ...Object.entries(overrides.models ?? {}).flatMap(([name, values]) =>
      Object.entries(values).map(([parameter, value]) => `${name}.${parameter}=${value}`),
    ),
  ];
  return [
    'ebmc train',
    shellQuote(file),
    ...(model === undefined ? [] : ['--model', model]),
    ...(backend === undefined || backend === 'auto' ? [] : ['--backend', backend]),
    ...settings.map((setting) => `--set ${setting}`),
    ...(options.number('memory') === undefined ? [] : [`--memory ${options.number('memory')}`]),
    ...(overrides.allow ?? []).map((code) => `--allow ${code}`),
    ...(options.flag('strict') ? ['--strict'] : []),
    ...(options.flag('evaluate') ? [] : ['--no-evaluate']),
    `--out ${shellQuote(folder)} --resume`,
  ].join(' ');
}

function printResult({ status, step, steps, loss, gauges, seconds, runFolder }: RunResult, output: Output): void {
  const parts = [
    `step ${step}/${steps}`,
    ...(loss === undefined ? [] : [`loss ${short(loss)}`]),
    ...(gauges === undefined ? [] : describeGauges(gauges)),
  ];
  const { green, yellow, bold } = output.paint;
  const done = status === 'finished' ? green('Trained') : yellow('Stopped');
  output.line(`${done} in ${formatSeconds(seconds)}: ${parts.join(', ')}; saved in ${bold(runFolder)}`);
}
