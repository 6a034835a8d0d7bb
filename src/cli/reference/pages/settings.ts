/** What may be set in `train`, `evaluate` and `compare`. */
import {
  comparedSettings,
  evaluateSettings,
  optimizers,
  ownCompareSettings,
  rateSettings,
  type SettingInfo,
  scheduleDocs,
  schedules,
  sharedTrainSettings,
  trainSettings,
} from '../../../compiler/index.js';
import { optimizers as updates } from '../../../compiler/lower/optimizers/index.js';
import { capital, page, prose, table } from '../markdown.js';

export function settingsPage(): string {
  const shared = sharedTrainSettings.map((name) => `\`${name}\``).join(', ');
  return page(
    'Settings of train, evaluate and compare',
    '## train',
    `\`train MODEL on DATA { … }\`. \`--set train.NAME=VALUE\` changes one for a run.`,
    settingTable(trainSettings),
    '### Optimizers',
    optimizerEntries().map(({ call, doc }) => `**\`${call}\`**: ${prose(capital(doc))}`),
    '### Schedules',
    scheduleEntries().map(({ call, doc }) => `**\`${call}\`**: ${prose(doc)}`),
    '### Their settings',
    table(
      ['setting', 'meaning'],
      Object.entries(rateSettings).map(([name, doc]) => [`\`${name}\``, prose(doc)]),
    ),
    '## evaluate',
    '`evaluate MODEL on DATA { … }`.',
    settingTable(evaluateSettings),
    '## compare',
    `\`compare A, B(temperature: 0.2) on DATA { … }\`. ${shared} are those of \`train\`, for all; \`NAME: train(batch: 256)\` is what is different for one model.
[The language's page](../language.md#comparing-objectives) says what a comparison does.`,
    settingTable({ ...ownCompareSettings, ...comparedSettings }),
  );
}

function settingTable(settings: Readonly<Record<string, SettingInfo>>): string {
  const rows = Object.entries(settings).map(([name, { doc, otherwise }]) => [
    `\`${name}\``,
    prose(doc),
    prose(otherwise),
  ]);
  return table(['setting', 'meaning', 'if it is left out'], rows);
}

export interface ChoiceEntry {
  readonly name: string;
  /** With what is taken where nothing is said: `sgd(rate: 0.1, momentum: 0.9)`. */
  readonly call: string;
  readonly doc: string;
}

export function optimizerEntries(): readonly ChoiceEntry[] {
  return Object.entries(optimizers).map(([name, settings]) => ({
    ...{ name, call: settingsCall(name, settings) },
    doc: updates[name as keyof typeof updates].doc,
  }));
}

export function scheduleEntries(): readonly ChoiceEntry[] {
  return Object.entries(schedules).map(([name, settings]) => ({
    ...{ name, call: settingsCall(name, settings) },
    doc: scheduleDocs[name as keyof typeof scheduleDocs],
  }));
}

function settingsCall(name: string, settings: Readonly<Record<string, number>>): string {
  const given = Object.entries(settings).map(([setting, value]) => `${setting}: ${value}`);
  return `${name}(${given.join(', ')})`;
}
