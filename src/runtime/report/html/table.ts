/** Tables that people read, hear and sort. */
import { type Html, html, type Part } from './html.js';

export interface Cell {
  readonly content: Part;
  /** What the column is sorted by; the text where there is none. */
  readonly value?: number | string | undefined;
}

export interface Column {
  readonly name: Part;
  /** Aligned at the right; sorts as numbers do. */
  readonly isNumber?: boolean;
  /** The side that comes first when sorted: of numbers, the greatest, unless said. */
  readonly first?: 'least' | 'greatest';
  /** Named for the script: a measure's key. */
  readonly key?: string;
}

export interface TableSpec {
  readonly id: string;
  readonly caption: Part;
  readonly columns: readonly Column[];
  /** The first cell of each heads its row. */
  readonly rows: readonly (readonly (Cell | Part)[])[];
  /** Heads become buttons. */
  readonly isSortable?: boolean;
  /** Named for the style sheet. */
  readonly kind?: string;
}

export function table({ id, caption, columns, rows, isSortable, kind }: TableSpec): Html {
  const captionId = `${id}-caption`;
  return html`<div class="scroll" role="region" tabindex="0" aria-labelledby="${captionId}"><table id="${id}"${kind ? html` class="${kind}"` : ''}>
<caption id="${captionId}">${caption}</caption>
<thead><tr>${columns.map((column) => head(column, isSortable === true))}</tr></thead>
<tbody>${rows.map((cells) => html`<tr>${cells.map((cell, i) => drawCell(cell, i, columns[i]))}</tr>\n`)}</tbody></table></div>`;
}

function head({ name, isNumber, first, key }: Column, isSortable: boolean): Html {
  const attributes = html`${isNumber ? html` class="number"` : ''}${key === undefined ? '' : html` data-key="${key}"`}`;
  if (!isSortable) return html`<th scope="col"${attributes}>${name}</th>`;
  const order = first ?? (isNumber ? 'greatest' : 'least');
  return html`<th scope="col"${attributes} data-first="${order}"><button type="button" class="sort">${name}</button></th>`;
}

function drawCell(cell: Cell | Part, i: number, column: Column | undefined): Html {
  const { content, value } = isCell(cell) ? cell : { content: cell, value: undefined };
  const attributes = html`${column?.isNumber ? html` class="number"` : ''}${value === undefined ? '' : html` data-value="${value}"`}`;
  return i === 0 ? html`<th scope="row"${attributes}>${content}</th>` : html`<td${attributes}>${content}</td>`;
}

function isCell(cell: Cell | Part): cell is Cell {
  return typeof cell === 'object' && cell !== null && 'content' in cell;
}
