/** `compare A, B(parameter: [1, 2]) on data { … }`: who competes, with what each is trained, and how all are measured. */
import { nearest, report } from '../../diagnostics/index.js';
import type { CompareItem, Expr, Name, Setting, TrainItem } from '../../grammar/syntax-tree.js';
import type { CompareDecl, CompetitorDecl, SettingValue, VariantDecl } from '../declarations.js';
import { comparedMeasures, defaultRanking, isRanking, type MeasureName } from '../measure-names.js';
import {
  baselines,
  budgetUnits,
  defaults,
  evaluateSettings,
  ownCompareSettings,
  searches,
  sharedTrainSettings,
} from './setting-tables.js';
import { type SettingOverrides, type SettingsChecker, showSetting } from './settings.js';

type Call = Extract<SettingValue, { call: string }>;

/** Those that a command line may set too. */
export const compareSettings: readonly string[] = [...Object.keys(ownCompareSettings), ...sharedTrainSettings];

/** With errors in the checker's diagnostics, what it returns is good for finding more of them only. */
export function checkCompare(
  item: CompareItem,
  checker: SettingsChecker,
  overrides: SettingOverrides = {},
  /** Model → parameter → value, in place of what the item gives. */
  ofModels: Readonly<Record<string, SettingOverrides>> = {},
): CompareDecl {
  const competitors = item.competitors.flatMap((expr) => {
    const competitor = readCompetitor(expr, checker);
    return competitor
      ? [{ ...competitor, parameters: { ...competitor.parameters, ...ofModels[competitor.model.text] } }]
      : [];
  });
  const models = [...new Set(competitors.map(({ model }) => model.text))];
  const known = [...compareSettings, ...Object.keys(evaluateSettings), ...models];
  const given = new Map<string, Setting>();
  for (const setting of item.settings) {
    const { text, span } = setting.name;
    if (!known.includes(text)) checker.unknown('`compare`', text, known, span);
    else if (given.has(text)) checker.diagnostics.push(report('EBM2004', { name: text }, { span }));
    else given.set(text, setting);
  }
  for (const name of Object.keys(overrides)) {
    if (!compareSettings.includes(name.split('.')[0]!)) checker.unknown('`compare`', name, compareSettings, undefined);
  }
  const read = new OwnSettings(given, checker, overrides);
  const seeds = read.seeds();
  const budget = read.budget();
  const shared = [...given.values()].filter(({ name }) => sharedTrainSettings.includes(name.text));
  const sharedOverrides = Object.fromEntries(
    Object.entries(overrides).filter(([name]) => sharedTrainSettings.includes(name.split('.')[0]!)),
  );
  const declared: CompetitorDecl[] = [];
  for (const { model, parameters, span } of competitors) {
    const own = ownSettingsOf(given.get(model.text), checker);
    const settings = [...shared.filter(({ name }) => !own.some((o) => o.name.text === name.text)), ...own];
    for (const swept of product(listsIn(parameters))) {
      const fixed = { ...parameters, ...swept };
      const name = nameOf(model.text, fixed);
      const earlier = declared.find((other) => other.name === name);
      if (earlier) {
        const related = [{ span: earlier.span, message: 'the first' }];
        checker.diagnostics.push(report('EBM2004', { name }, { span, related }));
        continue;
      }
      const variants = variantsOf(model, fixed, settings, item, checker, sharedOverrides);
      declared.push({ name, model: model.text, modelSpan: model.span, variants, span });
    }
  }
  const evaluation = {
    kind: 'evaluate' as const,
    model: { text: '', span: item.span },
    dataset: item.dataset,
    settings: [...given.values()].filter(({ name }) => Object.hasOwn(evaluateSettings, name.text)),
    ...{ span: item.span, doc: item.doc },
  };
  const isStream = item.later.length > 0;
  const measured = checker.evaluate(
    evaluation,
    isStream ? [...comparedMeasures, 'forgetting'] : comparedMeasures,
    isStream,
  );
  const stages = stagesOf(item, checker.apart());
  const evaluate = { ...measured, dataset: read.probe() ?? stages.at(-1) };
  return {
    dataset: evaluate.dataset,
    stages,
    competitors: declared,
    seeds,
    budget,
    evaluate,
    ...read.ranking(evaluate.measures),
    baselines: read.baselines(),
    search: read.search(),
    validation: read.validation(),
    span: item.span,
  };
}

/** What it is trained on, in its order; what is wrong with it was said where a competitor's training was read. */
function stagesOf({ dataset, later, span, doc }: CompareItem, checker: SettingsChecker): string[] {
  const train = { kind: 'train', model: { text: '', span }, dataset, later, settings: [], span, doc } as const;
  const first = checker.train(train);
  return [first.dataset, ...first.later.map((stage) => stage.dataset)].flatMap((name) => name ?? []);
}

