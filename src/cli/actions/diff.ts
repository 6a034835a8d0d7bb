import { compareComparisons, compareModels, compareSettings, type Difference } from '../../compiler/canonical/index.js';
import { type CheckedFile, checkFile, type TypedModel } from '../../compiler/index.js';
import { EbmcError, nearest, report } from '../../diagnostics/index.js';
import { FileLibrary } from '../../runtime/library.js';
import { readSource } from '../../runtime/read-source.js';
import { chooseModel } from '../choose.js';
import type { CommandCall } from '../command.js';
import { hasErrors, type Output } from '../output.js';
import type { Status } from '../statuses.js';
import { statuses } from '../statuses.js';

export async function runDiff({ args, options, output }: CommandCall): Promise<Status> {
  const [first = '', second = ''] = args;
  const a = checked(first);
  const pairs = pairedModels(a, checked(second), options.text('model'));
  const models = pairs.models.map(([x, y]) => {
    // At one batch size: where N stands in a formula as a number, another one is a setting, not another formula.
    const b = x.batch === y.batch ? y : chooseModel(checked(second, x.batch), y.name);
    return { model: x.name, other: y.name, differences: [...compareModels(x, b), ...settings(a, pairs.second, x, y)] };
  });
  const comparison = compareComparisons(a.compare, pairs.second.compare);
  const found =
    [...models.flatMap(({ differences }) => differences), ...comparison, ...pairs.dropped, ...pairs.added].length > 0;
  output.document({ ok: true, same: !found, models, dropped: pairs.dropped, added: pairs.added, comparison });
  for (const { model, other, differences } of models) print(output, model, other, differences);
  for (const name of pairs.dropped) output.line(`${output.paint.red('-')} model ${name}`);
  for (const name of pairs.added) output.line(`${output.paint.green('+')} model ${name}`);
  if (a.compare || pairs.second.compare) print(output, 'comparison', 'comparison', comparison);
  return found && options.flag('exitCode') ? statuses.mistake : statuses.ok;
}

/** A file without errors. That an objective collapses is not one here: collapsing ones are compared too. */
function checked(file: string, batch?: number): CheckedFile {
  const train = batch === undefined ? {} : { train: { batch } };
  const result = checkFile(readSource(file), new FileLibrary(file), { ...train, allow: ['EBM3001', 'EBM3002'] });
  if (hasErrors(result.diagnostics)) throw new EbmcError(result.diagnostics);
  return result;
}

interface Pairs {
  readonly second: CheckedFile;
  readonly models: readonly (readonly [TypedModel, TypedModel])[];
  readonly dropped: readonly string[];
  readonly added: readonly string[];
}

function pairedModels(first: CheckedFile, second: CheckedFile, name: string | undefined): Pairs {
  const [a, b] = [first.models, second.models];
  const one = (models: readonly TypedModel[], file: CheckedFile): TypedModel => {
    const model = models.find((m) => m.name === name) ?? (models.length === 1 ? models[0] : undefined);
    if (model) return model;
    const known = file.modelNames;
    throw new EbmcError([report('EBM7003', { name: name ?? '', known, suggestion: name && nearest(name, known) })]);
  };
  if (name !== undefined && ![...a, ...b].some((m) => m.name === name)) one([], first);
  if (name !== undefined) return { second, models: [[one(a, first), one(b, second)]], dropped: [], added: [] };
  const isComparison = first.compare !== undefined || second.compare !== undefined;
  if (!isComparison && (a.length === 0 || b.length === 0)) throw new EbmcError([report('EBM7004', { known: [] })]);
  if (a.length === 1 && b.length === 1) return { second, models: [[a[0]!, b[0]!]], dropped: [], added: [] };
  const models = a.flatMap((x) => b.filter((y) => y.name === x.name).map((y) => [x, y] as const));
  const missing = (from: readonly TypedModel[], side: 0 | 1): string[] =>
    from.filter((m) => !models.some((pair) => pair[side] === m)).map((m) => m.name);
  return { second, models, dropped: missing(a, 0), added: missing(b, 1) };
}

function settings(a: CheckedFile, b: CheckedFile, x: TypedModel, y: TypedModel): Difference[] {
  const [train, other] = [
    a.trains.find(({ model }) => model === x.name),
    b.trains.find(({ model }) => model === y.name),
  ];
  const [evaluate, measured] = [
    a.evaluates.find(({ model }) => model === x.name),
    b.evaluates.find(({ model }) => model === y.name),
  ];
  const [data, others] = [
    a.datasets.find(({ name }) => name === (train?.dataset ?? evaluate?.dataset)),
    b.datasets.find(({ name }) => name === (other?.dataset ?? measured?.dataset)),
  ];
  return [
    ...compareSettings('dataset', data?.name ?? others?.name ?? '', data, others),
    ...compareSettings('train', '', train, other),
    ...compareSettings('evaluate', '', evaluate, measured),
  ];
}

function print(output: Output, model: string, other: string, differences: readonly Difference[]): void {
  const { bold, green, red, yellow } = output.paint;
  const title = model === other ? model : `${model}, ${other}`;
  if (differences.length === 0) {
    output.line(`${bold(title)}: no difference in meaning`);
    return;
  }
  output.line(bold(title));
  const marks = { added: green('+'), dropped: red('-'), changed: yellow('~') };
  for (const { part, name, change, what } of differences) {
    const head = [part, name].filter(Boolean).join(' ');
    output.line(`${marks[change]} ${head}${what === '' ? '' : `: ${what}`}`);
  }
}
