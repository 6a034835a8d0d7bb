/** An exported graph model in a real browser: tfjs itself there gives the features that `represent` gives here. */
import { existsSync, readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { basename } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { exportFormats } from '../../src/runtime/export/index.js';
import { chromiumPath, openBrowser } from '../report/browser.js';
import { bytesOf } from './graph-model.js';
import { prepare, sources } from './models.js';

const scripts = [
  'tfjs-core/dist/tf-core.min.js',
  'tfjs-backend-cpu/dist/tf-backend-cpu.min.js',
  'tfjs-converter/dist/tf-converter.min.js',
];
const page = `<!doctype html><title>model</title>${scripts.map((path) => `<script src="/${basename(path)}"></script>`).join('')}`;

/** What the page runs: of tfjs's own types nothing is known in it. */
const predict = `async (inputs) => {
  await tf.setBackend('cpu');
  const model = await tf.loadGraphModel('/model.json');
  const given = Object.fromEntries(inputs.map(({ name, shape, data, dtype }) => [name, tf.tensor(data, shape, dtype)]));
  const result = model.predict(given);
  return { shape: result.shape, data: Array.from(await result.data()) };
}`;

/** Of the page, tfjs and an exported model's files. */
function serve(files: ReadonlyMap<string, Uint8Array>): Promise<Server> {
  const server = createServer((request, response) => {
    const name = basename(request.url ?? '/');
    const content = request.url === '/' ? page : files.get(name);
    if (content === undefined) response.statusCode = 404;
    else response.setHeader('Content-Type', request.url === '/' ? 'text/html' : typeOf(name));
    response.end(content);
  });
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server)));
}

function typeOf(name: string): string {
  if (name.endsWith('.js')) return 'text/javascript';
  return name.endsWith('.json') ? 'application/json' : 'application/octet-stream';
}

describe.skipIf(!chromiumPath || !existsSync(chromiumPath))('a graph model in Chromium', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await openBrowser();
  }, 120_000);
  afterAll(() => browser?.close());

  test.each(Object.keys(sources))(
    '%s',
    async (name) => {
      const { model, states, batch, features } = await prepare(sources[name]!, 'wasm');
      const format = exportFormats.find((candidate) => candidate.name === 'tfjs')!;
      const { files } = format.export({ model, states, step: 12, version: '0.0.0', batch: undefined });
      const library = scripts.map(
        (path) => [basename(path), readFileSync(`node_modules/@tensorflow/${path}`)] as const,
      );
      const server = await serve(
        new Map([...library, ...files.map((file) => [file.name, bytesOf(file.content)] as const)]),
      );
      try {
        const tab = await browser.newPage();
        const errors: string[] = [];
        tab.on('pageerror', ({ message }) => errors.push(message));
        await tab.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
        const inputs = Object.entries(batch).map(([field, { shape, data }]) => {
          return {
            name: field,
            shape,
            data: Array.from(data),
            dtype: data instanceof Int32Array ? 'int32' : 'float32',
          };
        });
        const found = await tab.evaluate<{ shape: number[]; data: number[] }>(
          `(${predict})(${JSON.stringify(inputs)})`,
        );
        expect(errors).toEqual([]);
        expect(found.shape).toEqual(features.shape);
        const off = found.data.map(
          (value, i) => Math.abs(value - features.data[i]!) / Math.max(1, Math.abs(features.data[i]!)),
        );
        expect(Math.max(...off)).toBeLessThan(1e-4);
        await tab.close();
      } finally {
        server.close();
      }
    },
    120_000,
  );
});