interface Competitor {
  readonly model: Name;
  readonly parameters: Readonly<Record<string, SettingValue>>;
  readonly span: Expr['span'];
}

function readCompetitor(expr: Expr, checker: SettingsChecker): Competitor | undefined {
  if (expr.kind === 'missing') return undefined;
  if (expr.kind === 'name') return { model: expr.name, parameters: {}, span: expr.span };
  if (expr.kind !== 'call' || expr.callee.kind !== 'name') {
    checker.outOfRange('what is compared', 'a model, such as `SimCLR` or `SimCLR(temperature: 0.2)`', expr.span);
    return undefined;
  }
  const parameters: Record<string, SettingValue> = {};
  for (const { name, value } of expr.args) {
    const setting = checker.value(value);
    const isNumber = (v: SettingValue) => typeof v === 'number';
    const numbers = Array.isArray(setting) ? setting : isTuned(setting) ? Object.values(setting.args) : [setting];
    if (!name) checker.outOfRange('a parameter', 'named: `Model(temperature: 0.2)`', value.span);
    else if (numbers.length === 0 || !numbers.every(isNumber))
      checker.outOfRange(name.text, 'a number, a list of numbers, or `tuned(0.1, 0.2)`', value.span);
    else parameters[name.text] = setting;
  }
  return { model: expr.callee.name, parameters, span: expr.span };
}

/** `MAE: train(batch: 256, optimizer: adamw(rate: 4e-3))`: what is different for one model, on purpose. */
function ownSettingsOf(setting: Setting | undefined, checker: SettingsChecker): Setting[] {
  if (!setting) return [];
  const { value } = setting;
  if (value.kind !== 'call' || value.callee.kind !== 'name' || value.callee.name.text !== 'train') {
    checker.outOfRange(setting.name.text, 'what is different for it: `train(batch: 256)`', value.span);
    return [];
  }
  return value.args.flatMap(({ name, value: inner }) => {
    if (name && sharedTrainSettings.includes(name.text)) return [{ name, value: inner, span: inner.span }];
    checker.unknown('`train` in `compare`', name?.text ?? 'a value without a name', sharedTrainSettings, inner.span);
    return [];
  });
}

function variantsOf(
  model: Name,
  parameters: Readonly<Record<string, SettingValue>>,
  settings: readonly Setting[],
  item: CompareItem,
  checker: SettingsChecker,
  overrides: SettingOverrides,
): VariantDecl[] {
  const values = Object.fromEntries(settings.map(({ name, value }) => [name.text, checker.value(value)]));
  const ofModel = tunedIn(parameters);
  const ofTraining = Object.fromEntries(
    Object.entries(tunedIn(values)).filter(([path]) => !(path in overrides) && !(path.split('.')[0]! in overrides)),
  );
  const train: TrainItem = {
    kind: 'train',
    model,
    dataset: item.dataset,
    later: item.later,
    settings,
    span: item.span,
    doc: item.doc,
  };
  const variants: VariantDecl[] = [];
  for (const chosenModel of product(ofModel)) {
    for (const chosen of product(ofTraining)) {
      // What is wrong in one variant is wrong in all: said once.
      const scratch = variants.length > 0 ? checker.apart() : checker;
      variants.push({
        chosen: { ...chosenModel, ...chosen },
        parameters: { ...parameters, ...chosenModel } as Record<string, number>,
        train: scratch.train(train, { ...overrides, ...chosen }),
      });
    }
  }
  return variants;
}

function isCall(value: SettingValue): value is Call {
  return typeof value === 'object' && 'call' in value;
}

function isTuned(value: SettingValue): value is Call {
  return isCall(value) && value.call === 'tuned';
}

/** Path → the numbers among which tuning chooses: `optimizer.rate` → [0.001, 0.004]. */
function tunedIn(values: Readonly<Record<string, SettingValue>>): Record<string, readonly number[]> {
  const found: Record<string, readonly number[]> = {};
  for (const [name, value] of Object.entries(values)) {
    if (isTuned(value)) found[name] = numbersOf(value);
    else if (isCall(value))
      for (const [inner, argument] of Object.entries(value.args))
        if (isTuned(argument)) found[`${name}.${inner}`] = numbersOf(argument);
  }
  return found;
}

function numbersOf({ args }: Call): number[] {
  return Object.values(args).filter((value): value is number => typeof value === 'number');
}

function listsIn(parameters: Readonly<Record<string, SettingValue>>): Record<string, readonly number[]> {
  return Object.fromEntries(
    Object.entries(parameters).flatMap(([name, value]) => (Array.isArray(value) ? [[name, value as number[]]] : [])),
  );
}

/** Every way to choose one number of each list; one empty way where there are none. */
function product(lists: Readonly<Record<string, readonly number[]>>): Readonly<Record<string, number>>[] {
  return Object.entries(lists).reduce<Readonly<Record<string, number>>[]>(
    (ways, [name, numbers]) => ways.flatMap((way) => numbers.map((value) => ({ ...way, [name]: value }))),
    [{}],
  );
}

