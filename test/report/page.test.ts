/** The page in Chromium: nothing fetched, nothing wider than the window, everything by keyboard, nothing hostile run. */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { writeHtml } from '../../src/runtime/report/index.js';
import { folderWith } from '../cli/run.js';
import { chromiumPath, openBrowser } from './browser.js';
import { hostileComparison, sampleComparison } from './sample.js';

// Expressions are texts: they run in the page, whose types this project does not have.
describe.skipIf(!chromiumPath)('the page', () => {
  let browser: Browser;
  let folder: string;

  beforeAll(async () => {
    const sample = await sampleComparison();
    folder = folderWith({
      'sample.html': await writeHtml(sample),
      'hostile.html': await writeHtml(hostileComparison(sample)),
    });
    browser = await openBrowser();
  });
  afterAll(() => browser?.close());

  async function open(file: string, width: number, colorScheme: 'light' | 'dark' = 'light') {
    const page = await browser.newPage({ viewport: { width, height: 900 }, colorScheme });
    const said: string[] = [];
    page.on('console', (message) => said.push(`${message.type()}: ${message.text()}`));
    page.on('pageerror', (error) => said.push(String(error)));
    page.on('request', (request) => {
      if (!/^(?:file|data):/.test(request.url())) said.push(`asked for ${request.url()}`);
    });
    await page.goto(pathToFileURL(join(folder, file)).href);
    return { page, said };
  }

  const asked = <T>(page: Page, expression: string) => page.evaluate(expression) as Promise<T>;
  const namesOf = (page: Page) =>
    asked<string[]>(
      page,
      `[...document.querySelectorAll('#ranking-table tbody th')].map((cell) => cell.dataset.value)`,
    );

  test.each([
    [1280, 'light'],
    [1280, 'dark'],
    [390, 'light'],
    [390, 'dark'],
  ] as const)('%i pixels wide, %s: no error, no request, no scrolling across', async (width, scheme) => {
    const { page, said } = await open('sample.html', width, scheme);
    await asked(page, `for (const details of document.querySelectorAll('details')) details.open = true`);
    const widths = await asked<number[]>(page, `[document.documentElement.scrollWidth, innerWidth]`);
    expect(widths[0]).toBeLessThanOrEqual(widths[1]!);
    expect(said).toEqual([]);
    const [ground, drawn] = await asked<string[]>(
      page,
      `[getComputedStyle(document.body).backgroundColor, getComputedStyle(document.querySelector('.drawing text')).fill]`,
    );
    expect(ground).toBe(scheme === 'light' ? 'rgb(255, 255, 255)' : 'rgb(19, 21, 23)');
    expect(drawn).toBe(scheme === 'light' ? 'rgb(84, 91, 99)' : 'rgb(169, 176, 183)');
    await page.close();
  });

  test('landmarks, captions, heads of rows and columns, words for every drawing', async () => {
    const { page } = await open('sample.html', 1280);
    const counted = await asked<Record<string, number>>(
      page,
      `({
        landmarks: document.querySelectorAll('header, nav[aria-label], main').length,
        headings: document.querySelectorAll('h1').length,
        sections: document.querySelectorAll('main > section[aria-labelledby]').length,
        withoutCaption: [...document.querySelectorAll('table')].filter((table) => !table.caption?.textContent.trim()).length,
        withoutHeads: [...document.querySelectorAll('table')].filter((table) => !table.querySelector('th[scope=col]') || !table.querySelector('th[scope=row]')).length,
        withoutWords: [...document.querySelectorAll('.drawing')].filter((drawing) => drawing.getAttribute('role') !== 'img' || drawing.getAttribute('aria-label').length < 20).length,
        scrollable: [...document.querySelectorAll('.scroll')].filter((box) => box.tabIndex !== 0 || !document.getElementById(box.getAttribute('aria-labelledby'))).length,
        deadLinks: [...document.querySelectorAll('nav a')].filter((link) => !document.querySelector(link.getAttribute('href'))).length,
      })`,
    );
    expect(counted).toMatchObject({ landmarks: 3, headings: 1, sections: 14 });
    const { withoutCaption, withoutHeads, withoutWords, scrollable, deadLinks } = counted;
    expect([withoutCaption, withoutHeads, withoutWords, scrollable, deadLinks]).toEqual([0, 0, 0, 0, 0]);
    await page.close();
  });

  test('the ranking is sorted by keyboard, and the chart follows', async () => {
    const { page } = await open('sample.html', 1280);
    expect((await namesOf(page))[0]).toBe('Alpha');
    await page.focus('#ranking-table th[data-key="alignment"] button');
    await page.keyboard.press('Enter');
    expect((await namesOf(page)).at(-1)).toBe('Zeta');
    const sorted = `document.querySelector('#ranking-table th[data-key="alignment"]').getAttribute('aria-sort')`;
    expect(await asked(page, sorted)).toBe('ascending');
    expect(await asked(page, `document.querySelector('.ranked:not([hidden])').dataset.measure`)).toBe('alignment');
    expect(await asked(page, `document.getElementById('measure').value`)).toBe('alignment');
    await page.keyboard.press('Enter');
    expect((await namesOf(page))[0]).toBe('Zeta');
    expect(await asked(page, sorted)).toBe('descending');
    await page.focus('#ranking-table th button');
    await page.keyboard.press('Space');
    expect(await namesOf(page)).toEqual([...(await namesOf(page))].sort((a, b) => a.localeCompare(b)));
    await page.close();
  });

  test('choosing a measure ranks the table by it', async () => {
    const { page } = await open('sample.html', 390);
    await page.selectOption('#measure', 'finetune.1');
    const means = await asked<number[]>(
      page,
      `[...document.querySelectorAll('#ranking-table tbody tr')].map((row) => Number(row.querySelector('td.chosen').dataset.value))`,
    );
    expect(means).toEqual([...means].sort((a, b) => b - a));
    await page.close();
  });

  test('hostile texts are shown, not run', async () => {
    const { page, said } = await open('hostile.html', 390);
    expect(said).toEqual([]);
    expect(await asked(page, 'window.hacked')).toBeUndefined();
    expect(await asked(page, `document.querySelectorAll('script').length`)).toBe(1);
    expect(
      await asked(page, `[...document.images].every((image) => image.src.startsWith('data:image/png;base64,'))`),
    ).toBe(true);
    expect(await asked(page, `document.querySelector('h1').textContent`)).toContain('<script>window.hacked=1</script>');
    const widths = await asked<number[]>(page, `[document.documentElement.scrollWidth, innerWidth]`);
    expect(widths[0]).toBeLessThanOrEqual(widths[1]!);
    await page.close();
  });

  test('on paper nothing is dark and nothing is cut off', async () => {
    const { page } = await open('sample.html', 1280, 'dark');
    await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
    expect(await asked(page, `getComputedStyle(document.body).backgroundColor`)).toBe('rgb(255, 255, 255)');
    expect(await asked(page, `getComputedStyle(document.querySelector('.scroll')).overflowX`)).toBe('visible');
    await page.close();
  });
});
