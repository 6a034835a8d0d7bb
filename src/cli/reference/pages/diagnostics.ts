/** A page for each group of diagnostics: what a code means, with a wrong and a right example where a program shows it. */
import { type CodeEntry, codeGroups, sortedCodes } from '../../../diagnostics/index.js';
import { fenced, page, prose, table } from '../markdown.js';

export function diagnosticPages(): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(codeGroups).map(([prefix, title]) => {
      const entries = sortedCodes().filter(([code]) => code.startsWith(prefix));
      return [
        `diagnostics/${prefix}xxx.md`,
        page(
          title,
          entries.flatMap(([code, entry]) => entryParts(code, entry)),
        ),
      ];
    }),
  );
}

/** The parts of the index that list all codes. */
export function diagnosticList(): readonly string[] {
  return Object.entries(codeGroups).map(([prefix, title]) => {
    const entries = sortedCodes().filter(([code]) => code.startsWith(prefix));
    const rows = entries.map(([code, entry]) => [
      `[${code}](reference/diagnostics/${prefix}xxx.md#${code.toLowerCase()})`,
      entry.severity,
      prose(entry.title),
    ]);
    return `### ${title}\n\n${table(['code', 'severity', 'title'], rows)}`;
  });
}

function entryParts(code: string, { severity, title, explain, wrong, right }: CodeEntry<never>): readonly string[] {
  return [
    `## ${code}`,
    `**${prose(title)}** (${severity})`,
    explain.trim(),
    ...(wrong === undefined ? [] : ['Wrong:', fenced(languageOf(wrong), wrong)]),
    ...(right === undefined ? [] : ['Right:', fenced(languageOf(right), right)]),
  ];
}

/** Of an example: what a shell is given begins with its prompt. */
function languageOf(example: string): 'ebm' | 'sh' {
  return example.startsWith('$ ') ? 'sh' : 'ebm';
}
