/** What `ebmc explain NAME` can explain beside diagnostics: what the language, the library, data sets and settings have names for. */
import {
  builtinGroups,
  comparedSettings,
  defaults,
  evaluateSettings,
  fieldTypes,
  measureNames,
  ownCompareSettings,
  rateSettings,
  type SettingInfo,
  selectionDocs,
  trainSettings,
} from '../../compiler/index.js';
import { allWords } from '../../grammar/index.js';
import { loaders } from '../../runtime/data/index.js';
import { measures } from '../../runtime/evaluate/index.js';
import { readLibrary } from './library.js';
import { callOf } from './pages/functions.js';
import { type ChoiceEntry, optimizerEntries, scheduleEntries } from './pages/settings.js';

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
  const choices = (kind: string, entries: readonly ChoiceEntry[]): readonly Topic[] =>
    entries.map(({ name, call, doc }) => ({ name, kind, signature: call, doc }));
  const named = (kind: string, docs: Readonly<Record<string, string>>): readonly Topic[] =>
    Object.entries(docs).map(([name, doc]) => ({ name, kind, signature: name, doc }));
  return [
    ...infos('train', trainSettings),
    ...infos('evaluate', evaluateSettings),
    ...infos('compare', { ...ownCompareSettings, ...comparedSettings }),
    ...choices('optimizer', optimizerEntries()),
    ...choices('schedule of the rate', scheduleEntries()),
    ...named('setting of optimizers and schedules', rateSettings),
    ...named('argument of every loader', selectionDocs),
  ];
}

function argumentLine([name, { kind, doc }]: readonly [string, { kind: string; doc: string }]): string {
  return `  ${/^\d+$/.test(name) ? `place ${Number(name) + 1}` : name} (${kind}): ${doc}`;
}
