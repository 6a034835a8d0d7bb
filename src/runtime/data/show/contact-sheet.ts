/** Pictures side by side in one PNG. */

/** height × width × channels values in 0..1; 1 channel is grey, 3 are red, green and blue, 4 also opacity. */
export interface Tile {
  readonly shape: readonly number[];
  readonly values: ArrayLike<number>;
}

const gap = 2;
/** Of the longer side, so that small pictures can be seen. */
const smallestTile = 64;
const background = 40;

export function isPicture(shape: readonly number[]): boolean {
  return shape.length === 3 && [1, 3, 4].includes(shape[2]!);
}

/** Rows of tiles; all are scaled by the same whole number, pixel by pixel. Values beyond 0..1 are cut off. */
export async function contactSheet(rows: readonly (readonly Tile[])[]): Promise<Uint8Array> {
  const tiles = rows.flat();
  const [tallest, widest] = [0, 1].map((axis) => tiles.reduce((most, { shape }) => Math.max(most, shape[axis]!), 1));
  const scale = Math.max(1, Math.floor(smallestTile / Math.max(tallest!, widest!)));
  const [cellHeight, cellWidth] = [tallest! * scale + gap, widest! * scale + gap];
  const columns = rows.reduce((most, row) => Math.max(most, row.length), 0);
  const [height, width] = [rows.length * cellHeight + gap, columns * cellWidth + gap];
  const pixels = new Uint8Array(height * width * 3).fill(background);
  rows.forEach((row, i) => {
    row.forEach((tile, j) => {
      drawTile(tile, scale, pixels, width, gap + i * cellHeight, gap + j * cellWidth);
    });
  });
  const { default: sharp } = await import('sharp');
  return sharp(pixels, { raw: { height, width, channels: 3 } })
    .png()
    .toBuffer();
}

function drawTile(
  { shape, values }: Tile,
  scale: number,
  pixels: Uint8Array,
  width: number,
  top: number,
  left: number,
): void {
  const [h = 0, w = 0, c = 0] = shape;
  for (let y = 0; y < h * scale; y++) {
    for (let x = 0; x < w * scale; x++) {
      const from = (Math.floor(y / scale) * w + Math.floor(x / scale)) * c;
      const to = ((top + y) * width + left + x) * 3;
      for (let k = 0; k < 3; k++) pixels[to + k] = byteOf(values[from + (c === 1 ? 0 : k)]!);
    }
  }
}

function byteOf(value: number): number {
  return Math.max(0, Math.min(255, Math.round(value * 255)));
}
