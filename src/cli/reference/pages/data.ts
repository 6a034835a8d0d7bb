/** Where data comes from: loaders with their arguments, what chooses among examples, types of fields. */
import { fieldTypes, selectionDocs } from '../../../compiler/index.js';
import { type LoaderArgument, loaders } from '../../../runtime/data/index.js';
import { fenced, page, prose, table } from '../markdown.js';

export function dataPage(): string {
  const types = Object.values(fieldTypes).map(({ spelling, doc, range, dtype }) => [
    `\`${spelling}\``,
    prose(doc),
    `${dtype}, ${range}`,
  ]);
  return page(
    'Data sets',
    `\`dataset NAME = LOADER(arguments) { field: Type, … }\`. [The language's page](../language.md#data-sets) says how columns fill fields and what happens to damaged data.`,
    `## Types of fields`,
    table(['type', 'one example is', 'values'], types),
    '`Trajectory[steps] { observation: [4], action: Class[2] }` is a record of such values, each with the steps as its first dimension.',
    `## Arguments of every loader`,
    `They choose among the examples, in the order \`filter\`, \`split\`, \`balance\`, \`limit\`. All draws follow from \`seed\`, so that a data set is the same in every run.`,
    table(
      ['argument', 'meaning'],
      Object.entries(selectionDocs).map(([name, doc]) => [`\`${name}\``, prose(doc)]),
    ),
    `## Loaders`,
    loaders.flatMap(({ name, doc, example, arguments: taken }) => [
      `### ${name}`,
      fenced('ebm', example),
      prose(doc),
      ...(taken === 'any' || Object.keys(taken).length === 0 ? [] : [argumentTable(taken)]),
    ]),
  );
}

function argumentTable(taken: Readonly<Record<string, LoaderArgument>>): string {
  const rows = Object.entries(taken).map(([name, { kind, doc }]) => [
    /^\d+$/.test(name) ? `(place ${Number(name) + 1})` : `\`${name}\``,
    kind,
    prose(doc),
  ]);
  return table(['argument', 'kind', 'meaning'], rows);
}
