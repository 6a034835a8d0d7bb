/** Examples as they are shown: queries and their nearest neighbours in a representation. */
import type { Exhibit, RunPictures } from '../compare/comparison.js';
import { isPicture, type Tile } from '../data/show/contact-sheet.js';
import { type Matrix, normalizeRows } from '../evaluate/matrix.js';

/** Of the longer side, in pixels: larger pictures are made smaller. */
const largest = 64;

/** A picture as PNG in a data address; other values as text. `label` is the place of its class. */
export async function exhibitOf({ shape, values }: Tile, label?: number): Promise<Exhibit> {
  const labelled = label === undefined ? {} : { label };
  if (!isPicture(shape)) return { text: describeValues(values), ...labelled };
  const [height = 0, width = 0, channels = 1] = shape;
  const bytes = Uint8Array.from({ length: height * width * channels }, (_, i) =>
    Math.max(0, Math.min(255, Math.round((values[i] ?? 0) * 255))),
  );
  const { default: sharp } = await import('sharp');
  const png = await sharp(bytes, { raw: { height, width, channels: channels as 1 | 3 | 4 } })
    .resize({ width: largest, height: largest, fit: 'inside', withoutEnlargement: true })
    .png({ compressionLevel: 9 })
    .toBuffer();
  return { image: `data:image/png;base64,${png.toString('base64')}`, ...labelled };
}

function describeValues(values: ArrayLike<number>): string {
  const shown = Array.from({ length: Math.min(6, values.length) }, (_, i) => String(Number(values[i]!.toPrecision(3))));
  return `${shown.join(', ')}${values.length > shown.length ? ', …' : ''}`;
}

/**
 * The nearest rows of each query by cosine similarity, the query itself left out; of equal ones the earlier row first.
 *
 * @param exhibit shows a row; called once for each row that is shown.
 */
export async function nearestExhibits(
  features: Matrix,
  queries: readonly number[],
  count: number,
  exhibit: (row: number) => Promise<Exhibit>,
): Promise<NonNullable<RunPictures['neighbours']>> {
  const unit = normalizeRows(features);
  const shown = new Map<number, Promise<Exhibit>>();
  const show = (row: number) => {
    const found = shown.get(row) ?? exhibit(row);
    shown.set(row, found);
    return found;
  };
  return Promise.all(
    queries.map(async (query) => ({
      query: await show(query),
      nearest: await Promise.all(
        nearestRows(unit, query, count).map(async ({ row, similarity }) => ({ ...(await show(row)), similarity })),
      ),
    })),
  );
}

/** On rows of length one. Rows with values that are not finite are nobody's neighbours. */
function nearestRows({ rows, columns, data }: Matrix, query: number, count: number) {
  const start = query * columns;
  const found: { readonly row: number; readonly similarity: number }[] = [];
  for (let row = 0; row < rows; row++) {
    if (row === query) continue;
    let similarity = 0;
    for (let i = 0; i < columns; i++) similarity += data[start + i]! * data[row * columns + i]!;
    if (Number.isFinite(similarity)) found.push({ row, similarity: Number(similarity.toFixed(4)) });
  }
  return found.sort((a, b) => b.similarity - a.similarity || a.row - b.row).slice(0, count);
}
