import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { NdArray } from '../../src/compiler/graph/ops/index.js';
import { array, distance, type Nested, prepare, run } from './run.js';

interface Case {
  readonly out: Nested[];
  readonly antialias: Nested[];
  readonly [setting: string]: number | Nested[];
}

const read = (name: string) =>
  JSON.parse(readFileSync(new URL(`../reference/fixtures/${name}.json`, import.meta.url), 'utf8'));
const crops = read('crops');
const pictures: NdArray[] = crops.pictures.map(array);

const use = (...names: string[]) => `use std.vision { ${names.join(', ')} }`;

/** `expression` on both pictures is what torchvision gave. */
function agrees(name: string, expression: string, expected: Nested[]): void {
  for (const [k, x] of pictures.entries()) {
    const { value } = run(use(name), expression, { x });
    expect(distance(value!, array(expected[k]!)), expression).toBeLessThan(1e-12);
  }
}

function picture(
  h: number,
  w: number,
  c: number,
  at: (row: number, column: number, channel: number) => number,
): NdArray {
  const data = new Float64Array(h * w * c);
  for (let k = 0; k < data.length; k++) data[k] = at(Math.floor(k / (w * c)), Math.floor(k / c) % w, k % c);
  return { shape: [h, w, c], data };
}

const minOf = (x: NdArray) => Math.min(...x.data);
const maxOf = (x: NdArray) => Math.max(...x.data);
const steps = (n: number) => Array.from({ length: n }, (_, step) => ({ seed: 7, step }));

describe('std.vision computes what torchvision computes', () => {
  it.each<Case>(crops.resized_crop)('resized_crop of $height by $width to $size', (c) => {
    const box = `top: ${c.top}, left: ${c.left}, height: ${c.height}, width: ${c.width}, size: ${c.size}`;
    agrees('resized_crop', `resized_crop(x, ${box})`, c.antialias);
  });

  it('mirror', () => agrees('mirror', 'mirror(x)', crops.flip));
  it('to_grayscale', () => agrees('to_grayscale', 'to_grayscale(x)', crops.grayscale));

  for (const name of ['adjust_brightness', 'adjust_contrast', 'adjust_saturation', 'adjust_hue']) {
    it.each<Case>(crops[name])(`${name} by $factor`, (c) => agrees(name, `${name}(x, ${c.factor})`, c.out));
  }

  it.each<Case>(crops.gaussian_blur)('blurred with $kernel taps and sigma $sigma', (c) => {
    agrees('blurred', `blurred(x, kernel: ${c.kernel}, sigma: ${c.sigma})`, c.out);
  });

  it.each<Case>(crops.solarize)('solarized at $threshold', (c) => {
    agrees('solarized', `solarized(x, threshold: ${c.threshold})`, c.out);
  });

  it('takes the box as values computed at run time', () => {
    const c: Case = crops.resized_crop[1];
    const scalar = (value: unknown) => array(value as number);
    const box = { top: scalar(c.top), left: scalar(c.left), height: scalar(c.height), width: scalar(c.width) };
    const call = `resized_crop(x, top, left, height, width, size: ${c.size})`;
    const { value } = run(use('resized_crop'), call, { x: pictures[0]!, ...box });
    expect(distance(value!, array(c.antialias[0]!))).toBeLessThan(1e-12);
  });
});

describe('random_resized_crop', () => {
  const expression = 'random_resized_crop(x, size: 8, scale: 0.08..1.0)';

  it('keeps a constant picture constant', () => {
    const crop = prepare(use('random_resized_crop'), expression, { x: picture(20, 30, 1, () => 0.3) });
    for (const draws of steps(50)) {
      const { value } = crop(draws);
      expect(value!.shape).toEqual([8, 8, 1]);
      expect(maxOf(value!) - minOf(value!)).toBeLessThan(1e-12);
      expect(minOf(value!)).toBeCloseTo(0.3, 12);
    }
  });

  it('stays in the picture, reaches all of it, and keeps to the range of areas', () => {
    const columns = prepare(use('random_resized_crop'), expression, { x: picture(32, 32, 1, (_, column) => column) });
    const rows = prepare(use('random_resized_crop'), expression, { x: picture(32, 32, 1, (row) => row) });
    let lowest = 32;
    let highest = 0;
    const areas: number[] = [];
    for (const draws of steps(400)) {
      const across = columns(draws).value!;
      const down = rows(draws).value!;
      lowest = Math.min(lowest, minOf(across), minOf(down));
      highest = Math.max(highest, maxOf(across), maxOf(down));
      // The pixels next to the middle are a whole step apart, unless the box was enlarged.
      areas.push(((across.data[4]! - across.data[3]!) * (down.data[32]! - down.data[24]!) * 64) / 1024);
    }
    expect(lowest).toBeGreaterThanOrEqual(0);
    expect(lowest).toBeLessThan(1.5);
    expect(highest).toBeLessThanOrEqual(31);
    expect(highest).toBeGreaterThan(29.5);
    expect(Math.min(...areas)).toBeGreaterThan(0.06);
    expect(Math.max(...areas)).toBeLessThan(1.02);
    expect(areas.reduce((sum, a) => sum + a, 0) / areas.length).toBeCloseTo(0.53, 1);
  });

  it('draws again where a box does not fit', () => {
    const rows = picture(32, 32, 1, (row) => row);
    // At this ratio a box of more than a quarter of the area is wider than the picture; one of a quarter is 8 pixels high.
    const crop = prepare(use('random_resized_crop'), 'random_resized_crop(x, 8, 0.08..0.5, 4..4)', { x: rows });
    const low = steps(40).filter((draws) => {
      const view = crop(draws).value!;
      return maxOf(view) - minOf(view) < 7.5;
    });
    expect(low.length).toBeGreaterThan(37);
  });

  it('with the whole area and ratio 1 gives a square picture back', () => {
    const x = picture(9, 9, 3, (row, column, channel) => Math.sin(row * 5 + column * 3 + channel));
    const { value } = run(
      use('random_resized_crop'),
      'random_resized_crop(x, 9, 1..1, 1..1)',
      { x },
      { seed: 1, step: 1 },
    );
    expect(distance(value!, x)).toBeLessThan(1e-12);
  });
});

