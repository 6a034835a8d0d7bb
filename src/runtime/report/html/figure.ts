/** A drawing with its title, a description in words and its data as a table. */
import { type Html, html, type Part, raw } from './html.js';
import { type TableSpec, table } from './table.js';

export interface FigureSpec {
  readonly title: Part;
  /** What there is to see, in a sentence. */
  readonly description: string;
  readonly svg: string;
  /** The same in figures; opened by the reader. */
  readonly data?: TableSpec;
  readonly note?: Part;
  readonly kind?: 'small' | 'wide' | 'narrow';
}

export function figure({ title, description, svg, data, note, kind = 'small' }: FigureSpec): Html {
  return html`<figure class="${kind}"><figcaption>${title}</figcaption><div class="drawing" role="img" aria-label="${description}">${raw(svg)}</div>
${note ? html`<p class="note">${note}</p>` : ''}${
  data ? html`<details id="${data.id}-data"><summary>Data</summary>${table(data)}</details>` : ''
}</figure>`;
}

/** A colour and a mark, as a legend shows it. */
export function swatch(colour: string, shape: string): Html {
  const path = swatches[shape] ?? swatches['circle']!;
  const isLine = shape === 'stroke';
  return raw(
    `<svg class="swatch" viewBox="-6 -6 12 12" aria-hidden="true"><path d="${path}" fill="${isLine ? 'none' : colour}" stroke="${colour}" stroke-width="${isLine ? 2 : 1}"/></svg>`,
  );
}

/** A piece of line, as a legend shows it. */
export function lineSwatch(colour: string, dash: readonly number[] = []): Html {
  return raw(
    `<svg class="swatch long" viewBox="0 -4 22 8" aria-hidden="true"><path d="M0 0h22" stroke="${colour}" stroke-width="2" stroke-dasharray="${dash.join(' ')}"/></svg>`,
  );
}

const swatches: Readonly<Record<string, string>> = {
  circle: 'M-4 0a4 4 0 1 0 8 0a4 4 0 1 0-8 0',
  square: 'M-4-4h8v8h-8z',
  'triangle-up': 'M0-4.5L4.5 4h-9z',
  diamond: 'M0-5L5 0L0 5L-5 0z',
  cross: 'M-4.5-1.5h3v-3h3v3h3v3h-3v3h-3v-3h-3z',
  'triangle-down': 'M0 4.5L4.5-4h-9z',
  'triangle-right': 'M4.5 0L-4 4.5v-9z',
  stroke: 'M-5 0h10',
};
