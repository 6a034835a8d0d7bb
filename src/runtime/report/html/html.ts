/** HTML that cannot be written without escaping: a template escapes all that is not itself HTML made here. */

export class Html {
  constructor(readonly text: string) {}
}

export type Part = Html | string | number | undefined | false | readonly Part[];

/** `html\`<p>${text}</p>\``: text is escaped, for content and for quoted attributes alike; lists are joined. */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Html {
  return new Html(strings.map((fixed, i) => fixed + (i < parts.length ? write(parts[i]) : '')).join(''));
}

/** Text that is HTML already: drawings, style sheets. Never anything that a user wrote. */
export function raw(text: string): Html {
  return new Html(text);
}

function write(part: Part): string {
  if (part === undefined || part === false) return '';
  if (part instanceof Html) return part.text;
  return Array.isArray(part) ? part.map(write).join('') : escapeHtml(String(part));
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

export function escapeHtml(text: string): string {
  return text.replaceAll(/[&<>"']/g, (found) => entities[found]!);
}
