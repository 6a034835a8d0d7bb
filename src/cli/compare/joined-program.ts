/**
 * One program out of several files: their models, the data and the training settings of the first, compared. What a comparison without a
 * `compare` item is about; it is a program like any other, so that runs, reports and hashes are those of one.
 */
import { basename, dirname, join } from 'node:path';
import type { Library } from '../../compiler/index.js';
import { compareSettings } from '../../compiler/index.js';
import { type Diagnostic, EbmcError, nearest, report } from '../../diagnostics/index.js';
import { parseModule } from '../../grammar/index.js';
import type { Source, Span } from '../../grammar/source.js';
import type { DatasetItem, EvaluateItem, Module, TrainItem } from '../../grammar/syntax-tree.js';
import { FileLibrary } from '../../runtime/library.js';
import { readSource } from '../../runtime/read-source.js';

export interface JoinedProgram {
  readonly source: Source;
  /** Where it stands in for a file: data paths start from its folder. */
  readonly file: string;
  readonly library: Library;
  /** Training settings of a file that the first one's take the place of: "byol.ebm: optimizer adamw(rate: 2e-3)". */
  readonly setAside: readonly string[];
}

interface Part {
  readonly file: string;
  readonly module: Module;
  /** The name that `use` knows it by. */
  readonly name: string;
}

/** @param data a file whose data is used, `:NAME` after it where it declares several; the first file's where absent. */
export function joinPrograms(files: readonly string[], data: string | undefined): JoinedProgram {
  const parts: Part[] = [];
  for (const file of files) parts.push({ file, module: parsed(file), name: nameOf(file, parts) });
  const [first] = parts as [Part, ...Part[]];
  const models = parts.flatMap((part) => competitorsOf(part).map((model) => ({ part, model })));
  requireDistinct(models);
  const train = trainsOf(first.module)[0];
  const chosen = chooseData(first, data);
  const settings = [
    ...settingsOf(train, (name) => compareSettings.includes(name) && name !== 'seeds'),
    ...settingsOf(
      first.module.items.find((item) => item.kind === 'evaluate'),
      (name) => name === 'knn' || name === 'labels',
    ),
  ];
  const shown = files.map((file) => basename(file)).join(', ');
  const lines = [
    `// Written by \`ebmc compare\`: the models of ${shown}, with the training settings of ${basename(first.file)}.`,
    ...models.map(({ part, model }) => `use ${placeOf(part, model)} { ${model} }`),
    '',
    textOf(chosen.item.span),
    '',
    `compare ${models.map(({ model }) => model).join(', ')} on ${chosen.item.name.text} {`,
    ...settings.map((span) => `  ${textOf(span)}`),
    '}',
  ];
  const file = join(dirname(chosen.file), 'compared.ebm');
  return {
    source: { path: file, text: `${lines.join('\n')}\n` },
    file,
    library: new PartsLibrary(parts),
    setAside: parts.slice(1).flatMap((part) => differing(part, train)),
  };
}

function parsed(file: string): Module {
  const { module, diagnostics } = parseModule(readSource(file));
  const errors = diagnostics.filter(({ severity }: Diagnostic) => severity === 'error');
  if (errors.length > 0) throw new EbmcError(errors);
  return module;
}

function nameOf(file: string, before: readonly Part[]): string {
  const plain = basename(file)
    .replace(/\.ebm$/, '')
    .replaceAll(/[^\p{L}\d_]/gu, '_')
    .replace(/^(?=\d|$)/, '_');
  const isTaken = (name: string): boolean =>
    name === 'std' || name === 'examples' || before.some((part) => part.name === name);
  let name = plain;
  for (let k = 2; isTaken(name); k++) name = `${plain}_${k}`;
  return name;
}

function trainsOf({ items }: Module): TrainItem[] {
  return items.flatMap((item) => (item.kind === 'train' ? [item] : []));
}

/** The models that a file trains; where it trains none, those that it declares. */
function competitorsOf({ file, module }: Part): string[] {
  const trained = [...new Set(trainsOf(module).map(({ model }) => model.text))];
  const declared = module.items.flatMap((item) => (item.kind === 'model' ? [item.name.text] : []));
  const found = trained.length > 0 ? trained : declared;
  if (found.length === 0) throw new EbmcError([report('EBM7014', { path: file })]);
  return found;
}

/** Where a model is declared, which its file may have from another by `use`. */
function placeOf({ module, name }: Part, model: string): string {
  const used = module.items.find((item) => item.kind === 'use' && item.names.some(({ text }) => text === model));
  return used?.kind === 'use' ? used.path.map(({ text }) => text).join('.') : name;
}

function requireDistinct(models: readonly { readonly part: Part; readonly model: string }[]): void {
  for (const [i, { part, model }] of models.entries()) {
    const earlier = models.slice(0, i).find((other) => other.model === model);
    if (earlier) throw new EbmcError([report('EBM7015', { model, first: earlier.part.file, second: part.file })]);
  }
}

function chooseData(first: Part, data: string | undefined): { readonly file: string; readonly item: DatasetItem } {
  const [, path, name] =
    data === undefined
      ? [undefined, first.file, undefined]
      : (/^(.*?\.ebm)(?::(\w+))?$/.exec(data) ?? [undefined, data, undefined]);
  const file = path!;
  const module = data === undefined ? first.module : parsed(file);
  const items = module.items.flatMap((item) => (item.kind === 'dataset' ? [item] : []));
  const known = items.map((item) => item.name.text);
  const place = trainsOf(module)[0]?.dataset;
  const trained = place?.kind === 'member' ? place.subject : place;
  const wanted = name ?? (trained?.kind === 'name' ? trained.name.text : known[0]);
  const item = items.find((candidate) => candidate.name.text === wanted);
  if (item) return { file, item };
  const suggestion = name === undefined ? undefined : nearest(name, known);
  throw new EbmcError([report('EBM7011', { name, known, suggestion })]);
}

function settingsOf(item: TrainItem | EvaluateItem | undefined, isWanted: (name: string) => boolean): Span[] {
  return (item?.settings ?? []).flatMap(({ name, span }) => (isWanted(name.text) ? [span] : []));
}

/** What a file trains its models with, where that is something else than the first file says. */
function differing({ file, module }: Part, train: TrainItem | undefined): string[] {
  const textsOf = (item: TrainItem | undefined): Set<string> =>
    new Set(
      settingsOf(item, (name) => compareSettings.includes(name)).map((span) => textOf(span).replaceAll(/\s+/g, ' ')),
    );
  const kept = textsOf(train);
  const own = new Set(trainsOf(module).flatMap((item) => [...textsOf(item)]));
  const others = [...own].filter((text) => !kept.has(text));
  return others.length === 0 ? [] : [`${basename(file)}: ${others.join(', ')}`];
}

function textOf({ source, start, end }: Span): string {
  return source.text.slice(start, end);
}

/** The files by their names, then what stands beside each of them, the first one's before the others'. */
class PartsLibrary implements Library {
  private readonly beside: readonly Library[];

  constructor(private readonly parts: readonly Part[]) {
    this.beside = parts.map(({ file }) => new FileLibrary(file));
  }

  find(path: readonly string[]): Source | undefined {
    const [name] = path;
    const part = path.length === 1 ? this.parts.find((candidate) => candidate.name === name) : undefined;
    if (part) return part.module.source;
    for (const library of this.beside) {
      const found = library.find(path);
      if (found) return found;
    }
    return undefined;
  }

  list(): readonly string[] {
    return [...this.parts.map(({ name }) => name), ...new Set(this.beside.flatMap((library) => library.list()))];
  }
}
