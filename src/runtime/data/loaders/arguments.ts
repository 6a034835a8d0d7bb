/** Checks the arguments of a loader against what it takes. */
import { resolve } from 'node:path';
import type { DatasetDecl, SettingValue } from '../../../compiler/declarations.js';
import { EbmcError, report } from '../../../diagnostics/index.js';
import type { Loader, LoaderArgument } from '../dataset.js';

export const filesArgument: LoaderArgument = {
  kind: 'files',
  doc: 'The files: one, a folder, a pattern, a range `{000..099}` every file of which has to be there, or a list of them.',
};
export const testFilesArgument: LoaderArgument = {
  kind: 'files',
  doc: 'The same for the split `test`. Without it, files that all have `train` and `test` (or `validation`) in their names are divided by them.',
};
export const resizeArgument: LoaderArgument = {
  kind: 'boolean',
  doc: 'Whether pictures of other sizes are scaled to cover the declared one and cut around the centre. `false` by default: they are an error.',
};

export const keepArgument: LoaderArgument = {
  kind: 'boolean',
  doc: 'Whether all pictures are decoded at once and stay in memory, or each whenever it is needed; by default as long as they take less than a GiB.',
};
export const cacheArgument: LoaderArgument = {
  kind: 'boolean',
  doc: 'Whether pictures that are decoded at once are kept on disk for the next opening, by the names, sizes and times of their files; by default from 8 MiB on.',
};
export const keepReadArgument: LoaderArgument = {
  kind: 'boolean',
  doc: 'Whether pictures stay in memory once they are decoded; by default as long as all take less than a GiB.',
};
const cacheReadArgument: LoaderArgument = {
  kind: 'boolean',
  doc: 'Whether pictures that stay in memory are kept on disk too for the next opening, once all are decoded, by the names, sizes and times of their files; by default from 8 MiB on.',
};

/** Of loaders whose files hold many examples each. */
export const recordArguments: Readonly<Record<string, LoaderArgument>> = {
  '0': filesArgument,
  test: testFilesArgument,
  resize: resizeArgument,
  keep: keepReadArgument,
  cache: cacheReadArgument,
};

/** The share of something that becomes the split `test`. */
export function heldOutArgument(what: string, share: number): LoaderArgument {
  return { kind: 'number', doc: `${what} that is held out as \`test\`, at least 0 and below 1; ${share} by default.` };
}

/** Throws if `decl` has an argument that the loader lacks or one of another type; `0` is the first positional one. */
export function checkArguments(decl: DatasetDecl, { arguments: accepted }: Loader): void {
  if (accepted === 'any') return;
  for (const [name, value] of Object.entries(decl.args)) {
    const kind = accepted[name]?.kind ?? (name === 'tokenizer' && readsTokens(decl) ? 'string' : undefined);
    const argument = /^\d+$/.test(name) ? `argument ${Number(name) + 1}` : `argument \`${name}\``;
    if (!kind) throw argumentError(decl, argument, 'does not exist');
    if (kind !== 'files' && typeof value !== kind) throw argumentError(decl, argument, `has to be a ${kind}`);
  }
}

/** Whatever the source, its texts may become tokens. */
function readsTokens({ fields }: DatasetDecl): boolean {
  return fields.some(({ type }) => type === 'Tokens');
}

/** The first positional argument, a path, made absolute. */
export function pathArgument(decl: DatasetDecl, baseDirectory: string): string {
  const value: SettingValue | undefined = decl.args['0'];
  if (typeof value !== 'string' || value === '')
    throw argumentError(decl, 'argument 1', 'has to be a folder in quotes');
  return resolve(baseDirectory, value);
}

/** The declaration of a source that is to read these columns, where it has them, whatever the fields are called. */
export function askingFor(decl: DatasetDecl, wanted: readonly string[]): DatasetDecl {
  const names = [...new Set(wanted)];
  const asking = names.map((column) => ({
    name: `column ${column}`,
    type: 'Tensor' as const,
    shape: [1],
    span: decl.span,
  }));
  const columns = Object.fromEntries([
    ...decl.fields.map((field) => [field.name, []] as const),
    ...names.map((column) => [`column ${column}`, [column]] as const),
  ]);
  return { ...decl, fields: [...decl.fields, ...asking], selection: { ...decl.selection, columns } };
}

export function argumentError(decl: DatasetDecl, argument: string, problem: string): EbmcError {
  return new EbmcError([report('EBM4005', { loader: decl.loader, argument, problem }, { span: decl.span })]);
}
