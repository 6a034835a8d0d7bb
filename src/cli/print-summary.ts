/** What a data set holds, for people. */
import type { DatasetSummary, FieldSummary, Values } from '../runtime/data/index.js';
import type { Output } from './output.js';
import { formatTable } from './table.js';

const classesAtMost = 20;

export function printSummary({ name, splits }: DatasetSummary, output: Output): string {
  const parts = splits.map(({ split, examples, lookedAt, fields }) => {
    const rows = fields.flatMap((field) => [[field.name, field.type, ...valuesOf(field)], ...rowOfEach(field)]);
    const table = formatTable(output, ['field', 'type', 'min', 'max', 'mean', 'std'], rows);
    const notes = fields.flatMap(notesOn);
    const bars = fields.flatMap((field) => (field.classes ? [`\n${histogram(field, output)}`] : []));
    const texts = fields.flatMap((field) => (field.texts ? [`\n${quoted(field.name, field.texts)}`] : []));
    const of = lookedAt < examples ? `, values of ${lookedAt}` : '';
    return [output.paint.bold(`${name}.${split}: ${examples} examples${of}`), table, ...notes, ...bars, ...texts].join(
      '\n',
    );
  });
  return `${parts.join('\n\n')}\n`;
}

const eachAtMost = 16;
const namedAtMost = 8;
/** Times as wide from which on one number drowns another. */
const muchWider = 100;

/** The numbers of a short row, one by one. */
function rowOfEach({ name, each = [] }: FieldSummary): string[][] {
  return each.length > eachAtMost ? [] : each.map((values, i) => [`  ${name}[${i}]`, '', ...spelled(values)]);
}

/** What is worth knowing before training: numbers that say nothing, and numbers that drown others. */
function notesOn({ name, each = [] }: FieldSummary): string[] {
  const places = each.map((values, i) => ({ ...values, place: `${name}[${i}]` }));
  const constant = places.filter(({ min, max }) => min === max);
  const named = constant.slice(0, namedAtMost).map(({ place, min }) => `${place} (${shown(min)})`);
  const more = constant.length > namedAtMost ? ` and ${constant.length - namedAtMost} more` : '';
  const varying = places.filter(({ min, max }) => min !== max).sort((a, b) => a.std - b.std);
  const [narrow, wide] = [varying[0], varying.at(-1)];
  return [
    ...(constant.length > 0 ? [`the same in every example: ${named.join(', ')}${more}`] : []),
    ...(narrow && wide && wide.std > muchWider * narrow.std
      ? [
          `scales differ: ${wide.place} varies by ${shown(wide.std)}, ${narrow.place} by ${shown(narrow.std)}; \`standard_columns\` of std.series gives all one scale`,
        ]
      : []),
  ];
}

function shown(value: number): string {
  return String(Number(value.toPrecision(4)));
}

function spelled({ min, max, mean, std }: Values): string[] {
  return [min, max, mean, std].map(shown);
}

function valuesOf({ values, classes }: FieldSummary): string[] {
  if (values) return spelled(values);
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
