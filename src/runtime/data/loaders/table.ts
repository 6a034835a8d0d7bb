/**
 * `csv("*.csv", test: "…", delimiter: ";")`, `jsonl("*.jsonl", test: "…")` and `json("*.json")`: tables of text, a row an example. `folder` is where
 * files lie that words of the table name, otherwise beside the table.
 */
import { resolve } from 'node:path';
import type { DatasetDecl } from '../../../compiler/declarations.js';
import type { RawData, RawSplit } from '../columns.js';
import type { Loader, LoaderArgument, OpenOptions, SplitName } from '../dataset.js';
import { findFiles } from '../find-files.js';
import { nothingFound } from '../folder.js';
import { SkippedRows } from '../skipped-rows.js';
import { csvFormat, findDelimiter } from '../tables/csv.js';
import { isList, jsonListFormat } from '../tables/json-list.js';
import { jsonlFormat } from '../tables/jsonl.js';
import { openTable } from '../tables/open-table.js';
import type { TableFormat } from '../tables/table.js';
import { filesArgument, keepReadArgument, resizeArgument, testFilesArgument, wrongArgument } from './arguments.js';

const folderArgument: LoaderArgument = {
  kind: 'string',
  doc: 'The folder of the files that words of the table name; that of the table by default.',
};

export const csv: Loader = {
  name: 'csv',
  doc: 'Tables of text, a row an example: numbers, words, lists of numbers. A word where an `Image` is wanted is the name of a file beside the table.',
  example: 'csv("flowers.csv", split: 0.9)',
  arguments: {
    '0': filesArgument,
    test: testFilesArgument,
    delimiter: { kind: 'string', doc: 'One character; found out by default.' },
    folder: folderArgument,
    resize: resizeArgument,
    keep: keepReadArgument,
  },
  async load(decl, options) {
    const { delimiter } = decl.args;
    if (typeof delimiter === 'string' && delimiter.length !== 1)
      throw wrongArgument(decl, 'delimiter', 'has to be one character');
    const given = typeof delimiter === 'string' ? delimiter : undefined;
    return loadTable(decl, options, /\.(csv|tsv|txt)$/i, async (file) =>
      csvFormat(given ?? (await findDelimiter(file))),
    );
  },
};

export const jsonl = jsonLoader({
  name: 'jsonl',
  doc: 'JSON Lines, an object an example; values as in `csv`, and lists of words, joined by commas.',
  example: 'jsonl("train.jsonl", test: "test.jsonl")',
  files: /\.(jsonl|ndjson)$/i,
});

export const json = jsonLoader({
  name: 'json',
  doc: 'A JSON file that is a list of objects, each an example; values as in `jsonl`.',
  example: 'json("data.json", split: 0.9)',
  files: /\.json$/i,
});

/** Either reads what the file is: objects in lines, or in a list. */
function jsonLoader({
  files,
  ...described
}: Pick<Loader, 'name' | 'doc' | 'example'> & { readonly files: RegExp }): Loader {
  return {
    ...described,
    arguments: {
      '0': filesArgument,
      test: testFilesArgument,
      folder: folderArgument,
      resize: resizeArgument,
      keep: keepReadArgument,
    },
    load: (decl, options) =>
      loadTable(decl, options, files, async (file) => ((await isList(file)) ? jsonListFormat : jsonlFormat)),
  };
}

async function loadTable(
  decl: DatasetDecl,
  options: OpenOptions,
  name: RegExp,
  formatOf: (file: string) => Promise<TableFormat>,
): Promise<RawData> {
  const files = await findFiles(decl, options, name, `${decl.loader} files`);
  const { folder } = decl.args;
  const beside = typeof folder === 'string' ? resolve(options.baseDirectory, folder) : undefined;
  const skipped = new SkippedRows(decl.name, 'rows');
  const splits: Partial<Record<SplitName, RawSplit>> = {};
  for (const [split, list] of Object.entries(files) as [SplitName, readonly string[]][]) {
    splits[split] = await openTable(decl, list, formatOf, skipped, beside);
  }
  skipped.tell(options);
  const empty = Object.entries(splits).find(([, { count }]) => count === 0);
  if (empty) throw nothingFound(decl, (files[empty[0] as SplitName] ?? []).join(', '), 'rows');
  return { splits, without: 'has no column of that name, nor only one of that type' };
}
