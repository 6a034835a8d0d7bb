/** What a data set holds, for people. */
import type { DatasetSummary, FieldSummary } from '../runtime/data/index.js';
import type { Output } from './output.js';
import { formatTable } from './table.js';

const classesAtMost = 20;

export function printSummary({ name, splits }: DatasetSummary, output: Output): string {
  const parts = splits.map(({ split, examples, lookedAt, fields }) => {
    const rows = fields.map((field) => [field.name, field.type, ...valuesOf(field)]);
    const table = formatTable(output, ['field', 'type', 'min', 'max', 'mean', 'std'], rows);
    const bars = fields.flatMap((field) => (field.classes ? [`\n${histogram(field, output)}`] : []));
    const texts = fields.flatMap((field) => (field.texts ? [`\n${quoted(field.name, field.texts)}`] : []));
    const of = lookedAt < examples ? `, values of ${lookedAt}` : '';
    return [output.paint.bold(`${name}.${split}: ${examples} examples${of}`), table, ...bars, ...texts].join('\n');
  });
  return `${parts.join('\n\n')}\n`;
}

function valuesOf({ values, classes }: FieldSummary): string[] {
  if (values)
    return [values.min, values.max, values.mean, values.std].map((value) => String(Number(value.toPrecision(4))));
  return classes
    ? [`${classes.length} ${classes.length === 1 ? 'class' : 'classes'} in use`, '', '', '']
    : ['', '', '', ''];
}

function histogram({ name, classes = [] }: FieldSummary, output: Output): string {
  const most = classes.reduce((a, { count }) => Math.max(a, count), 1);
  const rows = classes.slice(0, classesAtMost).map(({ label, name: word, count }) => {
    const bar = '█'.repeat(Math.max(1, Math.round((30 * count) / most)));
    return [`${name} ${label}`, word ?? '', String(count), output.paint.dim(bar)];
  });
  const rest = classes.length > classesAtMost ? `\n… and ${classes.length - classesAtMost} more classes` : '';
  return formatTable(output, ['', '', '', ''], rows) + rest;
}

const charactersAtMost = 240;

/** Texts, a line each. */
export function quoted(name: string, texts: readonly string[]): string {
  const lines = texts.map((text) => {
    const cut = text.length > charactersAtMost ? `${text.slice(0, charactersAtMost)}…` : text;
    return `${name}  ${JSON.stringify(cut)}`;
  });
  return lines.join('\n');
}
