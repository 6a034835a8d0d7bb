/** The compiler as values: sources in, diagnostics and artefacts out. Nothing here touches files. */
import { type Diagnostic, nearest, type Related, report } from '../diagnostics/index.js';
import { parseModule } from '../grammar/index.js';
import type { Source, Span } from '../grammar/source.js';
import type { CompareItem, EvaluateItem, Expr, Module } from '../grammar/syntax-tree.js';
import { analyseCollapse, collapseCodeOf } from './analyse/collapse.js';
import { freeOutputs } from './analyse/free-outputs.js';
import { findLeaks } from './analyse/leak.js';
import { checkCompare } from './check/compare.js';
import { typeVariant } from './check/competitors.js';
import { checkDataset } from './check/dataset.js';
import { Elaborator } from './check/elaborator.js';
import { elaborateModel, type Overrides } from './check/model.js';
import { findUnusedImports, Modules } from './check/modules.js';
import { namedModels } from './check/named-models.js';
import { type SettingOverrides, SettingsChecker } from './check/settings.js';
import { ownerOf, type TypedModel, unnamedOwner } from './check/typed-model.js';
import type { CompareDecl, DatasetDecl, EvaluateDecl, TrainDecl } from './declarations.js';
import { fieldTypeInfo } from './field-types.js';
import { showShape } from './graph/dim.js';
import { hasShortRange } from './graph/ops/narrow.js';
import type { Program } from './graph/types.js';
import { lowerModel } from './lower/index.js';
import { stagedMeasures } from './measure-names.js';
import { optimizeForward, type TargetName } from './optimize/index.js';

/** Finds the text behind `use std.vision { ... }`; undefined where there is none. */
export interface Library {
  find(path: readonly string[]): Source | undefined;
  /** All module paths, for suggestions. */
  list(): readonly string[];
}

/** Settings from outside the file: `--set train.epochs=5`, `--set Model.temperature=0.2`. */
export interface CheckOptions {
  readonly train?: SettingOverrides;
  /** `--set compare.epochs=1`. */
  readonly compare?: SettingOverrides;
  /** Model name → parameter → value. */
  readonly models?: Readonly<Record<string, Overrides>>;
  /** Codes of the collapse analysis (3xxx) that are only warned about: collapse can be studied on purpose. */
  readonly allow?: readonly string[];
  /** False: what was analysed before is not analysed again. */
  readonly analyses?: boolean;
}

export interface CheckedFile {
  readonly module: Module;
  readonly diagnostics: readonly Diagnostic[];
  readonly models: readonly TypedModel[];
  /** Model → what keeps its representation from becoming constant, as a sentence. */
  readonly reasons: Readonly<Record<string, string>>;
  /** Model → the code that says that its objective may collapse. */
  readonly reported: Readonly<Record<string, string>>;
  /** Models in the file, those with errors too. */
  readonly modelNames: readonly string[];
  readonly datasets: readonly DatasetDecl[];
  readonly trains: readonly TrainDecl[];
  readonly evaluates: readonly EvaluateDecl[];
  /** What the file compares; undefined too where that has errors. */
  readonly compare: CompareDecl | undefined;
}

const nameCodes: ReadonlySet<string> = new Set(['EBM2001', 'EBM2003', 'EBM2040', 'EBM2041']);

/** Batch size of the check where the file has no `train` for a model. */
const defaultBatch = 128;

