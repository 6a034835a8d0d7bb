/** A page on this machine that follows runs: the report, of which the sections that changed are sent while they go on. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Comparison } from '../compare/comparison.js';
import { makeDrawer } from './charts/draw.js';
import { assemblePage, headId, type PageParts, writeParts } from './html/page.js';

export interface LivePage {
  /** `http://127.0.0.1:PORT/` */
  readonly url: string;
  /** Sends the last state and ends: pages that are open stay as they are. */
  close(): Promise<void>;
}

export interface ServeOptions {
  /** Seconds between two looks, at least; more where writing the page takes long, so that runs keep the machine. Default 2. */
  readonly every?: number;
  /** Default: one that is free. */
  readonly port?: number;
}

/**
 * Serves what `read` says to this machine alone. `read` may fail as long as there is nothing to show yet: the page then waits.
 *
 * @throws where no port can be listened on.
 */
export async function serveReport(
  read: () => Comparison | Promise<Comparison>,
  { every = 2, port = 0 }: ServeOptions = {},
): Promise<LivePage> {
  const page = new FollowedPage(read);
  const server = createServer((request, response) => {
    page.answer(request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  // Neither the server nor its clock keeps a process alive that has nothing else to do.
  server.unref();
  let timer: NodeJS.Timeout;
  const schedule = (milliseconds: number) => {
    timer = setTimeout(async () => {
      const started = performance.now();
      await page.update().catch(() => undefined);
      schedule(Math.max(1000 * every, Math.min(longestWait, 15 * (performance.now() - started))));
    }, milliseconds).unref();
  };
  schedule(1000 * every);
  const { port: given } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${given}/`,
    async close() {
      clearTimeout(timer);
      await page.update().catch(() => undefined);
      await page.end();
      // In this order: a page that comes back in between would be waited for.
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
    },
  };
}

/** Milliseconds. */
const longestWait = 10_000;
/** For pages that are open but take nothing. */
const longestFarewell = 2000;

const nothingYet: PageParts = {
  title: 'Waiting for the first step',
  parts: new Map([[headId, `<header id="${headId}"><h1>Waiting for the first step</h1></header>`]]),
  order: [],
};

class FollowedPage {
  private readonly draw = makeDrawer();
  private readonly readers = new Set<ServerResponse>();
  private shown: PageParts = nothingYet;
  private last: Comparison | undefined;
  private version = 0;
  private looking: Promise<void> | undefined;

  constructor(private readonly read: () => Comparison | Promise<Comparison>) {}

  async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    // A page of another site whose name leads here may not read it.
    const host = request.headers.host?.replace(/:\d+$/, '');
    if (host !== '127.0.0.1' && host !== 'localhost') return void response.writeHead(403).end();
    if (request.method !== 'GET') return void response.writeHead(405, { allow: 'GET' }).end();
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost');
    if (pathname === '/events') {
      return this.addReader(response, request.headers['last-event-id'] ?? searchParams.get('seen'));
    }
    if (pathname !== '/') return void response.writeHead(404).end();
    await this.update().catch(() => undefined);
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store' });
    response.end(assemblePage(this.shown, { version: this.version }));
  }

  /** @param seen the version that the page has. */
  private addReader(response: ServerResponse, seen: unknown): void {
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
    // What a page that comes back has missed is not known: it gets everything.
    if (String(seen) === String(this.version)) response.write(': nothing new\n\n');
    else send(response, 'update', changes(nothingYet, this.shown), this.version);
    this.readers.add(response);
    response.on('close', () => this.readers.delete(response));
  }

  /** Looks once, and sends what differs from what was sent before. Whoever asks while that goes on gets the same look. */
  update(): Promise<void> {
    this.looking ??= this.look().finally(() => {
      this.looking = undefined;
    });
    return this.looking;
  }

  private async look(): Promise<void> {
    const comparison = await this.read();
    if (this.last && sameBesidesTime(this.last, comparison)) return;
    const next = await writeParts(comparison, this.draw);
    const message = changes(this.shown, next);
    this.last = comparison;
    this.version++;
    this.shown = next;
    for (const reader of this.readers) send(reader, 'update', message, this.version);
  }

  async end(): Promise<void> {
    for (const reader of this.readers) send(reader, 'end', {}, this.version);
    const gone = [...this.readers].map(
      (reader) =>
        new Promise<void>((resolve) => {
          // One that has left never takes what is sent.
          reader.once('close', resolve);
          reader.end(resolve);
        }),
    );
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, longestFarewell);
    });
    await Promise.race([Promise.all(gone), late]);
    clearTimeout(timer);
  }
}

interface Changes {
  readonly title: string;
  readonly order: readonly string[];
  readonly parts: Readonly<Record<string, string>>;
}

function changes(before: PageParts, { title, order, parts }: PageParts): Changes {
  return { title, order, parts: Object.fromEntries([...parts].filter(([id, text]) => before.parts.get(id) !== text)) };
}

function sameBesidesTime(one: Comparison, other: Comparison): boolean {
  return JSON.stringify({ ...one, created: '' }) === JSON.stringify({ ...other, created: '' });
}

function send(reader: ServerResponse, event: string, data: object, version: number): void {
  reader.write(`id: ${version}\nevent: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
}
