/** Opens a declared data set: finds its loader, loads, checks the declared fields against the data. */
import type { DatasetDecl } from '../../compiler/declarations.js';
import { type Diagnostic, EbmcError, nearest, report } from '../../diagnostics/index.js';
import { bindFields } from './bind.js';
import type { Dataset, OpenOptions } from './dataset.js';
import { checkArguments } from './loaders/arguments.js';
import { loaders } from './loaders/index.js';
import { select } from './select/index.js';

/** Opens each data set once, however often it is asked for: it is read, kept in memory and warned of once. */
export function openingOnce(options: OpenOptions): (decl: DatasetDecl) => Promise<Dataset> {
  const opened = new Map<DatasetDecl, Promise<Dataset>>();
  return (decl) => {
    const known = opened.get(decl) ?? openDataset(decl, options);
    opened.set(decl, known);
    return known;
  };
}

/** What is wrong with a declaration, as far as that is known without its data. */
export function checkSource(decl: DatasetDecl): Diagnostic | undefined {
  const loader = loaders.find(({ name }) => name === decl.loader);
  return loader ? checkArguments(decl, loader) : unknownLoader(decl);
}

function unknownLoader(decl: DatasetDecl): Diagnostic {
  const known = loaders.map(({ name }) => name);
  const slots = { dataset: decl.name, loader: decl.loader, known, suggestion: nearest(decl.loader, known) };
  return report('EBM4004', slots, { span: decl.places?.loader ?? decl.span });
}

export async function openDataset(decl: DatasetDecl, options: OpenOptions): Promise<Dataset> {
  const problem = checkSource(decl);
  if (problem) throw new EbmcError([problem]);
  const loader = loaders.find(({ name }) => name === decl.loader)!;
  return select(decl, await bindFields(decl, await loader.load(decl, options), options));
}