/** Everything that can be said about a file before it runs. Diagnostics are in the order of the text. */
export function checkFile(source: Source, library: Library, options: CheckOptions = {}): CheckedFile {
  const parsed = parseModule(source);
  const { module } = parsed;
  const diagnostics: Diagnostic[] = [...parsed.diagnostics];
  if (module.items.length === 0 && diagnostics.length === 0) {
    diagnostics.push(report('EBM2060', { path: source.path }, { span: { source, start: 0, end: 0 } }));
  }
  const settings = new SettingsChecker(diagnostics);
  const trains = module.items.flatMap((item) => (item.kind === 'train' ? [settings.train(item, options.train)] : []));
  const isStaged = (model: string) => trains.some((train) => train.model === model && train.later.length > 0);
  const evaluates = module.items.flatMap((item) => {
    if (item.kind !== 'evaluate') return [];
    const staged = isStaged(item.model.text);
    return [settings.evaluate(item, staged ? stagedMeasures : undefined, staged)];
  });
  const datasets = module.items.flatMap((item) =>
    item.kind === 'dataset' ? (checkDataset(item, settings) ?? []) : [],
  );
  const models: TypedModel[] = [];
  const modelNames: string[] = [];
  const reasons: Record<string, string> = {};
  const reported: Record<string, string> = {};
  // A fresh elaborator a model: names of states and axes are its own. Without a model, the definitions' names are still checked.
  for (const { text: name, span } of namedModels(module)) {
    const batch = trains.find((t) => t.model === name)?.batch ?? batchOf(options);
    const e = new Elaborator(batch, source.path);
    const value = new Modules(e, library).scopeOf(module).own(name)?.value;
    const isModel = value?.kind === 'model';
    if (isModel || value?.kind === 'missing') modelNames.push(name);
    const model = isModel ? elaborateModel(e, value.item, value.scope, options.models?.[name], span) : undefined;
    if (model) {
      models.push(model);
      if (!e.hasErrors && options.analyses !== false) {
        const analysis = analyseCollapse(model);
        for (const d of [...analysis.diagnostics, ...findLeaks(model)]) e.add(allowed(d, options.allow ?? []));
        if (analysis.reason) reasons[model.name] = analysis.reason;
        const said = collapseCodeOf(analysis);
        if (said) reported[model.name] = said;
      }
    }
    diagnostics.push(...e.diagnostics);
  }
  if (modelNames.length === 0) {
    const e = new Elaborator(defaultBatch, source.path);
    new Modules(e, library).scopeOf(module);
    diagnostics.push(...e.diagnostics);
  }
  for (const { model: name, microBatch, span } of trains) {
    const model = models.find((m) => m.name === name);
    if (model && microBatch !== undefined && model.groups.length > 1)
      diagnostics.push(report('EBM2047', { model: name }, { span, related: groupPlaces(model) }));
  }
  checkReferences(module, modelNames, datasets, models, diagnostics);
  const compare = checkComparison(module, library, settings, datasets, options);
  const isWrong = diagnostics.some((d) => d.severity === 'error');
  // A name that is misspelt where it is used is said there.
  if (!isWrong) diagnostics.push(...findUnusedImports(module));
  // What a syntax error has swallowed is not there: names that are unknown for that reason would only distract.
  const isBroken = parsed.diagnostics.some((d) => d.severity === 'error');
  const told = isBroken ? diagnostics.filter((d) => !nameCodes.has(d.code)) : diagnostics;
  return {
    module,
    diagnostics: inTextOrder(told),
    models: isBroken ? [] : models,
    reasons,
    reported,
    modelNames,
    datasets,
    trains,
    evaluates,
    compare: isBroken ? undefined : compare,
  };
}

function groupPlaces({ groups }: TypedModel): Related[] {
  return groups.map(({ span }) => ({ span, message: 'a group of terms' }));
}

function batchOf({ train }: CheckOptions): number {
  return typeof train?.['batch'] === 'number' ? train['batch'] : defaultBatch;
}

function allowed(diagnostic: Diagnostic, allow: readonly string[]): Diagnostic {
  return allow.includes(diagnostic.code) ? { ...diagnostic, severity: 'warning' } : diagnostic;
}

