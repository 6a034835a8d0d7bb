/** What the page does in a browser: sorts tables, shows the measure that the reader chose. Without it everything is still there. */
export const script = `'use strict';
const ebmc = (() => {
  const chosen = { measure: undefined, sorts: {} };
  const valueOf = (row, i, isNumber) => {
    const cell = row.cells[i];
    const text = cell ? (cell.dataset.value ?? (isNumber ? '' : cell.textContent)) : '';
    if (!isNumber) return text;
    return text === '' ? NaN : Number(text);
  };
  const sortTable = (table, i, descending) => {
    const heads = [...table.tHead.rows[0].cells];
    const isNumber = heads[i].classList.contains('number');
    const sign = descending ? -1 : 1;
    const rows = [...table.tBodies[0].rows].map((row, place) => ({ row, place, value: valueOf(row, i, isNumber) }));
    rows.sort((a, b) => {
      if (isNumber) {
        const missing = Number.isNaN(a.value) - Number.isNaN(b.value);
        if (missing !== 0 || Number.isNaN(a.value)) return missing || a.place - b.place;
        return sign * (a.value - b.value) || a.place - b.place;
      }
      return sign * a.value.localeCompare(b.value, undefined, { numeric: true }) || a.place - b.place;
    });
    table.tBodies[0].append(...rows.map(({ row }) => row));
    heads.forEach((head, j) => {
      if (j === i) head.setAttribute('aria-sort', descending ? 'descending' : 'ascending');
      else head.removeAttribute('aria-sort');
      const isChosen = j === i;
      head.classList.toggle('chosen', isChosen);
      for (const { row } of rows) row.cells[j]?.classList.toggle('chosen', isChosen);
    });
    chosen.sorts[table.id] = { i, descending };
  };
  const showMeasure = (key) => {
    chosen.measure = key;
    for (const part of document.querySelectorAll('.ranked')) part.hidden = part.dataset.measure !== key;
    const select = document.getElementById('measure');
    if (select) select.value = key;
  };
  const rankTable = (key) => {
    const table = document.getElementById('ranking-table');
    if (!table) return;
    const heads = [...table.tHead.rows[0].cells];
    const i = heads.findIndex((head) => head.dataset.key === key);
    if (i >= 0) sortTable(table, i, heads[i].dataset.first === 'greatest');
  };
  document.addEventListener('click', (event) => {
    const button = event.target.closest?.('button.sort');
    if (!button) return;
    const head = button.closest('th');
    const table = button.closest('table');
    const now = head.getAttribute('aria-sort');
    const descending = now === null ? head.dataset.first === 'greatest' : now === 'ascending';
    sortTable(table, head.cellIndex, descending);
    if (table.id === 'ranking-table' && head.dataset.key !== undefined) showMeasure(head.dataset.key);
  });
  document.addEventListener('change', (event) => {
    if (event.target.id !== 'measure') return;
    showMeasure(event.target.value);
    rankTable(event.target.value);
  });
  const restore = () => {
    const select = document.getElementById('measure');
    if (select && chosen.measure !== undefined && [...select.options].some(({ value }) => value === chosen.measure)) showMeasure(chosen.measure);
    for (const [id, { i, descending }] of Object.entries(chosen.sorts)) {
      const table = document.getElementById(id);
      if (table && i < table.tHead.rows[0].cells.length) sortTable(table, i, descending);
    }
  };
  const first = document.getElementById('measure');
  if (first) rankTable(first.value);
  let opened = [];
  addEventListener('beforeprint', () => {
    opened = [...document.querySelectorAll('#contrasts details:not([open]), #provenance details:not([open])')];
    for (const details of opened) details.open = true;
  });
  addEventListener('afterprint', () => {
    for (const details of opened) details.open = false;
  });
  return { restore };
})();
`;
