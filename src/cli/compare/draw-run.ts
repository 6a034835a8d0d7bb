/** What a report shows of a run besides figures. */
import type { RunPictures } from '../../runtime/compare/comparison.js';
import type { Dataset } from '../../runtime/data/index.js';
import type { Subject } from '../../runtime/evaluate/index.js';
import type { LoadedModel } from '../../runtime/model.js';
import { exhibitOf, nearestExhibits } from '../../runtime/report/nearest.js';
import { project } from '../../runtime/report/project.js';

const queries = 6;
const neighbours = 8;
/** Energies of each kind: a histogram needs no more. */
const mostEnergies = 1000;
const digits = 4;

export async function drawRun(
  subject: Subject,
  dataset: Dataset,
  seed: number,
  model: LoadedModel,
): Promise<RunPictures> {
  const { test, labels } = subject;
  const projection = await project(test, labels?.test, seed);
  const field = dataset.fields.find(({ name }) => model.inputs.some((input) => input.name === name));
  const exhibit = async (row: number) => {
    const batch = await dataset.read('test', [row], [field!.name]);
    const { shape, data } = batch[field!.name]!;
    return exhibitOf({ shape: shape.slice(1), values: data }, labels?.test[row]);
  };
  const rows = queryRows(labels?.test, test.rows);
  const found = field && test.rows > 1 ? await nearestExhibits(test, rows, neighbours, exhibit) : undefined;
  const energies = await subject.energies?.();
  const termCosines = await subject.termCosines?.();
  return {
    ...(termCosines && termCosines.length > 0 ? { termCosines } : {}),
    ...(energies ? { energies: { compatible: few(energies.compatible), mismatched: few(energies.mismatched) } } : {}),
    ...(found ? { neighbours: found } : {}),
    ...(projection ? { projection } : {}),
  };
}

/** The first example of each of the first classes; the first examples where there are none: the same for every encoder. */
function queryRows(labels: Int32Array | undefined, rows: number): number[] {
  if (!labels) return Array.from({ length: Math.min(queries, rows) }, (_, i) => i);
  const first = new Map<number, number>();
  labels.forEach((label, row) => {
    if (!first.has(label)) first.set(label, row);
  });
  return [...first.entries()]
    .sort(([a], [b]) => a - b)
    .slice(0, queries)
    .map(([, row]) => row);
}

function few(values: Float32Array): number[] {
  const stride = Math.max(1, values.length / mostEnergies);
  const count = Math.min(values.length, mostEnergies);
  return Array.from({ length: count }, (_, i) => Number(values[Math.floor(i * stride)]!.toPrecision(digits)));
}
