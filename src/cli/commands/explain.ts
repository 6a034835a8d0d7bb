import { type CodeEntry, codes, EbmcError, nearest, report } from '../../diagnostics/index.js';
import type { CommandEntry } from '../command.js';
import type { Output } from '../output.js';
import { statuses } from '../statuses.js';
import { formatTable } from '../table.js';

type AnyEntry = CodeEntry<never>;

const groups: Readonly<Record<string, string>> = {
  EBM1: 'Syntax',
  EBM2: 'Names, kinds and shapes',
  EBM3: 'Collapse',
  EBM4: 'Data',
  EBM5: 'Runs and their files',
  EBM6: 'Backends',
  EBM7: 'The command line',
};

export const explainCommand: CommandEntry = {
  name: 'explain',
  summary: 'Explain a diagnostic by its code; without one, list all codes.',
  examples: [
    ['ebmc explain EBM6001', 'what it means and what to do'],
    ['ebmc explain', 'all codes'],
  ],
  define(command) {
    command.argument('[code]', 'for example EBM6001');
  },
  async run({ args, output }) {
    const entries = new Map(
      Object.entries(codes as Readonly<Record<string, AnyEntry>>).sort(([a], [b]) => (a < b ? -1 : 1)),
    );
    const [given] = args;
    if (given === undefined) listCodes(entries, output);
    else explainCode(given, entries, output);
    return statuses.ok;
  },
};

function explainCode(given: string, entries: ReadonlyMap<string, AnyEntry>, output: Output): void {
  const name = /^\d{4}$/.test(given) ? `EBM${given}` : given.toUpperCase();
  const entry = entries.get(name);
  if (!entry) throw new EbmcError([report('EBM7007', { code: given, suggestion: nearest(name, entries.keys()) })]);
  const { severity, title, explain, wrong, right } = entry;
  output.document({ code: name, severity, title, explain, wrong: wrong ?? null, right: right ?? null });
  const { bold, dim } = output.paint;
  output.line(`${bold(`${name}: ${title}`)} ${dim(`(${severity})`)}\n\n${explain.trim()}`);
  if (wrong !== undefined) output.line(`\n${bold('Wrong')}\n${indent(wrong)}`);
  if (right !== undefined) output.line(`\n${bold('Right')}\n${indent(right)}`);
}

function listCodes(entries: ReadonlyMap<string, AnyEntry>, output: Output): void {
  output.document([...entries].map(([code, { severity, title }]) => ({ code, severity, title })));
  let group = '';
  const rows: string[][] = [];
  const flush = () => {
    if (rows.length > 0)
      output.line(`${output.paint.bold(groups[group] ?? group)}\n${formatTable(output, ['', '', ''], rows)}\n`);
    rows.length = 0;
  };
  for (const [code, { severity, title }] of entries) {
    if (code.slice(0, 4) !== group) flush();
    group = code.slice(0, 4);
    rows.push([code, severity, title]);
  }
  flush();
}

function indent(program: string): string {
  const lines = program.trim().split('\n');
  return lines.map((line) => (line === '' ? '' : `  ${line}`)).join('\n');
}
