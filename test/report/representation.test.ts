/** Projections and nearest neighbours. */
import { describe, expect, test } from 'vitest';
import { exhibitOf, nearestExhibits, project } from '../../src/runtime/report/index.js';
import { drawing } from './sample.js';

/** Rows around as many directions as there are groups. */
function grouped(rows: number, columns: number, groups: number) {
  const { normal } = drawing(5, rows);
  const data = Float32Array.from({ length: rows * columns }, (_, i) => {
    const [row, column] = [Math.floor(i / columns), i % columns];
    return 0.3 * normal() + (column === row % groups ? 4 : 0);
  });
  return { matrix: { rows, columns, data }, labels: Int32Array.from({ length: rows }, (_, row) => row % groups) };
}

describe('projection', () => {
  test('keeps groups together, the same each time, another for another seed', async () => {
    const { matrix, labels } = grouped(300, 12, 3);
    const found = (await project(matrix, labels, 1))!;
    expect(await project(matrix, labels, 1)).toEqual(found);
    expect(await project(matrix, labels, 2)).not.toEqual(found);
    const { x, y } = found;
    const isOwnNearest = x.map((_, i) => {
      const distances = x.map((_, j) =>
        i === j ? Number.POSITIVE_INFINITY : Math.hypot(x[i]! - x[j]!, y[i]! - y[j]!),
      );
      return labels[distances.indexOf(Math.min(...distances))] === labels[i];
    });
    expect(isOwnNearest.filter(Boolean).length / x.length).toBeGreaterThan(0.98);
  });

  test('of many rows a thousand are shown, with their own labels', async () => {
    const { matrix } = grouped(1503, 3, 3);
    const found = (await project(
      matrix,
      Int32Array.from({ length: 1503 }, (_, i) => i),
      1,
    ))!;
    expect(found.x).toHaveLength(1000);
    expect(found.label!.slice(0, 3)).toEqual([0, 1, 3]);
    expect(found.label!.at(-1)).toBe(Math.floor((999 * 1503) / 1000));
  });

  test('there is none of rows that are alike, too few, or not finite', async () => {
    const rows = (data: readonly number[]) => ({ rows: data.length / 2, columns: 2, data: Float32Array.from(data) });
    expect(await project(rows(new Array(40).fill(1)), undefined, 1)).toBeUndefined();
    expect(await project(rows([1, 2, 3, 4]), undefined, 1)).toBeUndefined();
    expect(await project(rows([1, 2, Number.NaN, 4, 1, 0, 0, 1, 2, 2, 3, 1]), undefined, 1)).toBeUndefined();
  });
});

describe('neighbours', () => {
  test('are those of the largest cosine, the earlier of equal ones first, never the query or NaN', async () => {
    const data = Float32Array.from([1, 0, 10, 1, 0, 1, 2, 0, Number.NaN, 1, -1, 0]);
    const [found] = await nearestExhibits({ rows: 6, columns: 2, data }, [0], 10, async (row) => ({
      text: String(row),
    }));
    expect(found!.query).toEqual({ text: '0' });
    expect(found!.nearest.map(({ text, similarity }) => [text, similarity])).toEqual([
      ['3', 1],
      ['1', 0.995],
      ['2', 0],
      ['5', -1],
    ]);
  });

  test('pictures are PNG in data addresses, made smaller; other values are texts', async () => {
    const { image, label } = await exhibitOf(
      { shape: [96, 48, 3], values: new Float32Array(96 * 48 * 3).fill(0.5) },
      7,
    );
    const bytes = Buffer.from(image!.replace(/^data:image\/png;base64,/, ''), 'base64');
    const { default: sharp } = await import('sharp');
    const { width, height } = await sharp(bytes).metadata();
    expect([width, height, label]).toEqual([32, 64, 7]);
    const { data } = await sharp(bytes).raw().toBuffer({ resolveWithObject: true });
    expect(data[0]).toBe(128);
    expect(await exhibitOf({ shape: [8], values: [1, 0.25, 3, 4, 5, 6, 7, 8] })).toEqual({
      text: '1, 0.25, 3, 4, 5, 6, …',
    });
  });
});
