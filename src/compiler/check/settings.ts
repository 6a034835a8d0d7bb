/** `train` and `evaluate`: plain settings, checked against closed lists, with defaults filled in. */

import type { Diagnostic } from '../../diagnostics/index.js';
import { nearest, report } from '../../diagnostics/index.js';
import type { Span } from '../../grammar/source.js';
import type { EvaluateItem, Expr, Name, Setting, TrainItem } from '../../grammar/syntax-tree.js';
import type { EvaluateDecl, SettingValue, TrainDecl } from '../declarations.js';
import { defaultMeasures, type MeasureName, measureNames } from '../measure-names.js';
import {
  defaults,
  evaluateSettings,
  optimizers,
  precisions,
  schedules,
  statistics,
  trainSettings,
} from './setting-tables.js';

/** `--set train.epochs=5`: setting → value. */
export type SettingOverrides = Readonly<Record<string, SettingValue>>;

/** What every data set may have; whether it does is seen when it is opened. */
const splits: readonly string[] = ['train', 'test'];

/** What settings and optimizers are called by other tools. */
const elsewhere: Readonly<Record<string, string>> = {
  adam: 'adamw',
  batch_size: 'batch',
  epsilon: 'eps',
  k: 'knn',
  learning_rate: 'rate',
  lr: 'rate',
  lr_scheduler: 'schedule',
  max_epochs: 'epochs',
  n_epochs: 'epochs',
  num_epochs: 'epochs',
  random_state: 'seed',
  scheduler: 'schedule',
  warmup_epochs: 'warmup',
  weight_decay: 'decay',
};

type Numbers = Readonly<Record<string, number>>;

/** What a model without a `train` item is compiled with. */
export const defaultOptimizer: TrainDecl['optimizer'] = {
  name: defaults.optimizer,
  settings: optimizers[defaults.optimizer],
};

export class SettingsChecker {
  constructor(readonly diagnostics: Diagnostic[]) {}

  /** One that keeps what it finds to itself. */
  apart(): SettingsChecker {
    return new SettingsChecker([]);
  }

  train(item: TrainItem, overrides: SettingOverrides = {}): TrainDecl {
    const settings = this.settings('`train`', item.settings, Object.keys(trainSettings), overrides);
    const optimizer = this.choice('optimizer', settings.get('optimizer'), optimizers, defaults.optimizer, item.span);
    const schedule = this.choice('schedule', settings.get('schedule'), schedules, defaults.schedule, item.span);
    const batch = this.number(
      settings,
      'batch',
      defaults.batch,
      'a whole number of at least 2',
      (n) => Number.isInteger(n) && n >= 2,
    );
    const microBatch = settings.has('micro_batch')
      ? this.number(
          settings,
          'micro_batch',
          batch,
          `a whole number that divides the batch of ${batch}`,
          (n) => Number.isInteger(n) && n >= 1 && batch % n === 0,
        )
      : undefined;
    return {
      model: item.model.text,
      ...this.dataPlace(item.dataset),
      later: item.later.flatMap((place) => {
        const { dataset, split } = this.dataPlace(place, 'then');
        return dataset === undefined ? [] : [{ dataset, split }];
      }),
      epochs: this.number(settings, 'epochs', defaults.epochs, 'a number above 0', (n) => n > 0),
      batch,
      microBatch: microBatch === batch ? undefined : microBatch,
      precision: this.choice('precision', settings.get('precision'), precisions, defaults.precision, item.span).name,
      statistics: this.choice('statistics', settings.get('statistics'), statistics, defaults.statistics, item.span)
        .name,
      seed: this.number(
        settings,
        'seed',
        0,
        'a whole number from 0 to 2^32 - 1',
        (n) => Number.isInteger(n) && n >= 0 && n < 2 ** 32,
      ),
      optimizer,
      schedule,
      span: item.span,
    };
  }

