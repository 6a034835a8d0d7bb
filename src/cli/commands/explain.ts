import { type CodeEntry, codeGroups, EbmcError, nearest, report, sortedCodes } from '../../diagnostics/index.js';
import type { CommandEntry } from '../command.js';
import type { Output } from '../output.js';
import { statuses } from '../statuses.js';
import { formatTable } from '../table.js';

export const explainCommand: CommandEntry = {
  name: 'explain',
  summary:
    'Explain a diagnostic by its code, or a name: a word, a function, a definition, a loader, a setting, a measure.',
  examples: [
    ['ebmc explain EBM6001', 'what it means and what to do'],
    ['ebmc explain nt_xent', 'its parameters with defaults, what it computes and its source'],
    ['ebmc explain', 'all codes'],
  ],
  define(command) {
    command.argument('[name]', 'for example EBM6001, or nt_xent');
  },
  async run({ args, output }) {
    const [given] = args;
    if (given === undefined) listCodes(output);
    else if (/^(ebm)?\d/i.test(given)) explainCode(given, output);
    else await explainName(given, output);
    return statuses.ok;
  },
};

function explainCode(given: string, output: Output): void {
  const entries = new Map(sortedCodes());
  const name = /^\d{4}$/.test(given) ? `EBM${given}` : given.toUpperCase();
  const entry = entries.get(name);
  if (!entry) throw new EbmcError([report('EBM7007', { name: given, suggestion: nearest(name, entries.keys()) })]);
  const { severity, title, explain, wrong, right }: CodeEntry<never> = entry;
  output.document({ code: name, severity, title, explain, wrong: wrong ?? null, right: right ?? null });
  const { bold, dim } = output.paint;
  output.line(`${bold(`${name}: ${title}`)} ${dim(`(${severity})`)}\n\n${explain.trim()}`);
  if (wrong !== undefined) output.line(`\n${bold('Wrong')}\n${indent(wrong)}`);
  if (right !== undefined) output.line(`\n${bold('Right')}\n${indent(right)}`);
}

async function explainName(given: string, output: Output): Promise<void> {
  const { readTopics } = await import('../reference/topics.js');
  const topics = readTopics();
  // `std.energies.cosine` is as good as `cosine`.
  const name = given.startsWith('std.') ? given.slice(given.lastIndexOf('.') + 1) : given;
  const found = topics.filter((topic) => topic.name === name);
  if (found.length === 0) {
    const suggestion = nearest(
      name,
      topics.map((topic) => topic.name),
    );
    throw new EbmcError([report('EBM7007', { name: given, suggestion })]);
  }
  output.document(found);
  const { bold, dim } = output.paint;
  const parts = found.map(({ kind, signature, doc }) => `${bold(signature)}\n${dim(kind)}\n\n${doc}`);
  output.line(parts.join('\n\n'));
}

function listCodes(output: Output): void {
  const entries = sortedCodes();
  output.document(entries.map(([code, { severity, title }]) => ({ code, severity, title })));
  for (const [prefix, title] of Object.entries(codeGroups)) {
    const rows = entries.flatMap(([code, entry]) =>
      code.startsWith(prefix) ? [[code, entry.severity, entry.title]] : [],
    );
    output.line(`${output.paint.bold(title)}\n${formatTable(output, ['', '', ''], rows)}\n`);
  }
}

function indent(program: string): string {
  const lines = program.trim().split('\n');
  return lines.map((line) => (line === '' ? '' : `  ${line}`)).join('\n');
}
