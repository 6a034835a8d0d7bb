/** `--set train.epochs=5 --set SimCLR.temperature=0.2`, `--epochs`, `--seed`, `--batch` and `--micro-batch` as what the checker takes. */
import type { CheckOptions } from '../compiler/index.js';
import { EbmcError, nearest, report } from '../diagnostics/index.js';
import type { OptionValues } from './command.js';

const trainSettings = ['epochs', 'batch', 'micro_batch', 'seed', 'optimizer.NAME', 'schedule.NAME'];

type Models = Record<string, Record<string, number>>;

export function overridesFrom(options: OptionValues, models: readonly string[]): CheckOptions {
  const train: Record<string, number> = {};
  const ofModels: Models = {};
  for (const name of ['epochs', 'batch', 'seed']) {
    const value = options.number(name);
    if (value !== undefined) train[name] = value;
  }
  const micro = options.number('microBatch');
  if (micro !== undefined) train['micro_batch'] = micro;
  for (const setting of options.list('set')) {
    const { owner, path, value } = parseSetting(setting);
    if (owner === 'train') {
      requireTrainSetting(setting, path);
      train[path] = value;
    } else {
      if (!models.includes(owner)) throw unknownOwner(setting, owner, models);
      ofModels[owner] = { ...ofModels[owner], [path]: value };
    }
  }
  return { train, models: ofModels, allow: options.list('allow') };
}

function parseSetting(setting: string): { owner: string; path: string; value: number } {
  const match = /^\s*([\p{L}_]\w*)\.([\w.]+)\s*=\s*(.+?)\s*$/u.exec(setting);
  if (!match) throw wrong(setting, 'it is not NAME.SETTING=NUMBER, for example train.epochs=5');
  const [, owner = '', path = '', text = ''] = match;
  const percent = text.endsWith('%');
  const value = Number(percent ? text.slice(0, -1) : text) / (percent ? 100 : 1);
  if (!Number.isFinite(value)) throw wrong(setting, `\`${text}\` is not a number`);
  return { owner, path, value };
}

function requireTrainSetting(setting: string, path: string): void {
  const simple = trainSettings.filter((name) => !name.includes('.'));
  if (simple.includes(path) || /^(optimizer|schedule)\.\w+$/.test(path)) return;
  const suggestion = nearest(path, simple);
  const hint = suggestion === undefined ? '' : `; did you mean \`train.${suggestion}\`?`;
  const known = trainSettings.map((name) => `train.${name}`);
  throw wrong(setting, `\`train\` has no setting \`${path}\`${hint}`, known);
}

function unknownOwner(setting: string, owner: string, models: readonly string[]): EbmcError {
  const suggestion = nearest(owner, ['train', ...models]);
  const hint = suggestion === undefined ? '' : `; did you mean \`${suggestion}\`?`;
  const known = [...trainSettings.map((name) => `train.${name}`), ...models.map((model) => `${model}.NAME`)];
  return wrong(setting, `\`${owner}\` is neither \`train\` nor a model of the file${hint}`, known);
}

function wrong(setting: string, problem: string, known: readonly string[] = []): EbmcError {
  return new EbmcError([report('EBM7005', { setting, problem, known })]);
}
