/** `csv("*.csv", test: "…", delimiter: ";")` and `jsonl("*.jsonl", test: "…")`: tables of text, a row an example. */
import type { DatasetDecl } from '../../../compiler/declarations.js';
import type { RawData, RawSplit } from '../columns.js';
import type { Loader, OpenOptions, SplitName } from '../dataset.js';
import { findFiles } from '../find-files.js';
import { nothingFound } from '../folder.js';
import { SkippedRows } from '../skipped-rows.js';
import { csvFormat, findDelimiter } from '../tables/csv.js';
import { jsonlFormat } from '../tables/jsonl.js';
import { openTable } from '../tables/open-table.js';
import type { TableFormat } from '../tables/table.js';
import { argumentError, filesArgument, resizeArgument, testFilesArgument } from './arguments.js';

export const csv: Loader = {
  name: 'csv',
  doc: 'Tables of text, a row an example: numbers, words, lists of numbers. A word where an `Image` is wanted is the name of a file beside the table.',
  example: 'csv("flowers.csv", split: 0.9)',
  arguments: {
    '0': filesArgument,
    test: testFilesArgument,
    delimiter: { kind: 'string', doc: 'One character; found out by default.' },
    resize: resizeArgument,
  },
  async load(decl, options) {
    const { delimiter } = decl.args;
    if (typeof delimiter === 'string' && delimiter.length !== 1)
      throw argumentError(decl, 'argument `delimiter`', 'has to be one character');
    const given = typeof delimiter === 'string' ? delimiter : undefined;
    return loadTable(decl, options, /\.(csv|tsv|txt)$/i, async (file) =>
      csvFormat(given ?? (await findDelimiter(file))),
    );
  },
};

export const jsonl: Loader = {
  name: 'jsonl',
  doc: 'JSON Lines, an object an example; values as in `csv`.',
  example: 'jsonl("train.jsonl", test: "test.jsonl")',
  arguments: { '0': filesArgument, test: testFilesArgument, resize: resizeArgument },
  async load(decl, options) {
    return loadTable(decl, options, /\.(jsonl|ndjson)$/i, async () => ({ ...jsonlFormat }));
  },
};

async function loadTable(
  decl: DatasetDecl,
  options: OpenOptions,
  name: RegExp,
  formatOf: (file: string) => Promise<TableFormat>,
): Promise<RawData> {
  const files = await findFiles(decl, options, name, `${decl.loader} files`);
  const skipped = new SkippedRows(decl.name, 'rows');
  const splits: Partial<Record<SplitName, RawSplit>> = {};
  for (const [split, list] of Object.entries(files) as [SplitName, readonly string[]][]) {
    splits[split] = await openTable(decl, list, formatOf, skipped);
  }
  skipped.tell(options);
  const empty = Object.entries(splits).find(([, { count }]) => count === 0);
  if (empty) throw nothingFound(decl, (files[empty[0] as SplitName] ?? []).join(', '), 'rows');
  return { splits, without: 'has no column of that name, nor only one of that type' };
}