  evaluate(
    item: EvaluateItem,
    measures: readonly MeasureName[] = defaultMeasures,
    /** Whether what is measured is trained in several stages. */
    isStaged = false,
  ): EvaluateDecl {
    const settings = this.settings('`evaluate`', item.settings, Object.keys(evaluateSettings), {});
    const given = settings.get('labels');
    const labels = given
      ? Array.isArray(given.value)
        ? given.value.map(Number)
        : [Number(given.value)]
      : defaults.labels;
    if (given && labels.some((l) => !(l > 0 && l <= 1)))
      this.outOfRange('labels', 'a list of fractions such as [1%, 100%]', given.span);
    const transfers = names(settings.get('transfer')?.value);
    const wanted = this.measures(settings.get('measures'), measures);
    const lacking = [
      ...(isStaged
        ? []
        : [['forgetting', 'one stage of training', 'train on several data sets in turn: `on early then late`']]),
      ...(transfers.length > 0 ? [] : [['transfer', 'no data set to transfer to', 'name one: `transfer: other`']]),
    ] as const;
    for (const [measure, lacks, remedy] of lacking)
      if (wanted.some((name) => name === measure))
        this.diagnostics.push(
          report(
            'EBM2074',
            { measure: measure!, lacks: lacks!, remedy: remedy! },
            { span: settings.get('measures')?.span },
          ),
        );
    return {
      model: item.model.text,
      dataset: this.dataPlace(item.dataset).dataset,
      neighbours: this.number(
        settings,
        'knn',
        defaults.knn,
        'a whole number above 0',
        (n) => Number.isInteger(n) && n > 0,
      ),
      labels,
      measures: wanted,
      transfers,
      span: item.span,
    };
  }

  private measures(
    setting: { value: SettingValue; span: Span | undefined } | undefined,
    otherwise: readonly MeasureName[],
  ): readonly MeasureName[] {
    if (setting === undefined) return otherwise;
    const { value: given, span } = setting;
    const known: readonly string[] = measureNames;
    const wanted = names(given);
    if (wanted.length === 0) this.outOfRange('measures', `a list such as [${defaultMeasures.join(', ')}]`, span);
    for (const name of wanted) if (!known.includes(name)) this.unknown('`measures`', name, known, span);
    return [...new Set(wanted)].filter((name) => known.includes(name)) as MeasureName[];
  }

  private dataPlace(
    expr: Expr | undefined,
    word: 'on' | 'then' = 'on',
  ): { dataset: string | undefined; split: string | undefined } {
    if (expr?.kind === 'name') return { dataset: expr.name.text, split: undefined };
    if (expr?.kind === 'member' && expr.subject.kind === 'name')
      return { dataset: expr.subject.name.text, split: this.split(expr.subject.name.text, expr.member) };
    if (expr && expr.kind !== 'missing')
      this.outOfRange(
        word,
        'a data set or a split of one, such as `digits.train` (several in turn: `a then b`)',
        expr.span,
      );
    return { dataset: undefined, split: undefined };
  }

  private split(dataset: string, { text, span }: Name): string {
    if (!splits.includes(text))
      this.diagnostics.push(report('EBM4014', { dataset, split: text, known: splits }, { span }));
    return text;
  }

  private settings(
    what: string,
    given: readonly Setting[],
    known: readonly string[],
    overrides: SettingOverrides,
  ): Map<string, { value: SettingValue; span: Span | undefined }> {
    const result = new Map<string, { value: SettingValue; span: Span | undefined }>();
    for (const setting of given) {
      const name = setting.name.text;
      if (!known.includes(name)) this.unknown(what, name, known, setting.name.span);
      else if (result.has(name)) this.diagnostics.push(report('EBM2004', { name }, { span: setting.name.span }));
      // What is missing was reported when it was read.
      else if (setting.value.kind !== 'missing')
        result.set(name, { value: this.value(setting.value), span: setting.value.span });
    }
    for (const [path, value] of Object.entries(overrides)) {
      const [name, inner] = path.split('.') as [string, string | undefined];
      if (!known.includes(name)) {
        this.unknown(what, name, known, undefined);
        continue;
      }
      const before = result.get(name);
      const whole = before?.value;
      // `--set train.optimizer.rate=0.1` changes one argument of the call that is there.
      if (inner && typeof whole === 'object' && 'call' in whole) {
        result.set(name, { value: { ...whole, args: { ...whole.args, [inner]: value } }, span: before?.span });
      } else result.set(name, { value, span: undefined });
    }
    return result;
  }

