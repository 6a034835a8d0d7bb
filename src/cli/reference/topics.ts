/** What `ebmc explain NAME` can explain beside diagnostics: definitions of the library, functions of the language, loaders, measures. */
import { builtinGroups, defaults, measureNames } from '../../compiler/index.js';
import { loaders } from '../../runtime/data/index.js';
import { measures } from '../../runtime/evaluate/index.js';
import { readLibrary } from './library.js';
import { callOf } from './pages/functions.js';

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
  return [...library, ...builtins, ...sources, ...measured];
}

function argumentLine([name, { kind, doc }]: readonly [string, { kind: string; doc: string }]): string {
  return `  ${/^\d+$/.test(name) ? `place ${Number(name) + 1}` : name} (${kind}): ${doc}`;
}