/** Tells competitors of one model apart by what they are given; what is tuned is not known yet. */
function nameOf(model: string, parameters: Readonly<Record<string, SettingValue>>): string {
  const given = Object.entries(parameters).filter(([, value]) => typeof value === 'number');
  const shown = given.map(([name, value]) => `${name} ${value}`);
  return shown.length === 0 ? model : `${model} (${shown.join(', ')})`;
}

class OwnSettings {
  constructor(
    private readonly given: ReadonlyMap<string, Setting>,
    private readonly checker: SettingsChecker,
    private readonly overrides: SettingOverrides,
  ) {}

  seeds(): number[] {
    const value = this.value('seeds') ?? defaults.seeds;
    const isSeed = (n: SettingValue): n is number =>
      typeof n === 'number' && Number.isInteger(n) && n >= 0 && n < 2 ** 32;
    if (Array.isArray(value) && value.length > 0 && value.every(isSeed) && new Set(value).size === value.length)
      return value as number[];
    if (isSeed(value) && value >= 1 && value <= 1000) return Array.from({ length: value }, (_, i) => i);
    this.wrong('seeds', 'how many (3 are seeds 0, 1 and 2) or a list of different seeds');
    return [0];
  }

  budget(): CompareDecl['budget'] {
    const named = budgetUnits.filter((unit) => this.value(unit) !== undefined);
    // A budget of the command line takes the place of the file's.
    const unit = named.find((name) => name in this.overrides) ?? named[0] ?? 'epochs';
    if (named.length > 1 && !named.some((name) => name in this.overrides)) {
      const span = this.given.get(named[1]!)?.span;
      this.checker.diagnostics.push(report('EBM2071', { units: named, known: budgetUnits }, { span }));
    }
    const amount = this.value(unit) ?? defaults.epochs;
    if (typeof amount === 'number' && amount > 0) return { unit, amount };
    this.wrong(unit, 'a number above 0');
    return { unit, amount: 1 };
  }

  probe(): string | undefined {
    const value = this.value('probe');
    if (value === undefined || typeof value === 'string') return value;
    this.wrong('probe', 'a data set');
    return undefined;
  }

  ranking(measures: readonly MeasureName[]): Pick<CompareDecl, 'rankedBy' | 'tunedBy'> {
    const value = this.value('ranked_by');
    if (value === undefined) return { rankedBy: defaultRanking(measures), tunedBy: undefined };
    const able = measures.filter(isRanking);
    const found = able.find((name) => name === value);
    if (!found)
      this.wrong('ranked_by', `one of the \`measures\` with a better side (${able.join(', ') || 'none of them'})`);
    return { rankedBy: found, tunedBy: found };
  }

  baselines(): CompareDecl['baselines'] {
    const value = this.value('baselines') ?? baselines;
    const names = Array.isArray(value) ? value : [value];
    for (const name of names) {
      if (baselines.some((known) => known === name)) continue;
      const [given, span] = [String(name), this.given.get('baselines')?.value.span];
      const slots = { what: '`baselines`', name: given, suggestion: nearest(given, baselines) };
      this.checker.diagnostics.push(report('EBM2050', { ...slots, known: baselines.join(', ') }, { span }));
    }
    return baselines.filter((name) => names.includes(name));
  }

  search(): CompareDecl['search'] {
    const value = this.value('search') ?? defaults.search;
    const call = typeof value === 'string' ? { call: value, args: {} } : value;
    if (isCall(call) && Object.hasOwn(searches, call.call)) {
      const name = call.call as CompareDecl['search']['name'];
      const factor = call.args['factor'] ?? call.args['0'] ?? searches[name]['factor'];
      if (name === 'grid') return { name, factor: 1 };
      if (typeof factor === 'number' && Number.isInteger(factor) && factor >= 2) return { name, factor };
    }
    this.wrong('search', '`grid` (each setting is trained to the end) or `halving(factor: 2)`');
    return { name: defaults.search, factor: 1 };
  }

  validation(): number {
    const value = this.value('validation') ?? defaults.validation;
    if (typeof value === 'number' && value > 0 && value < 1) return value;
    this.wrong('validation', 'the share of the training examples that settings are chosen on, such as 10%');
    return defaults.validation;
  }

  private value(name: string): SettingValue | undefined {
    if (name in this.overrides) return this.overrides[name];
    const setting = this.given.get(name);
    return setting && this.checker.value(setting.value);
  }

  private wrong(name: string, expected: string): void {
    const span = name in this.overrides ? undefined : this.given.get(name)?.value.span;
    const value = this.value(name);
    const actual = value === undefined ? 'this' : showSetting(value);
    this.checker.diagnostics.push(report('EBM2051', { name, expected, actual }, { span }));
  }
}
