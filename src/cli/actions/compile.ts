import { join } from 'node:path';
import { CommanderError } from 'commander';
import { printProgram } from '../../compiler/graph/print.js';
import {
  checkFile,
  compileModel,
  defaultOptimizer,
  namedModels,
  optimizeProgram,
  printTypedModel,
} from '../../compiler/index.js';
import { emitTensorflow } from '../../compiler/targets/tensorflow/emit.js';
import { emitTfjs } from '../../compiler/targets/tfjs/emit.js';
import { parseModule } from '../../grammar/index.js';
import { writeWhole } from '../../runtime/files/index.js';
import { FileLibrary } from '../../runtime/library.js';
import { readSource } from '../../runtime/read-source.js';
import { chooseModel } from '../choose.js';
import type { CommandCall } from '../command.js';
import type { Stage } from '../commands/compile.js';
import { describeDiagnostic, hasErrors } from '../output.js';
import { printSyntax } from '../print-syntax.js';
import { overridesFrom } from '../settings.js';
import type { Status } from '../statuses.js';
import { statuses } from '../statuses.js';

const missingOut = "error: option '--target tensorflow' needs '--out <dir>': a SavedModel is a folder";

export async function runCompile({ args, options, output }: CommandCall): Promise<Status> {
  const [file = ''] = args;
  const source = readSource(file);
  const stage = options.text('emit') as Stage | undefined;
  const { module } = parseModule(source);
  const models = namedModels(module).map(({ text }) => text);
  const checked = checkFile(source, new FileLibrary(file), overridesFrom(options, models));
  output.diagnostics(checked.diagnostics);
  const diagnostics = checked.diagnostics.map(describeDiagnostic);
  if (stage === 'syntax') {
    const text = printSyntax(checked.module);
    output.line(text.trimEnd());
    output.document({ ok: !hasErrors(checked.diagnostics), stage, text, diagnostics });
    return hasErrors(checked.diagnostics) ? statuses.mistake : statuses.ok;
  }
  if (hasErrors(checked.diagnostics)) {
    output.document({ ok: false, diagnostics });
    return statuses.mistake;
  }
  const typed = chooseModel(checked, options.text('model'));
  const train = checked.trains.find(({ model }) => model === typed.name) ?? { optimizer: defaultOptimizer };
  if (stage === 'typed') {
    const text = printTypedModel(typed);
    output.line(text.trimEnd());
    output.document({ ok: true, model: typed.name, stage, text, diagnostics });
    return statuses.ok;
  }
  const target = options.text('target') === 'tensorflow' ? 'tensorflow' : 'tfjs';
  const lowered = compileModel(typed, train, target);
  const program = stage === 'graph' ? lowered : optimizeProgram(lowered, target);
  if (stage === 'graph' || stage === 'optimized') {
    const text = printProgram(program);
    output.line(text.trimEnd());
    output.document({ ok: true, model: typed.name, stage, text, diagnostics });
    return statuses.ok;
  }
  const out = options.text('out');
  if (target === 'tensorflow') {
    if (out === undefined) throw new CommanderError(statuses.misuse, 'ebmc.missingOut', missingOut);
    const written = writeFiles(out, emitTensorflow(program).files);
    output.document({ ok: true, model: typed.name, written, diagnostics });
    output.line(`${typed.name}, batch ${program.batch}: wrote ${written.join(', ')}`);
    return statuses.ok;
  }
  const { files } = emitTfjs(program);
  if (out === undefined || stage === 'tfjs') {
    output.line((files['model.ts'] ?? '').trimEnd());
    output.document({ ok: true, model: typed.name, files, diagnostics });
    return statuses.ok;
  }
  const written = writeFiles(out, files);
  output.document({ ok: true, model: typed.name, written, diagnostics });
  output.line(`${typed.name}, batch ${program.batch}: wrote ${written.join(', ')}`);
  return statuses.ok;
}

function writeFiles(folder: string, files: Readonly<Record<string, string | Uint8Array>>): string[] {
  return Object.entries(files).map(([name, content]) => {
    const path = join(folder, name);
    writeWhole(path, typeof content === 'string' ? content : [content]);
    return path;
  });
}
