/** The formats of a report: HTML that nothing can break out of, Markdown, and JSON that is checked when read. */
import { beforeAll, describe, expect, test } from 'vitest';
import { EbmcError } from '../../src/diagnostics/index.js';
import type { Comparison } from '../../src/runtime/compare/comparison.js';
import { contrastRatio, dark, light, textColours } from '../../src/runtime/report/html/palette.js';
import {
  makeDrawer,
  readComparison,
  writeBriefMarkdown,
  writeComparison,
  writeHtml,
  writeMarkdown,
} from '../../src/runtime/report/index.js';
import { mainMeasure, rankBy } from '../../src/runtime/report/ranking.js';
import { hostileComparison, sampleComparison } from './sample.js';

let sample: Comparison;
/** Drawings that several tests need are drawn once. */
const draw = makeDrawer();
beforeAll(async () => {
  sample = await sampleComparison();
});

describe('HTML', () => {
  test('is one file without addresses, the same each time, small, and says everything', async () => {
    const page = await writeHtml(sample, draw);
    expect(await writeHtml(sample)).toBe(page);
    expect(page.length).toBeLessThan(1.5e6);
    expect(page).not.toMatch(/(?:src|href)="(?!data:|#)/);
    expect(page).not.toMatch(/url\((?!#)/);
    expect(page).not.toContain('https://');
    for (const { name, verdict } of sample.competitors) {
      expect(page).toContain(name);
      expect(page).toContain(verdict.reason);
    }
    for (const { label } of sample.measures) expect(page).toContain(label);
    for (const { values } of sample.differences)
      for (const value of Object.values(values)) expect(page).toContain(value);
    expect(page).toContain('no difference shown');
    expect(page).toContain('EBM5001: step 212');
    expect(page).toContain('sha256:4f2a90c1d7b3');
    expect(page).toContain('ebmc compare objectives.ebm');
  });

  test('identifiers are unique', async () => {
    const found = [...(await writeHtml(sample, draw)).matchAll(/ id="([^"]*)"/g)].map(([, id]) => id);
    expect(found.filter((id, i) => found.indexOf(id) !== i)).toEqual([]);
  });

  test('no text of the user becomes markup', async () => {
    const page = await writeHtml(hostileComparison(sample), draw);
    expect(page.match(/<script/g)).toHaveLength(1);
    expect(page).not.toMatch(/<img (?!src="data:image)/);
    const tags = page.replaceAll(/"[^"]*"/g, '""').match(/<[a-z][^>]*>/g) ?? [];
    expect(tags.filter((tag) => tag.includes('onerror'))).toEqual([]);
    expect(page.match(/<\/style>/g)).toHaveLength(1);
  });

  test.each<[string, (comparison: Comparison) => Comparison]>([
    ['nothing', (all) => ({ ...all, competitors: [], measures: [], contrasts: [], differences: [] })],
    ['no measures', (all) => ({ ...all, measures: [] })],
    ['runs that wait', (all) => ({ ...all, contrasts: [], competitors: all.competitors.map(waiting) })],
    ['no labels', (all) => ({ ...all, dataset: { ...all.dataset, classes: undefined } })],
    ['one competitor', (all) => ({ ...all, contrasts: [], competitors: all.competitors.slice(0, 1) })],
    ['values that are all NaN', (all) => ({ ...all, competitors: all.competitors.map(withoutNumbers) })],
  ])('a comparison of %s is a page', async (_, change) => {
    const page = await writeHtml(change(sample), draw);
    expect(page).toContain('</html>');
    expect(page).not.toMatch(/(?:cx|cy|x|y|d|transform)="[^"]*(?:NaN|Infinity|undefined)/);
    expect(writeMarkdown(change(sample))).not.toContain('undefined');
  });
});

function waiting(competitor: Comparison['competitors'][number]): Comparison['competitors'][number] {
  const runs = competitor.runs.map(({ seed, folder }) => ({
    ...{ seed, folder, status: 'waiting' as const, cost: undefined, curve: [], measures: {} },
  }));
  return { ...competitor, runs, summary: {}, verdict: { kind: 'waiting', reason: 'has not begun' } };
}

function withoutNumbers(competitor: Comparison['competitors'][number]): Comparison['competitors'][number] {
  const none = { mean: Number.NaN, low: Number.NaN, high: Number.NaN, deviation: undefined, values: [Number.NaN] };
  const summary = Object.fromEntries(Object.keys(competitor.summary).map((key) => [key, none]));
  const runs = competitor.runs.map((run) => ({
    ...run,
    curve: run.curve.map((point) => ({ ...point, loss: Number.NaN, spread: Number.NaN, effectiveRank: Number.NaN })),
    ...(run.pictures
      ? {
          pictures: {
            energies: { compatible: [Number.NaN], mismatched: [] },
            landscape: {
              xLabel: 'x',
              yLabel: 'y',
              xs: [0, 1],
              ys: [0, 1],
              values: [
                [Number.NaN, 1],
                [1, 1],
              ],
            },
            projection: { method: 'UMAP', x: [Number.NaN], y: [0], label: undefined },
          },
        }
      : {}),
  }));
  return { ...competitor, summary, runs };
}

describe('colours', () => {
  test.each([
    ['light', light],
    ['dark', dark],
  ])('texts of the %s palette can be read on both grounds, marks be seen', (_, palette) => {
    for (const name of textColours)
      for (const ground of [palette.ground, palette.raised])
        expect(contrastRatio(palette[name], ground), `${name} on ${ground}`).toBeGreaterThanOrEqual(4.5);
    for (const name of ['c1', 'c2', 'c3', 'c4', 'c5', 'c6', 'c7', 'c8'] as const)
      expect(contrastRatio(palette[name], palette.ground), name).toBeGreaterThanOrEqual(3);
  });

  test("contrast as WCAG's own examples have it", () => {
    expect(contrastRatio('#000000', '#ffffff')).toBeCloseTo(21);
    expect(contrastRatio('#777777', '#ffffff')).toBeCloseTo(4.48, 2);
  });
});

describe('Markdown', () => {
  test('has a row a competitor, the sentences and the program', () => {
    const text = writeMarkdown(sample);
    expect(text).toMatch(/^# Alpha, Beta/);
    expect(text).toContain('| Zeta | collapsed |');
    expect(text).toContain('no difference shown');
    expect(text).toContain('encoder f = small\u005fcnn(width: 16)');
  });

  test('brief: the ranking, faults and how to repeat it, without the program', () => {
    const text = writeBriefMarkdown(sample);
    const ranked = rankBy(sample, mainMeasure(sample)!);
    expect(ranked.length).toBeGreaterThan(4);
    for (const { competitor } of ranked) expect(text.replaceAll('\\', '')).toContain(`| ${competitor.name} `);
    expect(text).toMatch(/^- Zeta: collapsed: /m);
    expect(text).not.toContain('encoder f');
  });

  test('tables stay tables and fences stay fences whatever is in them', () => {
    const text = writeMarkdown({ ...hostileComparison(sample), source: '````\nfenced\n````' });
    const unfenced = text.replaceAll(/^(`{3,}).*\n[\s\S]*?\n\1$/gm, '');
    expect(unfenced.includes('<')).toBe(false);
    expect(text).toContain('`````\n````\nfenced');
    const rows = text.split('\n').filter((line) => line.startsWith('| '));
    expect(rows.every((row) => row.endsWith(' |'))).toBe(true);
  });
});

describe('JSON', () => {
  test('what is written is read', () => {
    expect(readComparison(writeComparison(sample), 'c.json')).toEqual(JSON.parse(JSON.stringify(sample)));
  });

  test('numbers that are none come back as NaN', () => {
    const [first, ...rest] = sample.competitors;
    const run = {
      ...first!.runs[0]!,
      measures: { knn: Number.NaN },
      curve: [{ step: 1, loss: Number.POSITIVE_INFINITY, terms: { spread: Number.NaN } }],
    };
    const read = readComparison(
      writeComparison({ ...sample, competitors: [{ ...first!, runs: [run] }, ...rest] }),
      'c.json',
    );
    expect(read.competitors[0]!.runs[0]!.measures['knn']).toBeNaN();
    expect(read.competitors[0]!.runs[0]!.curve[0]).toEqual({
      step: 1,
      loss: Number.NaN,
      terms: { spread: Number.NaN },
    });
  });

  test.each<[string, (text: string) => string, string]>([
    ['cut short', (text) => text.slice(0, 100), 'JSON'],
    [
      'another format',
      (text) => text.replace('"format":1', '"format":2'),
      'its format is 2; this version reads format 1',
    ],
    ['no object', () => '[1]', 'the document is a list where an object is expected'],
    ['a missing field', (text) => text.replace('"title"', '"titel"'), 'the document has no `title`'],
    [
      'a wrong type',
      (text) => text.replace('"train":54000', '"train":"many"'),
      '`dataset.train` is "many" where a whole number is expected',
    ],
    [
      'an unknown verdict',
      (text) => text.replace('"kind":"collapsed"', '"kind":"odd"'),
      '`competitors[5].verdict.kind` is "odd" where',
    ],
    ['a name twice', (text) => text.replace('"name":"Beta"', '"name":"Alpha"'), 'two competitors are named "Alpha"'],
  ])('%s is EBM5030', (_, spoil, problem) => {
    let found: unknown;
    try {
      readComparison(spoil(writeComparison(sample)), 'c.json');
    } catch (error) {
      found = error;
    }
    expect(found).toBeInstanceOf(EbmcError);
    const [diagnostic] = (found as EbmcError).diagnostics;
    expect(diagnostic!.code).toBe('EBM5030');
    expect(diagnostic!.message).toContain(problem);
  });
});
