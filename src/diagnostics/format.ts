import { positionAt, type Span } from '../grammar/source.js';
import type { Diagnostic } from './diagnostic.js';

export interface Paint {
  error(text: string): string;
  warning(text: string): string;
  dim(text: string): string;
  bold(text: string): string;
}

const plain: Paint = { error: (t) => t, warning: (t) => t, dim: (t) => t, bold: (t) => t };

/** A diagnostic as text for a terminal: message, place, the line shown with the range marked, notes and help. */
export function formatDiagnostic(d: Diagnostic, paint: Paint = plain): string {
  const tone = d.severity === 'error' ? paint.error : paint.warning;
  const lines = [`${tone(`${d.severity}[${d.code}]`)}: ${paint.bold(d.message)}`];
  if (d.span) lines.push(...frame(d.span, '', '-->', tone, paint));
  for (const related of d.related) lines.push(...frame(related.span, related.message, ':::', paint.dim, paint));
  for (const note of d.notes) lines.push(`  ${paint.dim('=')} ${note}`);
  for (const help of d.help) lines.push(`  ${paint.dim('=')} help: ${help}`);
  return lines.join('\n');
}

function frame(span: Span, message: string, arrow: string, tone: (t: string) => string, paint: Paint): string[] {
  const { line, column } = positionAt(span.source, span.start);
  const lineStart = span.start - column + 1;
  const lineEnd = span.source.text.indexOf('\n', lineStart);
  const text = span.source.text.slice(lineStart, lineEnd < 0 ? undefined : lineEnd).replace(/\r$/, '');
  // A very long line (a file of noise) is cut around the place.
  const from = column > 100 ? column - 60 : 1;
  const shown = text.slice(from - 1, from + 119).replace(/[\t\p{Cc}]/gu, ' ');
  const width = Math.max(1, Math.min(span.end, lineEnd < 0 ? span.source.text.length : lineEnd) - span.start);
  const marks = `${' '.repeat(column - from)}${'^'.repeat(Math.min(width, 121 - (column - from)))}`;
  const gutter = String(line);
  const pad = ' '.repeat(gutter.length);
  return [
    `${pad} ${paint.dim(arrow)} ${span.source.path}:${line}:${column}`,
    `${gutter} ${paint.dim('|')} ${shown}`,
    `${pad} ${paint.dim('|')} ${tone(marks)}${message ? ` ${message}` : ''}`,
  ];
}
