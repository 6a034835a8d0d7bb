/** What a report says: ranks, groups, AUROC, sentences, numbers. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { energyAuroc } from '../../src/runtime/report/auroc.js';
import { binEnergies } from '../../src/runtime/report/charts/histogram.js';
import { intervalChart } from '../../src/runtime/report/charts/intervals.js';
import { wilson } from '../../src/runtime/report/evaluation-rows.js';
import {
  formatDifference,
  formatInterval,
  formatLarge,
  formatNumber,
  formatValue,
} from '../../src/runtime/report/format.js';
import { groupLetters } from '../../src/runtime/report/letters.js';
import { mainMeasure, measureLike, oppositePairs, rankBy } from '../../src/runtime/report/ranking.js';
import { contrasts } from '../../src/runtime/report/sections/contrasts.js';
import { quantile } from '../../src/runtime/report/sections/energies.js';
import { labelFamilies } from '../../src/runtime/report/sections/labels.js';
import { summarize } from '../../src/runtime/report/sections/summary.js';
import { sparkline } from '../../src/runtime/report/sparkline.js';
import { sampleComparison } from './sample.js';

describe('of many pairs', () => {
  test('those with the first of the objectives are shown, it first; all are there to open', async () => {
    const comparison = await sampleComparison({ times: 2, points: 20 });
    const main = mainMeasure(comparison)!;
    const tested = comparison.contrasts.filter(({ measure }) => measure === main.key);
    expect(tested.length).toBeGreaterThan(30);
    const leader = rankBy(comparison, main).find(({ rank }) => rank === 1)!.competitor.name;
    const { text } = (await contrasts.write(comparison, async () => ''))!;
    const rowsOf = (id: string) => {
      const [, after] = text.split(`<table id="${id}"`);
      return [...after!.split('</table>')[0]!.matchAll(/<tr><th scope="row".*?<\/tr>/gs)].map(([row]) =>
        [...row.matchAll(/data-value="([^"]*)"/g)].map(([, value]) => value!),
      );
    };
    const shown = rowsOf('contrast-table-leader');
    expect(shown).toHaveLength(comparison.competitors.length - 1);
    for (const [first, second, difference, low] of shown) {
      expect(first).toBe(leader);
      const found = tested.find(({ a, b }) => (a === leader ? b : b === leader ? a : undefined) === second)!;
      const sign = found.a === leader ? 1 : -1;
      expect(Number(difference)).toBe(sign * found.difference);
      expect(Number(low)).toBe(sign > 0 ? found.low : -found.high);
    }
    expect(rowsOf('contrast-table-0')).toHaveLength(tested.length);
    expect(text).not.toContain('<details id="contrasts-0" open');
  });

  test('a phone has no bars of groups where they would leave no room for marks', async () => {
    const comparison = await sampleComparison();
    const main = mainMeasure(comparison)!;
    const rows = rankBy(comparison, main).map((row, i) => ({ ...row, letters: 'abcdefghij'.slice(i, i + 2) }));
    const drawn = (width: number) => {
      const spec = intervalChart(rows, main, width);
      const bars = spec.data?.find(({ name }) => name === 'bars');
      return { width: Number(spec.width), bars: bars && 'values' in bars ? (bars.values as unknown[]).length : 0 };
    };
    expect(drawn(720).bars).toBeGreaterThan(5);
    expect(drawn(350).bars).toBe(0);
    for (const width of [350, 720]) expect(drawn(width).width).toBeGreaterThan(0.35 * width);
  });
});

describe('letters of groups', () => {
  test('a name may be in several groups; the first group has the first name and its nearest', () => {
    const significant = new Set(['17', '18', '24', '25', '27', '28', '34', '35', '37', '38', '67', '68']);
    const names = ['1', '2', '3', '4', '5', '6', '7', '8'];
    const letters = groupLetters(names, (a, b) => significant.has(a + b) || significant.has(b + a));
    expect(Object.fromEntries(letters)).toEqual({ 1: 'ab', 2: 'a', 3: 'a', 4: 'bc', 5: 'bc', 6: 'ab', 7: 'c', 8: 'c' });
  });

  test('any relation is shown exactly', () => {
    const pairs = fc.uniqueArray(fc.tuple(fc.nat(6), fc.nat(6)), { maxLength: 20 });
    fc.assert(
      fc.property(pairs, (differing) => {
        const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g'];
        const isShown = (a: string, b: string) =>
          differing.some(([i, j]) => (names[i] === a && names[j] === b) || (names[i] === b && names[j] === a));
        const letters = groupLetters(names, isShown);
        for (const a of names)
          for (const b of names) {
            if (a === b) continue;
            const share = [...letters.get(a)!].some((letter) => letters.get(b)!.includes(letter));
            expect(share).toBe(!isShown(a, b));
          }
      }),
    );
  });
});

describe('sentences', () => {
  test('a baseline that beats the first of the objectives is said to', async () => {
    const comparison = await sampleComparison();
    const { key } = mainMeasure(comparison)!;
    const leader = rankBy(comparison, mainMeasure(comparison)!).find(({ rank }) => rank === 1)!.competitor.name;
    const raw = comparison.competitors.find(({ kind }) => kind === 'raw')!.name;
    const said = (difference: number, isShown: boolean) =>
      summarize({
        ...comparison,
        contrasts: comparison.contrasts.map((contrast) =>
          contrast.measure === key &&
          [contrast.a, contrast.b].includes(leader) &&
          [contrast.a, contrast.b].includes(raw)
            ? { ...contrast, difference: contrast.a === leader ? difference : -difference, isShown }
            : contrast,
        ),
      }).join(' ');
    expect(said(-0.1, true)).toContain(`It is behind ${raw}.`);
    expect(said(0.1, true)).not.toContain('behind');
    expect(said(-0.1, false)).not.toContain('behind');
    expect(said(-0.1, false)).toMatch(new RegExp(`No difference shown between it and [^.]*${raw}`));
  });
});

describe('ranking', () => {
  test('objectives take ranks in the order of the main measure, baselines none', async () => {
    const comparison = await sampleComparison();
    const main = mainMeasure(comparison)!;
    const rows = rankBy(comparison, main);
    expect(main.key).toBe('knn');
    const means = rows.map(({ summary }) => summary.mean);
    expect(means).toEqual([...means].sort((a, b) => b - a));
    expect(rows.flatMap(({ rank }) => rank ?? [])).toEqual([1, 2, 3, 4, 5, 6]);
    expect(rows.find(({ competitor }) => competitor.kind === 'raw')?.rank).toBeUndefined();
  });

  test('the least comes first where lower is better; nobody is ranked where neither side is', async () => {
    const comparison = await sampleComparison();
    const by = (key: string) => rankBy(comparison, comparison.measures.find((measure) => measure.key === key)!);
    const alignment = by('alignment').map(({ summary }) => summary.mean);
    expect(alignment).toEqual([...alignment].sort((a, b) => a - b));
    expect(by('spread').every(({ rank }) => rank === undefined)).toBe(true);
  });

  test('pairs that two measures put in opposite orders', async () => {
    const comparison = await sampleComparison();
    const knn = measureLike(comparison, 'knn')!;
    const tuned = measureLike(comparison, 'finetune')!;
    expect(tuned.key).toBe('finetune.1');
    expect(oppositePairs(comparison, knn, knn)).toEqual([]);
    expect(oppositePairs(comparison, knn, tuned)).toContainEqual(['Alpha', 'Delta']);
  });

  test('shares of labels are families', async () => {
    const families = labelFamilies(await sampleComparison());
    expect(families.map(({ stem, measures }) => [stem, measures.map(({ key }) => key)])).toEqual([
      ['linear', ['linear.0.01', 'linear.0.1', 'linear.1']],
    ]);
  });

  test('the head says who leads, where measures disagree and what is at fault', async () => {
    const comparison = await sampleComparison();
    const said = summarize(comparison).join('\n');
    expect(said).toContain('Alpha: 95.1 %');
    expect(said).toMatch(/put \d+ pairs of objectives in opposite orders/);
    expect(said).toContain('Zeta (collapsed)');
    expect(summarize({ ...comparison, contrasts: [] }).join('\n')).toContain('Differences were not tested.');
    const none = comparison.contrasts.map((contrast) => ({ ...contrast, isShown: false }));
    const alike = summarize({ ...comparison, contrasts: none }).join('\n');
    expect(alike).toContain('No difference shown between it and Beta');
    expect(alike).toMatch(/No difference shown between it and (untrained|raw input)/);
  });
});

describe('numbers', () => {
  test('AUROC is the share of pairs that are told apart, ties counting half', () => {
    const energies = fc.array(fc.integer({ min: -5, max: 5 }), { minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(energies, energies, (compatible, mismatched) => {
        let wins = 0;
        for (const a of compatible) for (const b of mismatched) wins += a < b ? 1 : a === b ? 0.5 : 0;
        expect(energyAuroc(compatible, mismatched)).toBeCloseTo(wins / (compatible.length * mismatched.length), 12);
      }),
    );
    expect(energyAuroc([], [1])).toBeNaN();
    expect(energyAuroc([1, Number.NaN], [2])).toBeNaN();
  });

  test('bins hold every finite energy once', () => {
    const bins = binEnergies([0, 1, 2, Number.NaN], [2, 3, Number.POSITIVE_INFINITY]);
    const sum = (of: (bin: (typeof bins)[number]) => number) => bins.reduce((total, bin) => total + of(bin), 0);
    expect(sum(({ compatible }) => compatible)).toBeCloseTo(1);
    expect(sum(({ mismatched }) => mismatched)).toBeCloseTo(1);
    expect(binEnergies([4, 4], [4]).every(({ from, to }) => to > from)).toBe(true);
  });

  test("Wilson's interval: 81 of 263 (Newcombe 1998, table I) and the ends", () => {
    const { low, high } = wilson(81 / 263, 263);
    expect([low.toFixed(4), high.toFixed(4)]).toEqual(['0.2553', '0.3662']);
    const none = wilson(0, 20);
    expect([none.low, none.high.toFixed(4)]).toEqual([0, '0.1611']);
  });

  test('quantiles are interpolated', () => {
    expect([0, 0.25, 0.5, 1].map((q) => quantile([4, 1, 3, 2], q))).toEqual([1, 1.75, 2.5, 4]);
  });

  test('figures for people', () => {
    expect([0.9123, Number.NaN, undefined].map((value) => formatValue(value, 'share'))).toEqual(['91.2 %', '–', '–']);
    expect([12.345, -0.5, 0, 1234567, 1e-9].map(formatNumber)).toEqual(['12.3', '−0.500', '0', '1.23e+6', '1.00e−9']);
    expect([75, 7200, 3.21].map((value) => formatValue(value, 'seconds'))).toEqual([
      '1 min 15 s',
      '2 h 00 min',
      '3.21 s',
    ]);
    expect(formatInterval({ low: 0.901, high: 0.923 }, 'share')).toBe('90.1 to 92.3 %');
    expect(formatDifference(-0.011, 'share')).toBe('−1.1 pp');
    expect([formatLarge(1.91e10), formatLarge(undefined)]).toEqual(['19.1 G', '–']);
  });

  test('sparklines', () => {
    expect(sparkline([0, 1, 2, 3, 4, 5, 6, 7], 8)).toBe('▁▂▃▄▅▆▇█');
    expect(sparkline([3, 3, 3], 8)).toBe('▁▁▁');
    expect(sparkline([0, 2, Number.NaN, 4], 4)).toBe('▁▅ █');
    expect(sparkline([0, 0, 4, 4], 2)).toBe('▁█');
    expect(sparkline([], 8)).toBe('');
  });
});
