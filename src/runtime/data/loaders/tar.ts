/**
 * `tar("shard-{000..099}.tar")`: WebDataset shards. Members that share a name up to its first dot are a sample; the rest of the
 * name, its ending, is the column: `17.jpg` and `17.cls`. Members stay in their shards and are read when they are needed.
 */
import type { RawSplit } from '../columns.js';
import type { Loader, SplitName } from '../dataset.js';
import { findFiles } from '../find-files.js';
import { SkippedRows } from '../skipped-rows.js';
import { ShardIndex } from '../tar/shard-index.js';
import { recordArguments } from './arguments.js';

export const tar: Loader = {
  name: 'tar',
  doc: 'WebDataset shards: members that share a name up to its first dot are an example, the rest of the name is the column (`17.jpg`, `17.cls`, `17.txt`).',
  example: 'tar("shard-{000..099}.tar", split: 0.99)',
  arguments: recordArguments,
  async load(decl, options) {
    const files = await findFiles(decl, options, /\.tar$/i, '.tar files');
    const skipped = new SkippedRows(decl.name, 'samples');
    const splits: Partial<Record<SplitName, RawSplit>> = {};
    for (const [split, shards] of Object.entries(files) as [SplitName, readonly string[]][]) {
      const index = new ShardIndex(skipped);
      for (const shard of shards) await index.add(shard);
      splits[split] = index.split(decl);
    }
    skipped.tell(options);
    return { splits, without: 'has no members with that ending in every sample' };
  },
};
