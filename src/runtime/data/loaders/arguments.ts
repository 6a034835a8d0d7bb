/** Checks the arguments of a loader against what it takes. */
import { resolve } from 'node:path';
import type { DatasetDecl, SettingValue } from '../../../compiler/declarations.js';
import { selectionDocs } from '../../../compiler/index.js';
import { type Diagnostic, EbmcError, nearest, report } from '../../../diagnostics/index.js';
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

/** What is wrong with the arguments of `decl`: one that the loader lacks, or one of another type; `0` is the first positional one. */
export function checkArguments(decl: DatasetDecl, { arguments: accepted }: Loader): Diagnostic | undefined {
  if (accepted === 'any') return undefined;
  for (const [name, value] of Object.entries(decl.args)) {
    const kind = accepted[name]?.kind ?? (name === 'tokenizer' && readsTokens(decl) ? 'string' : undefined);
    if (!kind) return unknownArgument(decl, name, accepted);
    if (kind !== 'files' && typeof value !== kind) return argumentProblem(decl, name, `has to be a ${kind}`);
  }
  return undefined;
}

function unknownArgument(decl: DatasetDecl, name: string, accepted: Readonly<Record<string, unknown>>): Diagnostic {
  const tokenizer = readsTokens(decl) && !('tokenizer' in accepted) ? ['tokenizer'] : [];
  const own = [...Object.keys(accepted).filter((key) => !isPlace(key)), ...tokenizer];
  const known = [...own, ...Object.keys(selectionDocs)];
  return argumentProblem(decl, name, 'does not exist', { known, suggestion: nearest(name, known) });
}

/** Whatever the source, its texts may become tokens. */
function readsTokens({ fields }: DatasetDecl): boolean {
  return fields.some(({ type }) => type === 'Tokens');
}

/** The first positional argument, a path, made absolute. */
export function pathArgument(decl: DatasetDecl, baseDirectory: string): string {
  const value: SettingValue | undefined = decl.args['0'];
  if (typeof value !== 'string' || value === '') throw wrongArgument(decl, '0', 'has to be a folder in quotes');
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

function isPlace(name: string): boolean {
  return /^\d+$/.test(name);
}

/** About something else than one of the arguments, such as the fields. */
export function argumentError(decl: DatasetDecl, what: string, problem: string): EbmcError {
  return new EbmcError([report('EBM4005', { loader: decl.loader, argument: what, problem }, { span: decl.span })]);
}

/** `name`: of the argument, or its place from `0`. */
export function wrongArgument(decl: DatasetDecl, name: string, problem: string): EbmcError {
  return new EbmcError([argumentProblem(decl, name, problem)]);
}

function argumentProblem(
  decl: DatasetDecl,
  name: string,
  problem: string,
  choice: { readonly known?: readonly string[]; readonly suggestion?: string | undefined } = {},
): Diagnostic {
  const argument = isPlace(name) ? `argument ${Number(name) + 1}` : `argument \`${name}\``;
  const span = decl.places?.args[name] ?? decl.span;
  return report('EBM4005', { loader: decl.loader, argument, problem, ...choice }, { span });
}