describe('random choices', () => {
  const x = pictures[0]!;

  it('flips about half of the draws', () => {
    const flip = prepare(use('flip'), 'flip(x)', { x });
    const kept = steps(400).filter((draws) => distance(flip(draws).value!, x) === 0).length;
    expect(kept).toBeGreaterThan(160);
    expect(kept).toBeLessThan(240);
  });

  it.each(['flip', 'grayscale', 'solarize', 'color_jitter'])('%s does nothing with probability 0', (name) => {
    const { value } = run(use(name), `${name}(x, probability: 0)`, { x }, { seed: 1, step: 2 });
    expect(distance(value!, x)).toBe(0);
  });

  it('color_jitter without strength gives the picture back', () => {
    const expression = 'color_jitter(x, 0, 0, 0, 0, probability: 1)';
    const { value } = run(use('color_jitter'), expression, { x }, { seed: 1, step: 2 });
    expect(distance(value!, x)).toBeLessThan(1e-12);
  });

  it.each([
    'simclr_views(x, size: 10)',
    'simclr_views(x, size: 10, strength: 1, blur: 0.5)',
    'byol_views(x, size: 10, blur: 0.1, solarization: 0.2)',
  ])('%s stays in 0..1 and differs from draw to draw, for one channel and for three', (expression) => {
    for (const channels of [1, 3]) {
      const input = picture(
        16,
        16,
        channels,
        (row, column, channel) => ((row * 7 + column * 5 + channel * 3) % 16) / 15,
      );
      const views = prepare(use('simclr_views', 'byol_views'), expression, { x: input });
      const results = steps(30).map((draws) => views(draws).value!);
      for (const [k, view] of results.entries()) {
        expect(view.shape).toEqual([10, 10, channels]);
        expect(minOf(view)).toBeGreaterThanOrEqual(-1e-12);
        expect(maxOf(view)).toBeLessThanOrEqual(1 + 1e-12);
        if (k > 0) expect(distance(view, results[k - 1]!)).toBeGreaterThan(0);
      }
    }
  });
});

describe('normalize', () => {
  const x = pictures[0]!;

  it('takes one number or one for each channel', () => {
    const one = run(use('normalize'), 'normalize(x, 0.5, 0.25)', { x }).value!;
    const three = run(use('normalize'), 'normalize(x, mean: [0.5, 0.5, 0.4], std: [0.25, 0.25, 0.2])', { x }).value!;
    for (const [k, v] of x.data.entries()) {
      expect(one.data[k]).toBeCloseTo((v - 0.5) / 0.25, 12);
      expect(three.data[k]).toBeCloseTo(k % 3 === 2 ? (v - 0.4) / 0.2 : (v - 0.5) / 0.25, 12);
    }
  });
});

describe('patches and masks', () => {
  it('cuts row by row, channels last', () => {
    const x = picture(4, 6, 3, (row, column, channel) => 100 * row + 10 * column + channel);
    const { value } = run(use('patches'), 'patches(x, 2)', { x });
    expect(value!.shape).toEqual([6, 12]);
    expect([...value!.data.slice(4 * 12, 5 * 12)]).toEqual([
      220, 221, 222, 230, 231, 232, 320, 321, 322, 330, 331, 332,
    ]);
  });

  it.each([
    { n: 16, ratio: '75%', visible: 4 },
    { n: 49, ratio: '0.75', visible: 12 },
    { n: 10, ratio: '0.9', visible: 1 },
  ])('random_mask of $n rows keeps $visible at $ratio', ({ n, ratio, visible }) => {
    const mask = prepare(use('random_mask'), `random_mask(p, ratio: ${ratio})`, {
      p: { shape: [n, 2], data: new Float64Array(2 * n) },
    });
    const orders = steps(5).map((draws) => {
      const result = mask(draws);
      expect(result.visible!.shape).toEqual([visible]);
      return [...result.visible!.data, ...result.hidden!.data];
    });
    for (const order of orders)
      expect([...order].sort((a, b) => a - b)).toEqual(Array.from({ length: n }, (_, k) => k));
    expect(new Set(orders.map(String)).size).toBe(orders.length);
  });

  it("sincos_positions is MAE's table", () => {
    const mae = read('mae_step');
    for (const [name, dim] of [
      ['encoder_positions', 12],
      ['decoder_positions', 8],
    ] as const) {
      const { value } = run(use('sincos_positions'), `sincos_positions(4, 4, ${dim})`, {});
      expect(distance(value!, array(mae[name]))).toBeLessThan(1e-12);
    }
  });
});
