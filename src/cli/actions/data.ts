import { dirname, join } from 'node:path';
import type { DatasetDecl, FieldDecl } from '../../compiler/declarations.js';
import { type CheckedFile, checkFile } from '../../compiler/index.js';
import { type Diagnostic, EbmcError, nearest, report } from '../../diagnostics/index.js';
import {
  type Dataset,
  type DatasetSummary,
  openDataset,
  orderOf,
  summarize,
  warnOfDamage,
} from '../../runtime/data/index.js';
import { contactSheet, isPicture, type Tile } from '../../runtime/data/show/contact-sheet.js';
import { tileOf } from '../../runtime/data/show/tiles.js';
import { writeWhole } from '../../runtime/files/index.js';
import { FileLibrary } from '../../runtime/library.js';
import type { Batch } from '../../runtime/model.js';
import { readSource } from '../../runtime/read-source.js';
import type { CommandCall } from '../command.js';
import { type Views, viewsOf } from '../data-views.js';
import { describeDiagnostic, hasErrors, type Output } from '../output.js';
import { printSummary, quoted } from '../print-summary.js';
import type { Status } from '../statuses.js';
import { statuses } from '../statuses.js';

/** Examples on a sheet, and a batch of which views are made. */
const shown = 64;
const viewed = 8;
const textsViewed = 3;

export async function runData({ args, options, output }: CommandCall): Promise<Status> {
  const [file = ''] = args;
  const source = readSource(file);
  const seed = options.number('seed') ?? 0;
  const checked = checkFile(source, new FileLibrary(file), { train: { batch: viewed, seed } });
  // Data can be looked at before a model is finished.
  const chosen = chooseDatasets(checked, options.text('dataset'));
  const found: Diagnostic[] = [];
  const warn = (diagnostic: Diagnostic): void => {
    found.push(diagnostic);
    output.diagnostics([diagnostic]);
  };
  const summaries: (DatasetSummary & { readonly written: readonly string[] })[] = [];
  for (const decl of chosen) {
    const dataset = await openDataset(decl, { baseDirectory: dirname(file), strict: options.flag('strict'), warn });
    const summary = await summarize(dataset);
    output.line(printSummary(summary, output));
    const written: string[] = [];
    const out = options.text('out');
    if (out !== undefined) {
      written.push(...(await drawExamples(dataset, out, seed)));
      if (!hasErrors(checked.diagnostics)) {
        for (const model of modelsOn(checked, decl, options.text('model')))
          written.push(...(await drawViews(checked, model, dataset, out, options.text('backend') ?? 'auto', output)));
      } else output.note('the models have errors: their views are not shown (`ebmc check` tells which)');
      for (const path of written) output.line(`wrote ${path}`);
    }
    warnOfDamage(dataset, warn);
    summaries.push({ ...summary, written });
  }
  output.document({ ok: true, datasets: summaries, diagnostics: found.map(describeDiagnostic) });
  return statuses.ok;
}

function chooseDatasets({ datasets, diagnostics }: CheckedFile, name: string | undefined): readonly DatasetDecl[] {
  const known = datasets.map((decl) => decl.name);
  const chosen = name === undefined ? datasets : datasets.filter((decl) => decl.name === name);
  if (chosen.length > 0) return chosen;
  if (hasErrors(diagnostics)) throw new EbmcError(diagnostics);
  throw new EbmcError([
    report('EBM7011', { name, known, suggestion: name === undefined ? undefined : nearest(name, known) }),
  ]);
}

function modelsOn({ trains, modelNames }: CheckedFile, { name }: DatasetDecl, wanted: string | undefined): string[] {
  return modelNames.filter((model) =>
    wanted === undefined ? trains.some((train) => train.model === model && train.dataset === name) : model === wanted,
  );
}