/** `compare`: its settings, each competitor as first trained, and the data set that all share. */
function checkComparison(
  module: Module,
  library: Library,
  settings: SettingsChecker,
  datasets: readonly DatasetDecl[],
  options: CheckOptions,
): CompareDecl | undefined {
  const { diagnostics } = settings;
  const before = diagnostics.length;
  const items = module.items.filter((item): item is CompareItem => item.kind === 'compare');
  for (const other of items.slice(1)) {
    const what = other.competitors.flatMap((c) => (c.kind === 'name' ? [c.name.text] : [])).join(', ');
    diagnostics.push(
      report('EBM2073', { what }, { span: other.span, related: [{ span: items[0]!.span, message: 'the first' }] }),
    );
  }
  const item = items[0];
  if (!item) return undefined;
  const decl = checkCompare(item, settings, options.compare, options.models);
  const analysed = new Set<string>();
  for (const competitor of decl.competitors) {
    const typed = typeVariant(module, library, competitor, competitor.variants[0]!);
    const found = [...typed.diagnostics];
    if (typed.model) {
      if (options.analyses !== false && !analysed.has(competitor.model)) {
        const analysis = analyseCollapse(typed.model);
        const said = [...analysis.diagnostics, ...findLeaks(typed.model)];
        found.push(...said.map((d) => allowed(d, options.allow ?? [])));
      }
      analysed.add(competitor.model);
      const places = [item.dataset, ...item.later, ...namedBy(item, 'probe'), ...namedBy(item, 'transfer')];
      checkPlaces(places, typed.model, datasets, found);
      if (item.later.length === 0) checkStages(typed.model, competitor.span, found);
    }
    diagnostics.push(...found);
  }
  const isWrong = diagnostics.slice(before).some(({ severity }) => severity === 'error');
  return isWrong || decl.competitors.length === 0 ? undefined : decl;
}

/** `train` and `evaluate` name a model and a data set of the file, whose fields fit. */
function checkReferences(
  module: Module,
  modelNames: readonly string[],
  datasets: readonly DatasetDecl[],
  models: readonly TypedModel[],
  diagnostics: Diagnostic[],
): void {
  for (const item of module.items) {
    if (item.kind !== 'train' && item.kind !== 'evaluate') continue;
    if (!modelNames.includes(item.model.text)) {
      const suggestion = nearest(item.model.text, modelNames);
      diagnostics.push(report('EBM2001', { name: item.model.text, suggestion }, { span: item.model.span }));
    }
    const model = models.find((m) => m.name === item.model.text);
    const places = item.kind === 'train' ? [item.dataset, ...item.later] : [item.dataset, ...namedBy(item, 'transfer')];
    checkPlaces(places, model, datasets, diagnostics);
    if (item.kind === 'train' && item.later.length === 0 && model) checkStages(model, item.span, diagnostics);
  }
}

/** What asks for the stage before, or which stage it is, has no use where there is one. */
function checkStages({ name: model, states, span }: TypedModel, trained: Span, diagnostics: Diagnostic[]): void {
  const frozen = states.find(({ copy }) => copy?.follows.kind === 'start' && copy.follows.of === 'stage');
  const name =
    frozen && (ownerOf(frozen.name) === unnamedOwner ? `frozen(${frozen.copy?.source})` : ownerOf(frozen.name));
  const asks = name ? `\`${name}\`` : states.some(({ role }) => role === 'stage') && '`stage()`';
  if (!asks) return;
  const related = [{ span, message: 'the model' }];
  diagnostics.push(report('EBM2080', { model, asks, isCopy: frozen !== undefined }, { span: trained, related }));
}

/** `digits` or `digits.train` are data sets of the file, whose fields fit the model. */
function checkPlaces(
  places: readonly (Expr | undefined)[],
  model: TypedModel | undefined,
  datasets: readonly DatasetDecl[],
  diagnostics: Diagnostic[],
): void {
  for (const place of places) {
    const name = place?.kind === 'member' ? place.subject : place;
    if (name?.kind !== 'name') continue;
    const dataset = datasets.find((d) => d.name === name.name.text);
    if (dataset) checkFields(model, dataset, name.span, diagnostics);
    else {
      const known = datasets.map((d) => d.name);
      const suggestion = nearest(name.name.text, known);
      diagnostics.push(report('EBM2001', { name: name.name.text, suggestion }, { span: name.span }));
    }
  }
}

/** The data sets that a setting such as `transfer: [a, b]` names. */
function namedBy({ settings }: EvaluateItem | CompareItem, setting: string): readonly Expr[] {
  const value = settings.find(({ name }) => name.text === setting)?.value;
  return value?.kind === 'list' ? value.items : value ? [value] : [];
}

