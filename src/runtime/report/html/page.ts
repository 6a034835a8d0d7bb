/** The whole page: one document that needs nothing besides itself. */
import { createHash } from 'node:crypto';
import type { Comparison } from '../../compare/comparison.js';
import { type Draw, makeDrawer } from '../charts/draw.js';
import { sections } from '../sections/index.js';
import { summarize } from '../sections/summary.js';
import { type Html, html, raw } from './html.js';
import { liveScript } from './live-script.js';
import { script } from './script.js';
import { style } from './style.js';

/** The parts of a page by their identifiers; a live page replaces those that changed. */
export interface PageParts {
  readonly title: string;
  /** `header`, then the sections. */
  readonly parts: ReadonlyMap<string, string>;
  /** Of the sections. */
  readonly order: readonly string[];
}

export const headId = 'page-head';

/** A pure function of the comparison, whatever `draw` remembers. */
export async function writeParts(comparison: Comparison, draw: Draw): Promise<PageParts> {
  const written: { readonly id: string; readonly title: string; readonly html: Html }[] = [];
  for (const { id, title, write } of sections) {
    const content = await write(comparison, draw);
    if (!content) continue;
    const whole = html`<section id="${id}" aria-labelledby="${id}-title"><h2 id="${id}-title">${title}</h2>\n${content}</section>\n`;
    written.push({ id, title, html: whole });
  }
  const head = html`<header id="${headId}"><h1>${comparison.title}</h1>
<p class="muted">${trainedOn(comparison)}${comparison.dataset.name}: ${comparison.dataset.train} training, ${comparison.dataset.test} test examples · ${comparison.created.replace('T', ' ').replace(/\.\d+Z$/, ' UTC')}</p>
<ul>${summarize(comparison).map((sentence) => html`<li>${sentence}</li>`)}</ul>
<nav aria-label="Sections"><ul>${written.map(({ id, title }) => html`<li><a href="#${id}">${title}</a></li>`)}</ul></nav></header>`;
  const parts = new Map([[headId, head.text], ...written.map(({ id, html: { text } }) => [id, text] as const)]);
  return { title: comparison.title, parts, order: written.map(({ id }) => id) };
}

/** Where it is not what is measured. */
function trainedOn({ budget }: Comparison): string {
  const stages = budget['trained on'];
  return stages === undefined ? '' : `trained on ${stages}; probed on `;
}

export interface LiveState {
  /** Counts the states that the server has shown. */
  readonly version: number;
}

/** @param live the page listens to the server that it came from. */
export function assemblePage({ title, parts, order }: PageParts, live?: LiveState): string {
  const isLive = live !== undefined;
  const code = isLive ? script + liveScript : script;
  const hash = createHash('sha256').update(code).digest('base64');
  // Nothing is fetched from anywhere, and no script runs but the page's own, whatever the texts in it say.
  const policy = `default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'sha256-${hash}'; connect-src ${isLive ? "'self'" : "'none'"}; base-uri 'none'; form-action 'none'`;
  const body = order.map((id) => raw(parts.get(id)!));
  return html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="generator" content="ebmc"><link rel="icon" href="data:,">
<title>${title}</title><style>${raw(style)}</style></head>
<body${live ? html` data-version="${live.version}"` : ''}><a class="skip" href="#content">To the content</a>
${isLive ? html`<p id="live" role="status">Live: this page follows the runs.</p>` : ''}
${raw(parts.get(headId)!)}
<main id="content">${body}</main>
<script>${raw(code)}</script></body></html>
`.text;
}

/**
 * The report as one HTML file: no network, opens by double click.
 *
 * @param draw remembers drawings from one call to the next, where there are several.
 */
export async function writeHtml(comparison: Comparison, draw: Draw = makeDrawer()): Promise<string> {
  return assemblePage(await writeParts(comparison, draw));
}
