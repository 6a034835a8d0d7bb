/** `ebmc data`: what a data set holds, and pictures of it. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import { ebmc, folderWith } from './run.js';
import { tinyFiles } from './tiny.js';

describe('data', () => {
  test('counts, values, classes; sheets of examples and of their views', async () => {
    const folder = folderWith(tinyFiles());
    const { status, stdout } = await ebmc(['data', 'tiny.ebm', '--out', 'sheets', '--json', '--backend', 'cpu'], {
      cwd: folder,
    });
    expect(status).toBe(0);
    const { datasets } = JSON.parse(stdout) as { datasets: [{ splits: unknown[]; written: string[] }] };
    expect(datasets[0].splits).toMatchObject([
      {
        split: 'train',
        examples: 96,
        fields: [
          { name: 'x', type: 'Image[8, 8, 1]', values: { min: expect.any(Number) } },
          {
            name: 'label',
            type: 'Class[2]',
            classes: [
              { label: 0, count: 48 },
              { label: 1, count: 48 },
            ],
          },
        ],
      },
      { split: 'test', examples: 48 },
    ]);
    expect(datasets[0].written).toEqual([
      'sheets/pictures.train.x.png',
      'sheets/pictures.test.x.png',
      'sheets/pictures.Tiny.views.png',
    ]);
    // Eight examples with two views each, 8 × 8 pixels shown as 64 × 64 with gaps of 2.
    const sheet = await sharp(join(folder, 'sheets/pictures.Tiny.views.png'))
      .raw()
      .toBuffer({ resolveWithObject: true });
    expect([sheet.info.height, sheet.info.width]).toEqual([8 * 66 + 2, 3 * 66 + 2]);
    const at = (tile: number) => sheet.data[(4 * sheet.info.width + 4 + 66 * tile) * 3]!;
    // A view is the example with noise of 0.1.
    for (const view of [1, 2]) expect(Math.abs(at(view) - at(0))).toBeLessThan(0.6 * 255);
    expect(at(1)).not.toBe(at(2));
  });

  test('a table with damaged rows, for people; what does not fit', async () => {
    const program = 'dataset t = csv("t.csv", split: 0.5, limit: 3) {\n  x: [2]\n  kind: Class[2]\n}\n';
    const folder = folderWith({ 'a.ebm': program, 't.csv': `a,b,kind\n${'1,2,u\n3,4,v\n'.repeat(4)}?,1,u\n` });
    const { status, stdout, stderr } = await ebmc(['data', 'a.ebm', '--no-color'], { cwd: folder });
    expect([status, stderr]).toEqual([0, expect.stringContaining('EBM4025')]);
    expect(stdout).toContain('t.train: 3 examples');
    expect(stdout).toMatch(/kind +Class\[2\] +2 classes in use/);
    const strict = await ebmc(['data', 'a.ebm', '--strict'], { cwd: folder });
    expect([strict.status, strict.stderr]).toEqual([1, expect.stringContaining('EBM4026')]);
    const unknown = await ebmc(['data', 'a.ebm', '--dataset', 's'], { cwd: folder });
    expect([unknown.status, unknown.stderr]).toEqual([1, expect.stringContaining('EBM7011')]);
    expect(existsSync(join(folder, 'runs'))).toBe(false);
  });
});
