/** What `ebmc explain NAME` can explain beside diagnostics: what the language, the library, data sets and settings have names for. */
import {
  builtinGroups,
  comparedSettings,
  defaults,
  evaluateSettings,
  fieldTypes,
  measureNames,
  optimizers,
  ownCompareSettings,
  rateSettings,
  type SettingInfo,
  scheduleDocs,
  schedules,
  selectionDocs,
  trainSettings,
} from '../../compiler/index.js';
import { optimizers as updates } from '../../compiler/lower/optimizers/index.js';
import { allWords } from '../../grammar/index.js';
import { loaders } from '../../runtime/data/index.js';
import { measures } from '../../runtime/evaluate/index.js';
import { readLibrary } from './library.js';
import { callOf } from './pages/functions.js';
import { settingsCall } from './pages/settings.js';

export interface Topic {
  readonly name: string;
  /** "net of std.networks", "function of the language". */
  readonly kind: string;
  readonly signature: string;
  readonly doc: string;
}

/** A name may have several. */
export function readTopics(): readonly Topic[] {
  const library = readLibrary().flatMap(({ name: module, sections }) =>
    sections.flatMap(({ definitions }) =>
      definitions.map(({ name, kind, signature, doc }) => ({ name, kind: `${kind} of std.${module}`, signature, doc })),
    ),
  );
  const builtins = Object.values(builtinGroups).flatMap((group) =>
    Object.entries(group).map(([name, { parameters, doc }]) => ({
      name,
      kind: 'function of the language',
      signature: callOf(name, parameters),
      doc,
    })),
  );
  const sources = loaders.map(({ name, doc, example, arguments: taken }) => ({
    name,
    kind: 'loader of data sets',
    signature: example,
    doc: [doc, ...(taken === 'any' ? [] : Object.entries(taken).map(argumentLine))].join('\n'),
  }));
  const settings = {
    measures: measureNames,
    neighbours: defaults.knn,
    labels: [1],
    transfers: ['NAME'],
    stages: ['NAME'],
  };
  const measured = measureNames.map((name) => ({
    name,
    kind: 'measure',
    signature: `measures: [${name}]`,
    doc: measures[name]
      .infos(settings)
      .map(({ label, explanation }) => `${label}: ${explanation}`)
      .join('\n'),
  }));
  return [...library, ...wordTopics(), ...builtins, ...typeTopics(), ...sources, ...measured, ...settingTopics()];
}

function wordTopics(): readonly Topic[] {
  return allWords.flatMap(({ words, form, doc }) =>
    words.map((name) => ({ name, kind: 'word of the language', signature: form, doc })),
  );
}

function typeTopics(): readonly Topic[] {
  return Object.entries(fieldTypes).flatMap(([name, { spelling, doc, range }]) =>
    spelling.startsWith(name)
      ? [{ name, kind: 'type of data', signature: spelling, doc: `${doc} Values: ${range}.` }]
      : [],
  );
}

function settingTopics(): readonly Topic[] {
  const infos = (item: string, all: Readonly<Record<string, SettingInfo>>): readonly Topic[] =>
    Object.entries(all).map(([name, { doc, otherwise }]) => ({
      name,
      kind: `setting of \`${item}\``,
      signature: name,
      doc: `${doc}\nIf it is left out: ${otherwise}.`,
    }));
  return [
    ...infos('train', trainSettings),
    ...infos('evaluate', evaluateSettings),
    ...infos('compare', { ...ownCompareSettings, ...comparedSettings }),
    ...Object.entries(optimizers).map(([name, settings]) => ({
      name,
      kind: 'optimizer',
      signature: settingsCall(name, settings),
      doc: updates[name as keyof typeof updates].doc,
    })),
    ...Object.entries(schedules).map(([name, settings]) => ({
      name,
      kind: 'schedule of the rate',
      signature: settingsCall(name, settings),
      doc: scheduleDocs[name as keyof typeof scheduleDocs],
    })),
    ...Object.entries(rateSettings).map(([name, doc]) => ({
      name,
      kind: 'setting of optimizers and schedules',
      signature: name,
      doc,
    })),
    ...Object.entries(selectionDocs).map(([name, doc]) => ({
      name,
      kind: 'argument of every loader',
      signature: name,
      doc,
    })),
  ];
}

function argumentLine([name, { kind, doc }]: readonly [string, { kind: string; doc: string }]): string {
  return `  ${/^\d+$/.test(name) ? `place ${Number(name) + 1}` : name} (${kind}): ${doc}`;
}
