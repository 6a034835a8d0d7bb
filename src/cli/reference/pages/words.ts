/** The words of the language. */
import { wordGroups } from '../../../grammar/index.js';
import { fenced, page, prose } from '../markdown.js';

export function wordsPage(): string {
  const parts = Object.entries(wordGroups).flatMap(([title, group]) => [
    `## ${title}`,
    ...group.flatMap(({ words, form, doc }) => [`### ${words.join(', ')}`, fenced('', form), prose(doc)]),
  ]);
  return page(
    'Words of the language',
    '`ebmc explain WORD` prints one of these. Most are words only where they are meant so: `data`, `view` or `step` may be names too. [language.md](../language.md) says how programs are written.',
    parts,
  );
}
