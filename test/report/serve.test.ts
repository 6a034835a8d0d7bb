/** The page that follows runs. */
import { get } from 'node:http';
import { connect } from 'node:net';
import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { Comparison } from '../../src/runtime/compare/comparison.js';
import { type LivePage, serveReport } from '../../src/runtime/report/index.js';
import { chromiumPath, openBrowser } from './browser.js';
import { sampleComparison } from './sample.js';

let sample: Comparison;
let page: LivePage | undefined;
beforeAll(async () => {
  sample = await sampleComparison();
});
afterEach(async () => {
  await page?.close();
  page = undefined;
});

/** The sample with as many points of each curve, the runs not finished. */
function early(points: number): Comparison {
  const competitors = sample.competitors.map((competitor) => ({
    ...competitor,
    verdict: { kind: 'waiting' as const, reason: `running at ${points}` },
    runs: competitor.runs.map((run) => ({ ...run, status: 'waiting' as const, curve: run.curve.slice(0, points) })),
  }));
  return { ...sample, competitors };
}

test('only this machine may ask, only for the page and its events', async () => {
  page = await serveReport(() => sample);
  expect(page.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/$/);
  const statusOf = (path: string, host?: string) =>
    new Promise<number | undefined>((resolve, reject) => {
      const headers = host === undefined ? {} : { host };
      get(new URL(path, page!.url), { headers }, (response) => {
        response.destroy();
        resolve(response.statusCode);
      }).on('error', reject);
    });
  expect(await statusOf('/')).toBe(200);
  expect(await statusOf('/', 'evil.example')).toBe(403);
  expect(await statusOf('/etc/passwd')).toBe(404);
  expect(await statusOf('/events?seen=0')).toBe(200);
  expect((await fetch(page.url, { method: 'POST' })).status).toBe(405);
});

test('a page waits as long as there is nothing to show', async () => {
  page = await serveReport(() => Promise.reject(new Error('not yet')));
  expect(await (await fetch(page.url)).text()).toContain('Waiting for the first step');
});

test('a port that is taken is an error', async () => {
  page = await serveReport(() => sample);
  await expect(serveReport(() => sample, { port: Number(new URL(page.url).port) })).rejects.toThrow('EADDRINUSE');
});

test('a reader that takes nothing keeps no run from ending', { timeout: 60_000 }, async () => {
  // More than the system's buffers hold.
  const large = { ...sample, source: 'a line of a program\n'.repeat(1_000_000) };
  page = await serveReport(() => large);
  await (await fetch(page.url)).arrayBuffer();
  const reader = connect(Number(new URL(page.url).port), '127.0.0.1');
  reader.on('error', () => {});
  reader.pause();
  reader.write('GET /events HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n');
  await new Promise((resolve) => setTimeout(resolve, 1000));
  const started = performance.now();
  await page.close();
  page = undefined;
  expect(performance.now() - started).toBeLessThan(20_000);
  reader.destroy();
});

describe.skipIf(!chromiumPath)('in a browser', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await openBrowser();
  });
  afterAll(() => browser?.close());

  test('changes come in; place, choices, opened parts and focus stay', async () => {
    let now = early(20);
    page = await serveReport(() => now, { every: 0.1 });
    const tab = await browser.newPage({ viewport: { width: 1280, height: 900 } });
    const said: string[] = [];
    tab.on('console', (message) => said.push(message.text()));
    tab.on('pageerror', (error) => said.push(String(error)));
    await tab.goto(page.url);
    await tab.selectOption('#measure', 'rankme');
    await tab.evaluate(
      `document.getElementById('curve-2-data').open = true; document.getElementById('curves').scrollIntoView(); scrollBy(0, 120)`,
    );
    await tab.focus('#curve-2-data summary');
    const place = `[Math.round(document.getElementById('curves').getBoundingClientRect().top), document.activeElement.closest('details').id, document.getElementById('curve-2-data').open, document.getElementById('measure').value, document.querySelector('.ranked:not([hidden])').dataset.measure]`;
    const before = await tab.evaluate(place);
    now = early(60);
    await expect.poll(() => tab.textContent('#verdicts'), { timeout: 20_000 }).toContain('running at 60');
    expect(await tab.evaluate(place)).toEqual(before);
    expect(await tab.textContent('#curve-2-data caption')).toContain('of 60 points');
    const closing = page.close();
    await expect.poll(() => tab.textContent('#live'), { timeout: 20_000 }).toContain('have ended');
    await closing;
    page = undefined;
    expect(said).toEqual([]);
    await tab.close();
  });

  test('a section that appears takes its place', async () => {
    let now: Comparison = { ...sample, contrasts: [] };
    page = await serveReport(() => now, { every: 0.1 });
    const tab = await browser.newPage();
    await tab.goto(page.url);
    expect(await tab.locator('#contrasts').count()).toBe(0);
    now = sample;
    await expect.poll(() => tab.locator('#contrasts').count(), { timeout: 20_000 }).toBe(1);
    const order = await tab.evaluate(
      `[...document.querySelectorAll('main > section')].map(({ id }) => id).slice(0, 4)`,
    );
    expect(order).toEqual(['ranking', 'verdicts', 'contrasts', 'labels']);
    await tab.close();
  });
});
