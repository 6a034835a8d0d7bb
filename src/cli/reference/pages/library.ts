/** A page for each module of the standard library, and the list of all. */
import { type LibraryModule, readLibrary } from '../library.js';
import { fenced, firstSentence, page, prose, table } from '../markdown.js';

export function libraryPages(): Readonly<Record<string, string>> {
  return Object.fromEntries(readLibrary().map((module) => [`std/${module.name}.md`, modulePage(module)]));
}

/** The parts of the index that list the library. */
export function libraryList(): readonly string[] {
  return readLibrary().map(({ name, doc, sections }) => {
    const definitions = sections.flatMap((section) => section.definitions);
    const rows = definitions.map((definition) => [
      `[\`${definition.name}\`](reference/std/${name}.md#${definition.name})`,
      definition.kind,
      prose(firstSentence(definition.doc)),
    ]);
    return `### std.${name}\n\n${prose(doc)}\n\n${table(['name', 'kind', 'what it is'], rows)}`;
  });
}

function modulePage({ name, doc, sections }: LibraryModule): string {
  const parts = sections.flatMap(({ title, definitions }) => [
    ...(title === undefined ? [] : [`## ${title}`]),
    ...definitions.flatMap((definition) => [
      `### ${definition.name}`,
      fenced('ebm', definition.signature),
      prose(definition.doc),
    ]),
  ]);
  return page(
    `std.${name}`,
    prose(doc),
    `Source: [std/${name}.ebm](../../../std/${name}.ebm). \`use std.${name} { … }\` brings its names into a file.`,
    parts,
  );
}
