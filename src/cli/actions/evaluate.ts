import type { DatasetDecl } from '../../compiler/declarations.js';
import { defaultMeasures, stagedMeasures } from '../../compiler/index.js';
import { loadCheckpoint, requireSameStates } from '../../runtime/checkpoint/index.js';
import { openingOnce } from '../../runtime/data/index.js';
import { datasetOf, laterOf, transfersOf } from '../choose.js';
import type { CommandCall } from '../command.js';
import { findingData } from '../data-folder.js';
import { evaluateAndPrint } from '../evaluation.js';
import { loadProgram } from '../load-program.js';
import { reopenRun } from '../recorded-run.js';
import type { Status } from '../statuses.js';
import { statuses } from '../statuses.js';

export async function runEvaluate({ args, options, output }: CommandCall): Promise<Status> {
  const [folder = ''] = args;
  const checkpoint = await loadCheckpoint(folder);
  const { checked, typed, train, evaluate, baseDirectory } = reopenRun(folder, options.text('data'));
  const settings = evaluate ?? {
    ...{ model: typed.name, dataset: train.dataset, neighbours: 20, labels: [0.01, 0.1, 1] },
    ...{ measures: train.later.length > 0 ? stagedMeasures : defaultMeasures, transfers: [], span: train.span },
  };
  const opening = openingOnce({
    baseDirectory,
    strict: options.flag('strict'),
    warn: (diagnostic) => output.diagnostics([diagnostic]),
  });
  const open = (decl: DatasetDecl) => findingData(folder, baseDirectory, () => opening(decl));
  const dataset = await open(datasetOf(checked, settings));
  const transfers = await Promise.all(transfersOf(checked, settings).map(open));
  const trainedOn =
    train.later.length > 0 ? await Promise.all([datasetOf(checked, train), ...laterOf(checked, train)].map(open)) : [];
  const program = await loadProgram(typed, train, options.text('backend') ?? 'auto', output);
  try {
    requireSameStates(checkpoint, program.model.states);
    await program.model.init(checkpoint.manifest.seed);
    output.line(`${typed.name} after ${checkpoint.manifest.step} steps, from ${folder}`);
    const result = await evaluateAndPrint({
      model: program.model,
      ...{ typed, train, backend: options.text('backend') ?? 'auto' },
      states: checkpoint.states,
      seed: checkpoint.manifest.seed,
      settings,
      dataset,
      transfers,
      trainedOn,
      folder,
      warn: (diagnostic) => output.diagnostics([diagnostic]),
      output,
    });
    output.document({ ok: true, model: typed.name, step: checkpoint.manifest.step, ...result });
    return statuses.ok;
  } finally {
    program.close();
  }
}
