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
    Object.entries(optimizers).map(([name, settings]) => {
      const { doc } = updates[name as keyof typeof updates];
      return `**\`${settingsCall(name, settings)}\`**: ${prose(capital(doc))}`;
    }),
    '### Schedules',
    Object.entries(schedules).map(
      ([name, settings]) =>
        `**\`${settingsCall(name, settings)}\`**: ${prose(scheduleDocs[name as keyof typeof scheduleDocs])}`,
    ),
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

/** `sgd(rate: 0.1, momentum: 0.9)`: with what is taken where nothing is said. */
export function settingsCall(name: string, settings: Readonly<Record<string, number>>): string {
  const given = Object.entries(settings).map(([setting, value]) => `${setting}: ${value}`);
  return `${name}(${given.join(', ')})`;
}