/** The first examples of an epoch, field by field. */
async function drawExamples(dataset: Dataset, out: string, seed: number): Promise<string[]> {
  const written: string[] = [];
  for (const split of dataset.splits) {
    const rows = orderOf(dataset, split, seed, 0).slice(0, shown).sort();
    for (const { name, type, shape } of dataset.fields.filter((field) => isDrawn(field))) {
      const batch = await dataset.read(split, rows, [name]);
      const tiles = Array.from(
        { length: rows.length },
        (_, i) => tileOf(shape, valuesAt(batch, name, i), type === 'Audio')!,
      );
      const across = type === 'Audio' ? 4 : 8;
      const lines = Array.from({ length: Math.ceil(tiles.length / across) }, (_, i) =>
        tiles.slice(across * i, across * (i + 1)),
      );
      written.push(await write(join(out, `${dataset.name}.${split}.${name}.png`), lines));
    }
  }
  return written;
}

function isDrawn({ type, shape }: FieldDecl): boolean {
  return type === 'Audio' || isPicture(shape);
}

/** A row an example: itself, then its views. Views of texts are printed below each other. */
async function drawViews(
  checked: CheckedFile,
  model: string,
  dataset: Dataset,
  out: string,
  backend: string,
  output: Output,
): Promise<string[]> {
  const typed = checked.models.find(({ name }) => name === model);
  const train = checked.trains.find((item) => item.model === model);
  if (!typed || !train) return [];
  const split = dataset.splits.find((name) => name === train.split) ?? 'train';
  const rows = Uint32Array.from({ length: typed.batch }, (_, i) => i % dataset.size(split));
  const order = orderOf(dataset, split, train.seed, 0);
  const batch = await dataset.read(
    split,
    rows.map((row) => order[row]!),
    typed.inputs.map(({ name }) => name),
  );
  const views = await viewsOf(typed, train, batch, backend, output);
  if (!views) return [];
  const sounds = new Set(dataset.fields.filter(({ type }) => type === 'Audio').map(({ name }) => name));
  printTexts(views, batch, dataset, output);
  const lines = views.rows.slice(0, viewed).map((values, i) => {
    const drawn = views.places.map((place) => ({
      ...place,
      tile: tileOf(
        place.shape,
        values.subarray(place.start, place.start + sizeOf(place.shape)),
        sounds.has(place.subject),
      ),
    }));
    const subjects = [...new Set(drawn.flatMap(({ subject, tile }) => (tile && batch[subject] ? [subject] : [])))];
    const own = subjects.map((name) => tileOf(batch[name]!.shape.slice(1), valuesAt(batch, name, i), sounds.has(name)));
    return [...own, ...drawn.map(({ tile }) => tile)].filter((tile) => tile !== undefined);
  });
  if (lines.every(({ length }) => length === 0)) return [];
  return [await write(join(out, `${dataset.name}.${model}.views.png`), lines)];
}

/** The first texts of the batch, each with what the views make of it. */
function printTexts({ places, rows }: Views, batch: Batch, dataset: Dataset, output: Output): void {
  const ofTexts = places.filter(({ dtype, subject }) => dtype === 'int32' && dataset.texts?.has(subject));
  const subjects = [...new Set(ofTexts.map(({ subject }) => subject))];
  for (const [i, values] of rows.slice(0, textsViewed).entries()) {
    for (const subject of subjects) {
      const { decode } = dataset.texts!.get(subject)!;
      output.line(quoted(subject, [decode(valuesAt(batch, subject, i))]));
      for (const { name, subject: of, start, shape } of ofTexts)
        if (of === subject) output.line(quoted(name, [decode(values.subarray(start, start + sizeOf(shape)))]));
    }
  }
}

function valuesAt(batch: Batch, name: string, i: number): ArrayLike<number> {
  const { shape, data } = batch[name]!;
  const size = sizeOf(shape.slice(1));
  return data.subarray(i * size, (i + 1) * size);
}

function sizeOf(shape: readonly number[]): number {
  return shape.reduce((a, b) => a * b, 1);
}

async function write(path: string, lines: readonly (readonly Tile[])[]): Promise<string> {
  writeWhole(path, [await contactSheet(lines)]);
  return path;
}
