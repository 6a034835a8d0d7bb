/** `--set train.epochs=5 --set SimCLR.temperature=0.2`, `--epochs`, `--seed`, `--batch` and `--micro-batch` as what the checker takes. */

import type { CheckOptions } from '../compiler/index.js';
import { compareSettings, settingWords } from '../compiler/index.js';
import { EbmcError, nearest, report } from '../diagnostics/index.js';
import type { OptionValues } from './command.js';

/** What may be set of the item that a command carries out. */
const itemSettings = {
  train: [
    'epochs',
    'batch',
    'micro_batch',
    'seed',
    'precision',
    'statistics',
    ...['optimizer', 'optimizer.NAME', 'schedule', 'schedule.NAME'],
  ],
  compare: compareSettings.flatMap((name) =>
    name === 'optimizer' || name === 'schedule' ? [name, `${name}.NAME`] : canBeGiven(name) ? [name] : [],
  ),
} as const;
export type ItemName = keyof typeof itemSettings;

/** `--set` gives a number or a word, not a list or a call. */
function canBeGiven(setting: string): boolean {
  return !['baselines', 'search'].includes(setting);
}

type Models = Record<string, Record<string, number>>;

export function overridesFrom(
  options: OptionValues,
  models: readonly string[],
  item: ItemName = 'train',
): CheckOptions {
  const own: Record<string, number | string> = {};
  const ofModels: Models = {};
  for (const name of ['epochs', 'batch', 'seed', 'seeds']) {
    const value = options.number(name);
    if (value !== undefined) own[name] = value;
  }
  const micro = options.number('microBatch');
  if (micro !== undefined) own['micro_batch'] = micro;
  for (const setting of options.list('set')) {
    const { owner, path, text } = parseSetting(setting);
    if (owner === item) {
      requireItemSetting(setting, item, path);
      own[path] =
        settingWords[path] === undefined ? numberOf(setting, text) : wordOf(setting, text, settingWords[path]);
    } else {
      if (!models.includes(owner)) throw unknownOwner(setting, owner, item, models);
      ofModels[owner] = { ...ofModels[owner], [path]: numberOf(setting, text) };
    }
  }
  return { [item]: own, models: ofModels, allow: options.list('allow') };
}

function parseSetting(setting: string): { owner: string; path: string; text: string } {
  const match = /^\s*([\p{L}_]\w*)\.([\w.]+)\s*=\s*(.+?)\s*$/u.exec(setting);
  if (!match) throw wrong(setting, 'it is not NAME.SETTING=VALUE, for example train.epochs=5');
  const [, owner = '', path = '', text = ''] = match;
  return { owner, path, text };
}

function numberOf(setting: string, text: string): number {
  const percent = text.endsWith('%');
  const value = Number(percent ? text.slice(0, -1) : text) / (percent ? 100 : 1);
  if (!Number.isFinite(value)) throw wrong(setting, `\`${text}\` is not a number`);
  return value;
}

function wordOf(setting: string, text: string, words: readonly string[]): string {
  if (words.includes(text)) return text;
  const suggestion = nearest(text, words);
  const hint = suggestion === undefined ? '' : `; did you mean \`${suggestion}\`?`;
  throw wrong(setting, `\`${text}\` is not one of ${words.join(', ')}${hint}`);
}

function requireItemSetting(setting: string, item: ItemName, path: string): void {
  const simple = itemSettings[item].filter((name) => !name.includes('.'));
  if (simple.includes(path) || /^(optimizer|schedule)\.\w+$/.test(path)) return;
  const suggestion = nearest(path, simple);
  const hint = suggestion === undefined ? '' : `; did you mean \`${item}.${suggestion}\`?`;
  const known = itemSettings[item].map((name) => `${item}.${name}`);
  throw wrong(setting, `\`${item}\` has no setting \`${path}\`${hint}`, known);
}

function unknownOwner(setting: string, owner: string, item: ItemName, models: readonly string[]): EbmcError {
  const suggestion = nearest(owner, [item, ...models]);
  const hint = suggestion === undefined ? '' : `; did you mean \`${suggestion}\`?`;
  const known = [...itemSettings[item].map((name) => `${item}.${name}`), ...models.map((model) => `${model}.NAME`)];
  return wrong(setting, `\`${owner}\` is neither \`${item}\` nor a model of the file${hint}`, known);
}

function wrong(setting: string, problem: string, known: readonly string[] = []): EbmcError {
  return new EbmcError([report('EBM7005', { setting, problem, known })]);
}
