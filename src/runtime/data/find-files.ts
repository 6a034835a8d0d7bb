/** The files that a loader is to read, split by split: `"train-*.parquet"`, `"shard-{000..099}.tar"`, `"a.csv", test: "b.csv"`. */
import { stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { DatasetDecl } from '../../compiler/declarations.js';
import { EbmcError, report } from '../../diagnostics/index.js';
import type { OpenOptions, SplitName } from './dataset.js';
import { parseFilePattern } from './file-pattern.js';
import { filesBelow, nearlyNamed, nothingFound, requireFolder } from './folder.js';
import { argumentError, wrongArgument } from './loaders/arguments.js';
import { readError } from './read-error.js';

export type SplitFiles = Readonly<Partial<Record<SplitName, readonly string[]>>>;

/** Shards that a range may name. */
const mostFiles = 100_000;

/**
 * Argument 1 is a file, a folder or a pattern, or a list of them; `test` names those for testing. Without `test`, files
 * that all have `train`, `test` or `validation` in their names are divided by them. `name` is what their names look like.
 */
export async function findFiles(
  decl: DatasetDecl,
  { baseDirectory }: OpenOptions,
  name: RegExp,
  wanted: string,
): Promise<SplitFiles> {
  const find = async (argument: '0' | 'test'): Promise<string[]> => {
    const patterns = patternsOf(decl, argument);
    const found = await Promise.all(
      patterns.map((pattern) => filesOf(decl, argument, resolve(baseDirectory, pattern), name)),
    );
    const files = [...new Set(found.flat())];
    if (files.length === 0) throw nothingFound(decl, patterns.join(', '), wanted);
    return files;
  };
  const train = await find('0');
  return 'test' in decl.args ? { train, test: await find('test') } : byName(train);
}

function patternsOf(decl: DatasetDecl, argument: '0' | 'test'): readonly string[] {
  const value = decl.args[argument];
  const patterns = Array.isArray(value) ? value : [value];
  const written = patterns.flatMap((pattern) => (typeof pattern === 'string' && pattern !== '' ? [pattern] : []));
  if (written.length === 0 || written.length < patterns.length)
    throw wrongArgument(decl, argument, 'has to be a file, a folder or a pattern in quotes, or a list of them');
  return written.flatMap((pattern) => expandRanges(decl, pattern));
}

/** `shard-{08..11}.tar` names four files, each of which has to be there. */
function expandRanges(decl: DatasetDecl, pattern: string): string[] {
  const range = /\{(\d+)\.\.(\d+)\}/.exec(pattern);
  if (!range) return [pattern];
  const [whole, low = '', high = ''] = range;
  const count = Number(high) - Number(low) + 1;
  if (count < 1 || count > mostFiles)
    throw argumentError(decl, `the range ${whole}`, `names ${Math.max(0, count)} files`);
  const width = low.length;
  return Array.from({ length: count }, (_, i) => String(Number(low) + i).padStart(width, '0')).flatMap((number) =>
    expandRanges(decl, pattern.replace(whole, number)),
  );
}

async function filesOf(decl: DatasetDecl, argument: '0' | 'test', pattern: string, name: RegExp): Promise<string[]> {
  if (!/[*?{]/.test(pattern)) {
    const found = await stat(pattern).catch(async (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT' || error.code === 'ENOTDIR')
        throw new EbmcError([
          report(
            'EBM4028',
            { dataset: decl.name, file: pattern, suggestion: await nearlyNamed(pattern) },
            { span: decl.places?.args[argument] ?? decl.span },
          ),
        ]);
      throw readError(pattern, error);
    });
    if (!found.isDirectory()) return [pattern];
  }
  const { folder, matches } = parseFilePattern(pattern, name);
  await requireFolder(decl, folder);
  return (await filesBelow(folder)).filter(matches).map((path) => join(folder, path));
}

const splitWords: Readonly<Record<string, SplitName | 'validation'>> = {
  train: 'train',
  training: 'train',
  test: 'test',
  val: 'validation',
  valid: 'validation',
  validation: 'validation',
  dev: 'validation',
};

/** Validation files stand in for missing test files; where there are both, the ones for testing are taken. */
function byName(files: readonly string[]): SplitFiles {
  const found: Record<SplitName | 'validation', string[]> = { train: [], test: [], validation: [] };
  for (const file of files) {
    const words = file.toLowerCase().split(/[^a-z]+/);
    const split = words.flatMap((word) => (Object.hasOwn(splitWords, word) ? [splitWords[word]!] : [])).at(-1);
    if (!split) return { train: files };
    found[split].push(file);
  }
  const { train, test, validation } = found;
  if (train.length === 0) return { train: files };
  const held = test.length > 0 ? test : validation;
  return held.length > 0 ? { train, test: held } : { train };
}