/** What the model takes is what the data set has. */
function checkFields(model: TypedModel | undefined, dataset: DatasetDecl, span: Span, diagnostics: Diagnostic[]): void {
  for (const input of model?.inputs ?? []) {
    const field = dataset.fields.find((f) => f.name === input.name);
    const shape = field && fieldTypeInfo(field.type).exampleShape(field.shape);
    const actual = field ? `\`${field.name}: ${field.type}${showShape(field.shape)}\`` : `no field \`${input.name}\``;
    const { below } = field ? fieldTypeInfo(field.type) : {};
    const fits = below === undefined || input.below === undefined || field!.shape[below]! <= input.below;
    if (shape && fits && showShape(shape) === showShape(input.type.shape)) continue;
    const related = [
      { span: input.span, message: 'declared here' },
      { span: field?.span ?? dataset.span, message: 'the data set' },
    ];
    const slots = { what: model!.name, field: input.name, expected: input.declared, actual };
    diagnostics.push(report('EBM2052', slots, { span, related }));
  }
}

function inTextOrder(diagnostics: readonly Diagnostic[]): Diagnostic[] {
  const seen = new Set<string>();
  const unique = diagnostics.filter((d) => {
    const key = `${d.code} ${d.span?.source.path} ${d.span?.start} ${d.message}`;
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
  return unique.sort((a, b) => (a.span?.start ?? -1) - (b.span?.start ?? -1));
}

/** What of a `train` item a step depends on. */
export type StepSettings = Pick<TrainDecl, 'optimizer'> &
  Partial<Pick<TrainDecl, 'microBatch' | 'statistics' | 'precision'>> & {
    /** Whether steps give `gradientProduct`s of their terms besides. */
    readonly comparesTerms?: boolean;
    /** Whether steps say besides how much the outputs that the terms compare differ from example to example: `outputGauges`. */
    readonly watchesOutputs?: boolean;
  };

/** The program of a model that was checked without errors, at its batch size, with its training step, as a target wants it. */
export function compileModel(model: TypedModel, train: StepSettings, target: TargetName = 'tfjs'): Program {
  const { microBatch, statistics = 'whole', precision = 'float32' } = train;
  const scalesLoss = hasShortRange(precision);
  const program = lowerModel(model, train.optimizer, {
    forward: (b, outputs) => optimizeForward(b, outputs, target),
    finish: (graph) => graph,
    // One call a view lets the native kernels normalise each view's batch in one go.
    mergesViews: target !== 'tensorflow',
    // The operation in place cannot be left out of a step.
    fusesOptimizer: target === 'tensorflow' && !scalesLoss,
    scalesLoss,
    comparesTerms: train.comparesTerms,
    watched: train.watchesOutputs ? freeOutputs(model).outputs.map(({ node }) => node) : undefined,
    micro: microBatch === undefined ? undefined : { size: microBatch, wholeStatistics: statistics === 'whole' },
  });
  return { ...program, precision };
}

export { checkGradient, type GradientCheckOptions } from './analyse/check-gradient.js';
export { analyseCollapse, type CollapseAnalysis, collapseCodeOf, plateaus, termsApart } from './analyse/collapse.js';
export { costOfModel, costOfStep } from './analyse/cost.js';
export { builtinGroups } from './check/builtins/index.js';
export { compareSettings } from './check/compare.js';
export { typeVariant } from './check/competitors.js';
export { selectionDocs } from './check/dataset.js';
export { namedModels } from './check/named-models.js';
export {
  comparedSettings,
  defaults,
  evaluateSettings,
  optimizers,
  ownCompareSettings,
  rateSettings,
  type SettingInfo,
  scheduleDocs,
  schedules,
  settingWords,
  sharedTrainSettings,
  trainSettings,
} from './check/setting-tables.js';
export { defaultOptimizer, showSetting } from './check/settings.js';
export { printRepresentation, printTypedModel, type TypedModel } from './check/typed-model.js';
export { fieldTypes } from './field-types.js';
export { encoderParameters, gradientProduct } from './lower/term-gradients.js';

export {
  comparedMeasures,
  defaultMeasures,
  type MeasureName,
  measureNames,
  type RankingMeasure,
  rankingMeasures,
  stagedMeasures,
} from './measure-names.js';

export { optimizeProgram, spellOutProgram, stepMemory, type TargetName } from './optimize/index.js';
export { headName, type SupervisedLabel, superviseModel } from './supervise.js';
export type { Program };
