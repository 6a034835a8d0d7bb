/** Markdown of what tables and doc comments say. */

/** Text that may hold code between backquotes; elsewhere what Markdown would take for its own is escaped. */
export function prose(text: string): string {
  return text
    .replaceAll('\n', ' ')
    .split(/(`[^`]*`)/)
    .map((part, i) => (i % 2 === 1 ? part : part.replace(/[<*_]/g, (mark) => `\\${mark}`)))
    .join('');
}

export function table(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(heads), line(heads.map(() => '---')), ...rows.map(line)].join('\n');
}

export function fenced(language: string, text: string): string {
  return `\`\`\`${language}\n${text.trim()}\n\`\`\``;
}

/** A page: its heading, then its parts with a blank line between. */
export function page(title: string, ...parts: readonly (string | readonly string[])[]): string {
  const generated = '<!-- Made by `npm run docs`; change what it is made from, not this page. -->';
  return `${[generated, `# ${title}`, ...parts.flat()].join('\n\n')}\n`;
}

/** The first sentence, for lists. */
export function firstSentence(text: string): string {
  const end = /^(?:[^.`(]|`[^`]*`|\([^)]*\)|\.(?! |$))*?[.:](?= |$)/.exec(text)?.[0] ?? text;
  return end.replace(/:$/, '.');
}

export const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
