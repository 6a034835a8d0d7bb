import { dirname, join } from 'node:path';
import { CommanderError } from 'commander';
import { EbmcError, report } from '../../diagnostics/index.js';
import { readManifest, saveCheckpoint } from '../../runtime/checkpoint/index.js';
import { openDataset } from '../../runtime/data/index.js';
import { makeFolder, writeError, writeWhole } from '../../runtime/files/index.js';
import { importWeights, readNames } from '../../runtime/import/index.js';
import { type RunRecord, recordName, relativeToRun } from '../../runtime/run-record.js';
import { savedSettings } from '../../runtime/train/index.js';
import { checkProgram } from '../check-program.js';
import { chooseModel, datasetOf, trainOf } from '../choose.js';
import type { CommandCall } from '../command.js';
import { loadProgram } from '../load-program.js';
import { type Status, statuses } from '../statuses.js';
import { packageVersion } from '../version.js';

export async function runImport({ args, options, output }: CommandCall): Promise<Status> {
  const [file = ''] = args;
  const folder = options.text('out') ?? '';
  const [encoder, weights] = splitWeights(options.text('weights') ?? '');
  const before = await readManifest(folder);
  if (before) throw new EbmcError([report('EBM5011', { path: folder, step: before.step })]);
  const names = readNames(options.text('names') ?? '');
  const { source, library, overrides, checked } = checkProgram(file, options);
  output.diagnostics(checked.diagnostics);
  const model = chooseModel(checked, options.text('model'));
  const settings = trainOf(checked, model.name);
  const imported = importWeights(model, encoder, weights, names);
  const dataset = await openDataset(datasetOf(checked, settings), {
    ...{ baseDirectory: dirname(file), strict: false },
    warn: (diagnostic) => output.diagnostics([diagnostic]),
  });
  const program = await loadProgram(model, settings, options.text('backend') ?? 'auto', output);
  try {
    await program.model.init(settings.seed);
    const states = { ...(await program.model.read()), ...imported };
    const record: RunRecord = {
      ...{ format: 1, file: relativeToRun(folder, file), source },
      ...{ modules: library.found, model: model.name, overrides },
    };
    const split = settings.split === 'test' ? 'test' : 'train';
    makeRunFolder(folder);
    await saveCheckpoint(folder, states, {
      ...{ model: model.name, program: program.hash, seed: settings.seed, step: 0, batch: program.model.batch },
      order: { dataset: dataset.name, split, examples: dataset.size(split), epoch: 0, stepOfEpoch: 0 },
      settings: savedSettings(settings),
      versions: { node: process.version, ebmc: packageVersion(), backend: program.backend.name },
    });
    writeWhole(join(folder, recordName), `${JSON.stringify(record, null, 2)}\n`);
    const written = Object.keys(imported).length;
    output.line(
      `${model.name}: ${written} states from ${weights}, the others as a new run has them; saved in ${folder}`,
    );
    output.document({ ok: true, model: model.name, encoder, states: Object.keys(imported), folder });
    return statuses.ok;
  } finally {
    program.close();
  }
}

function makeRunFolder(folder: string): void {
  try {
    makeFolder(folder);
  } catch (error) {
    throw writeError(folder, error);
  }
}

function splitWeights(text: string): readonly [encoder: string, file: string] {
  const [encoder = '', ...rest] = text.split('=');
  if (rest.length > 0 && encoder !== '') return [encoder, rest.join('=')];
  const message = "error: option '--weights <encoder=file>' wants an encoder's name, `=` and a file";
  throw new CommanderError(statuses.misuse, 'ebmc.weights', message);
}
