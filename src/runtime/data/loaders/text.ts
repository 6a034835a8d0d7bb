/**
 * `text("books/*.txt", tokenizer: "tokenizer.json", test: 0.1, stride: 32, frame: true)`: texts, joined and cut into examples of the declared length.
 * `tokenizer` is a file or a kind to be trained on the texts, bytes otherwise; `test` the share of the text, at its end, that is held out; `stride` how
 * far apart examples begin; `frame` puts the tokenizer's start and end around each.
 */
import type { DatasetDecl, FieldDecl } from '../../../compiler/declarations.js';
import { EbmcError, report } from '../../../diagnostics/index.js';
import type { TextTokenizer } from '../../tokenizers/index.js';
import type { RawData, RawSplit } from '../columns.js';
import type { Loader, LoaderArgument, OpenOptions } from '../dataset.js';
import { parseFilePattern } from '../file-pattern.js';
import { filesBelow, nothingFound, requireFolder } from '../folder.js';
import { chooseTokenizer } from '../text/choose-tokenizer.js';
import { cut, holdOut, joinDocuments } from '../text/pack.js';
import { readTexts } from '../text/read-texts.js';
import { readable } from '../text/readable.js';
import { argumentError, heldOutArgument, pathArgument, wrongArgument } from './arguments.js';

export const textArguments: Readonly<Record<string, LoaderArgument>> = {
  tokenizer: {
    kind: 'string',
    doc: 'A `tokenizer.json` (Hugging Face\'s form), or `"bpe"`, `"wordpiece"`, `"unigram"`: trained on the training texts with the field\'s `vocab`. By default every byte is a token (ByT5\'s ids: 0 padding, 1 end, 2 mask, then bytes; `vocab` 259).',
  },
  test: heldOutArgument('The share of the text, at its end,', 0.1),
  stride: { kind: 'number', doc: 'How many tokens apart examples begin; by default their length.' },
  frame: {
    kind: 'boolean',
    doc: "Whether the tokenizer's start and end stand around each example, as BERT has it; `false` by default.",
  },
};

export const text: Loader = {
  name: 'text',
  doc: "Texts (UTF-8), joined with the tokenizer's end after each and cut into examples of exactly the declared length; what is left at the end is dropped.",
  example: 'text("books/*.txt", tokenizer: "bpe")',
  arguments: {
    '0': { kind: 'string', doc: 'The folder, a pattern of the files in it, or one file.' },
    ...textArguments,
  },
  async load(decl, options) {
    const { folder, matches } = parseFilePattern(pathArgument(decl, options.baseDirectory), /(^|\/)[^.][^/]*$/);
    await requireFolder(decl, folder);
    const files = (await filesBelow(folder)).filter(matches);
    if (files.length === 0) throw nothingFound(decl, folder, 'texts');
    return packTexts(decl, options, await readTexts(folder, files, options));
  },
};

/** Texts as examples of the length that the data set's Tokens field declares. */
export async function packTexts(
  decl: DatasetDecl,
  { baseDirectory }: OpenOptions,
  files: readonly { readonly text: string }[],
): Promise<RawData> {
  const field = decl.fields.find(({ type }) => type === 'Tokens');
  if (!field) {
    throw argumentError(decl, 'the field list', 'needs a Tokens field, which says the length of the examples');
  }
  const share = decl.args['test'] ?? (decl.selection?.split === undefined ? 0.1 : 0);
  if (typeof share !== 'number' || !(share >= 0 && share < 1))
    throw wrongArgument(decl, 'test', 'has to be at least 0 and below 1');
  const parts = holdOut(
    files.map((file) => file.text),
    share,
  );
  const tokenizer = await chooseTokenizer(decl, field, baseDirectory, () => parts.train);
  const train = split(decl, field, tokenizer, parts.train, 'train');
  const test = share > 0 ? { test: split(decl, field, tokenizer, parts.test, 'test') } : {};
  return { splits: { train, ...test }, without: 'gives the ids of texts only' };
}

function split(
  decl: DatasetDecl,
  { shape }: FieldDecl,
  tokenizer: TextTokenizer,
  texts: readonly string[],
  name: string,
): RawSplit {
  const length = shape[0]!;
  const frame = decl.args['frame'] === true ? frameOf(tokenizer) : undefined;
  const inner = frame ? length - 2 : length;
  const stride = decl.args['stride'] ?? inner;
  if (typeof stride !== 'number' || !Number.isInteger(stride) || stride < 1 || inner < 1)
    throw wrongArgument(decl, 'stride', 'has to be a whole number above 0');
  const joined = joinDocuments(texts, tokenizer);
  const { count, ids } = cut(joined, length, stride, frame);
  if (count === 0) {
    const slots = { dataset: decl.name, split: name, tokens: joined.length, length: inner };
    throw new EbmcError([report('EBM4044', slots, { span: decl.span })]);
  }
  const read = async (rows: ArrayLike<number>): Promise<Int32Array> => {
    const picked = new Int32Array(rows.length * length);
    for (let i = 0; i < rows.length; i++)
      picked.set(ids.subarray(rows[i]! * length, (rows[i]! + 1) * length), i * length);
    return picked;
  };
  return {
    count,
    columns: [{ kind: 'tensor', name: 'tokens', element: 'int', shape: [length], read, decode: readable(tokenizer) }],
  };
}

function frameOf({ name, special }: TextTokenizer): readonly [number, number] {
  const missing = special.start === undefined ? 'token for the start' : 'token for the end';
  if (special.start === undefined || special.end === undefined)
    throw new EbmcError([report('EBM4046', { tokenizer: name, missing })]);
  return [special.start, special.end];
}
