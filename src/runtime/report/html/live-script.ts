/**
 * While runs go on: takes changed sections from the server's events and puts them in place of the old ones. The reader keeps the
 * place, the focus, what was opened, chosen and sorted.
 */
export const liveScript = `
(() => {
  const status = document.getElementById('live');
  const keep = (change) => {
    const line = [...document.querySelectorAll('main > section')].find((section) => section.getBoundingClientRect().bottom > 60);
    const anchor = line && { id: line.id, top: line.getBoundingClientRect().top };
    const open = new Map([...document.querySelectorAll('details[id]')].map((details) => [details.id, details.open]));
    const across = new Map([...document.querySelectorAll('.scroll > table')].map((table) => [table.id, table.parentElement.scrollLeft]));
    const focus = pathOf(document.activeElement);
    change();
    for (const [id, isOpen] of open) {
      const details = document.getElementById(id);
      if (details) details.open = isOpen;
    }
    ebmc.restore();
    for (const [id, left] of across) {
      const table = document.getElementById(id);
      if (table && left > 0) table.parentElement.scrollLeft = left;
    }
    const focused = focus && elementAt(focus);
    if (focused && focused !== document.activeElement) focused.focus({ preventScroll: true });
    const now = anchor && document.getElementById(anchor.id);
    if (now) scrollBy(0, now.getBoundingClientRect().top - anchor.top);
  };
  const pathOf = (element) => {
    const within = element?.closest?.('[id]');
    if (!within || within === document.body) return undefined;
    if (within === element) return { id: element.id };
    const all = [...within.querySelectorAll(element.tagName)];
    return { id: within.id, tag: element.tagName, place: all.indexOf(element) };
  };
  const elementAt = ({ id, tag, place }) => {
    const within = document.getElementById(id);
    return tag === undefined ? within : within?.querySelectorAll(tag)[place];
  };
  const update = ({ title, order, parts }) => keep(() => {
    document.title = title;
    const main = document.querySelector('main');
    for (const [id, text] of Object.entries(parts)) {
      const holder = document.createElement('template');
      holder.innerHTML = text;
      const old = document.getElementById(id);
      if (old) old.replaceWith(holder.content);
      else main.append(holder.content);
    }
    for (const section of [...main.children]) if (!order.includes(section.id)) section.remove();
    order.forEach((id, i) => {
      const section = document.getElementById(id);
      if (section && main.children[i] !== section) main.insertBefore(section, main.children[i] ?? null);
    });
  });
  const events = new EventSource('/events?seen=' + document.body.dataset.version);
  events.addEventListener('update', (event) => {
    update(JSON.parse(event.data));
    status.textContent = 'Live: updated ' + new Date().toLocaleTimeString();
  });
  events.addEventListener('end', () => {
    events.close();
    status.textContent = 'The runs have ended; this is their last state.';
  });
  events.addEventListener('open', () => { status.textContent = 'Live: this page follows the runs.'; });
  events.addEventListener('error', () => {
    if (events.readyState !== EventSource.CLOSED) status.textContent = 'The server does not answer; trying again. What is shown is the last that it said.';
  });
})();
`;
