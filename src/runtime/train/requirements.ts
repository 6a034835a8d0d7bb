/** Checks before the first step: the data fits the model, and a resumed run is the same run. */
import type { TrainDecl } from '../../compiler/declarations.js';
import { fieldTypeInfo } from '../../compiler/field-types.js';
import { type Diagnostic, EbmcError, report } from '../../diagnostics/index.js';
import type { Manifest, SavedSettings } from '../checkpoint/index.js';
import { type Dataset, fieldType, type SplitName } from '../data/index.js';
import type { LoadedModel } from '../model.js';
import type { Stage } from './plan.js';

export function requireSplit(dataset: Dataset, split: string): SplitName {
  const known = dataset.splits;
  const found = known.find((name) => name === split);
  if (!found) throw new EbmcError([report('EBM4014', { dataset: dataset.name, split, known })]);
  return found;
}

/** Every input of the model has to be a field of the data set, of the same shape and element type. */
export function requireInputs(model: LoadedModel, dataset: Dataset): void {
  const problems = model.inputs.flatMap((input): Diagnostic[] => {
    const shape = input.shape;
    const wanted = `${input.dtype}[${shape.join(', ')}]`;
    const field = dataset.fields.find(({ name }) => name === input.name);
    const slots = { dataset: dataset.name, input: input.name, wanted };
    if (!field) return [report('EBM4017', { ...slots, problem: 'has no field of that name' })];
    const { dtype, exampleShape } = fieldTypeInfo(field.type);
    const have = [model.batch, ...exampleShape(field.shape)];
    if (dtype === input.dtype && have.join() === shape.join()) return [];
    return [
      report('EBM4017', {
        ...slots,
        problem: `has it as ${fieldType(field)}, in batches ${dtype}[${have.join(', ')}]`,
      }),
    ];
  });
  if (problems.length > 0) throw new EbmcError(problems);
}

export function requireOneBatch(dataset: Dataset, split: SplitName, batch: number): void {
  const size = dataset.size(split);
  if (size < batch) throw new EbmcError([report('EBM4013', { dataset: dataset.name, split, size, batch })]);
}

/** `before epoch` takes each example of the data at most once. */
export function requireExamples(dataset: Dataset, split: SplitName, { epoch }: LoadedModel): void {
  const wanted = Math.max(0, ...Object.values(epoch?.wanted ?? {}));
  const size = dataset.size(split);
  if (size < wanted) throw new EbmcError([report('EBM4027', { dataset: dataset.name, split, size, wanted })]);
}

export interface ResumedRun {
  readonly settings: TrainDecl;
  readonly program: string;
  readonly batch: number;
  readonly stages: readonly Pick<Stage, 'dataset' | 'split'>[];
}

/** Throws where the run could not go on from the checkpoint; returns a warning where it goes on differently. */
export function compareWithCheckpoint(manifest: Manifest, now: ResumedRun): Diagnostic | undefined {
  const stages = manifest.order.stages ?? [manifest.order];
  const fixed: readonly (readonly [string, string | number, string | number])[] = [
    ['model', manifest.model, now.settings.model],
    ['batch', manifest.batch, now.batch],
    ['seed', manifest.seed, now.settings.seed],
    ['dataset', inTurn(stages.map((s) => s.dataset)), inTurn(now.stages.map((s) => s.dataset.name))],
    ['split', inTurn(stages.map((s) => s.split)), inTurn(now.stages.map((s) => s.split))],
    [
      'a data set of',
      `${inTurn(stages.map((s) => s.examples))} examples`,
      `${inTurn(now.stages.map((s) => s.dataset.size(s.split)))} examples`,
    ],
  ];
  for (const [setting, saved, current] of fixed) {
    if (saved !== current) {
      throw new EbmcError([report('EBM5010', { setting, saved: String(saved), now: String(current) })]);
    }
  }
  const changed = (['epochs', 'optimizer', 'schedule', 'statistics', 'precision'] as const).flatMap((name) => {
    const [saved, current] = [JSON.stringify(manifest.settings[name]), JSON.stringify(now.settings[name])];
    // Runs from before a setting was there have none of it.
    return saved === current || saved === undefined ? [] : [`${name} ${saved} is now ${current}`];
  });
  if (manifest.program !== now.program) changed.unshift('the program was compiled from another text');
  return changed.length > 0 ? report('EBM5013', { changed }) : undefined;
}

function inTurn(parts: readonly (string | number)[]): string {
  return parts.join(' then ');
}

export function savedSettings({ span: _, microBatch: _all, ...settings }: TrainDecl): SavedSettings {
  return settings;
}
