/** The syntax tree as indented text: one line a node with its kind and place, one a field. */
import { positionAt, type Span } from '../grammar/source.js';
import type { Module } from '../grammar/syntax-tree.js';

export function printSyntax(module: Module): string {
  const { tokens: _tokens, comments: _comments, source: _source, ...tree } = module;
  const lines: string[] = [];
  printValue('', tree, 0, lines);
  return `${lines.join('\n')}\n`;
}

function printValue(label: string, value: unknown, depth: number, lines: string[]): void {
  const indent = '  '.repeat(depth);
  const head = label === '' ? '' : `${label}: `;
  if (value === undefined) return;
  if (Array.isArray(value)) {
    if (value.length === 0) return;
    lines.push(`${indent}${label}:`);
    for (const item of value) printValue('-', item, depth + 1, lines);
  } else if (typeof value === 'object' && value !== null) {
    printNode(head, value as Readonly<Record<string, unknown>>, depth, lines);
  } else {
    lines.push(`${indent}${head}${JSON.stringify(value)}`);
  }
}

function printNode(head: string, node: Readonly<Record<string, unknown>>, depth: number, lines: string[]): void {
  const indent = '  '.repeat(depth);
  const { kind, span, ...fields } = node;
  const place = isSpan(span) ? `  @${showPlace(span)}` : '';
  const keys = Object.keys(fields);
  // A name is its text.
  if (kind === undefined && keys.length === 1 && typeof fields['text'] === 'string') {
    lines.push(`${indent}${head}${fields['text']}${place}`);
    return;
  }
  lines.push(`${indent}${head}${typeof kind === 'string' ? kind : ''}${place}`.trimEnd());
  for (const [name, value] of Object.entries(fields)) printValue(name, value, depth + 1, lines);
}

function isSpan(value: unknown): value is Span {
  return typeof value === 'object' && value !== null && 'start' in value && 'source' in value;
}

function showPlace({ source, start }: Span): string {
  const { line, column } = positionAt(source, start);
  return `${line}:${column}`;
}
