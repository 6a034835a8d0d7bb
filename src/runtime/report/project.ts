/** A representation in two dimensions, to be looked at. */
import type { RunPictures } from '../compare/comparison.js';
import { randomBits } from '../data/index.js';
import { type Matrix, normalizeRows, thinRows } from '../evaluate/matrix.js';

export const mostPoints = 1000;
const neighbours = 15;
/** Of the layout; umap-js takes 500 for few points, which move no further in the last three hundred than is seen. */
const layoutEpochs = 200;

/**
 * UMAP (McInnes, Healy & Melville 2018) of the rows on the unit sphere, as cosine similarity sees them: 15 neighbours, minimal
 * distance 0.1. The same rows and seed give the same picture.
 *
 * @param features one row an example; at most 1,000, evenly spread, are shown.
 * @param labels of the rows, if there are any.
 * @returns undefined where there is nothing to see: fewer than five rows, rows all alike, or values that are not finite.
 */
export async function project(
  features: Matrix,
  labels: ArrayLike<number> | undefined,
  seed: number,
): Promise<RunPictures['projection']> {
  const shown = normalizeRows(thinRows(features, mostPoints));
  const rows = Array.from({ length: shown.rows }, (_, i) =>
    Array.from(shown.data.subarray(i * shown.columns, (i + 1) * shown.columns)),
  );
  if (rows.length < 5 || !shown.data.every(Number.isFinite) || areAlike(rows)) return undefined;
  const bits = randomBits(0x756d6170, seed);
  const { UMAP } = await import('umap-js');
  const nNeighbors = Math.min(neighbours, rows.length - 1);
  const found = new UMAP({
    nComponents: 2,
    nNeighbors,
    minDist: 0.1,
    nEpochs: layoutEpochs,
    random: () => bits() / 2 ** 32,
  }).fit(rows);
  if (!found.every((point) => point.length === 2 && point.every(Number.isFinite))) return undefined;
  const place = (i: number) => (features.rows <= mostPoints ? i : Math.floor((i * features.rows) / mostPoints));
  const round = (value: number) => Number(value.toFixed(3));
  return {
    method: 'UMAP',
    x: found.map(([x]) => round(x!)),
    y: found.map(([, y]) => round(y!)),
    label: labels && found.map((_, i) => labels[place(i)]!),
  };
}

function areAlike(rows: readonly (readonly number[])[]): boolean {
  const [first] = rows;
  return rows.every((row) => row.every((value, i) => Math.abs(value - first![i]!) < 1e-6));
}