  private choice<N extends string>(
    what: string,
    given: { value: SettingValue; span: Span | undefined } | undefined,
    table: Readonly<Record<N, Numbers>>,
    otherwise: N,
    span: Span,
  ): { name: N; settings: Numbers } {
    if (!given) return { name: otherwise, settings: table[otherwise] };
    const { value } = given;
    const call = typeof value === 'string' ? { call: value, args: {} } : value;
    if (typeof call !== 'object' || !('call' in call)) {
      this.outOfRange(what, `a call such as \`${otherwise}()\``, given.span ?? span);
      return { name: otherwise, settings: table[otherwise] };
    }
    if (!Object.hasOwn(table, call.call)) {
      this.unknown(what, call.call, Object.keys(table), given.span ?? span);
      return { name: otherwise, settings: table[otherwise] };
    }
    const name = call.call as N;
    const settings: Record<string, number> = { ...table[name] };
    const names = Object.keys(settings);
    for (const [key, argument] of Object.entries(call.args)) {
      const setting = /^\d+$/.test(key) ? names[Number(key)] : key;
      if (setting === undefined || !names.includes(setting))
        this.unknown(`${what} \`${name}\``, key, names, given.span ?? span);
      else if (typeof argument !== 'number' || !(argument >= 0))
        this.outOfRange(setting, 'a number of at least 0', given.span ?? span);
      else settings[setting] = argument;
    }
    return { name, settings };
  }

  private number(
    settings: ReadonlyMap<string, { value: SettingValue; span: Span | undefined }>,
    name: string,
    otherwise: number,
    expected: string,
    fits: (n: number) => boolean,
  ): number {
    const given = settings.get(name);
    if (!given) return otherwise;
    if (typeof given.value === 'number' && fits(given.value)) return given.value;
    if (given.span) this.outOfRange(name, expected, given.span);
    else this.diagnostics.push(report('EBM2051', { name, expected, actual: showSetting(given.value) }));
    return otherwise;
  }

  unknown(what: string, name: string, known: readonly string[], span: Span | undefined): void {
    const meant = elsewhere[name.toLowerCase()];
    const suggestion = meant !== undefined && known.includes(meant) ? meant : nearest(name, known);
    this.diagnostics.push(report('EBM2050', { what, name, suggestion, known: known.join(', ') }, { span }));
  }

  outOfRange(name: string, expected: string, span: Span | undefined): void {
    const actual = span ? span.source.text.slice(span.start, span.end) : 'this';
    this.diagnostics.push(report('EBM2051', { name, expected, actual }, { span }));
  }

  /** Settings are literal: numbers, strings, lists, calls, bare names. */
  value(expr: Expr): SettingValue {
    switch (expr.kind) {
      case 'number':
        return expr.value;
      case 'string':
        return expr.value;
      case 'bool':
        return expr.value;
      case 'name':
        return expr.name.text;
      case 'list':
        return expr.items.map((item) => this.value(item));
      case 'unary': {
        const operand = this.value(expr.operand);
        return typeof operand === 'number' ? -operand : operand;
      }
      case 'call': {
        const args: Record<string, SettingValue> = {};
        for (const [k, argument] of expr.args.entries())
          args[argument.name?.text ?? `${k}`] = this.value(argument.value);
        return { call: expr.callee.kind === 'name' ? expr.callee.name.text : '', args };
      }
      case 'missing':
        return 0;
      default:
        this.outOfRange('a setting', 'a literal value', expr.span);
        return 0;
    }
  }
}

/** `knn` or `[knn, rankme]`: what a setting names; other values as they are written. */
function names(value: SettingValue | undefined): readonly string[] {
  if (value === undefined) return [];
  return (Array.isArray(value) ? value : [value]).map(showSetting);
}

export function showSetting(value: SettingValue): string {
  if (typeof value === 'object' && 'call' in value) {
    return `${value.call}(${Object.entries(value.args)
      .map(([k, v]) => (/^\d+$/.test(k) ? showSetting(v) : `${k}: ${showSetting(v)}`))
      .join(', ')})`;
  }
  return Array.isArray(value) ? `[${value.map(showSetting).join(', ')}]` : String(value);
}
