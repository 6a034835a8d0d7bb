/** What a command says: text for people, or one JSON document, with colour only on a terminal. */
import { writeSync } from 'node:fs';
import pc from 'picocolors';
import { type Diagnostic, formatDiagnostic } from '../diagnostics/index.js';
import { positionAt, type Span } from '../grammar/source.js';

export interface OutputOptions {
  readonly json: boolean;
  /** False with --no-color. */
  readonly colour: boolean;
}

export class Output {
  readonly json: boolean;
  /** Whether a progress bar may be drawn and redrawn. */
  readonly interactive: boolean;
  readonly paint: ReturnType<typeof pc.createColors>;
  private readonly paintError: ReturnType<typeof pc.createColors>;

  constructor(options: OutputOptions) {
    this.json = options.json;
    const wanted = options.colour && !process.env['NO_COLOR'] && process.env['TERM'] !== 'dumb';
    this.paint = pc.createColors(wanted && !options.json && process.stdout.isTTY === true);
    this.paintError = pc.createColors(wanted && process.stderr.isTTY === true);
    this.interactive = !options.json && process.stderr.isTTY === true && process.env['TERM'] !== 'dumb';
  }

  /** A line of the command's result; not under --json. */
  line(text = ''): void {
    if (!this.json) process.stdout.write(`${text}\n`);
  }

  /** A line about what is going on, on stderr; not under --json. */
  note(text: string): void {
    if (!this.json) process.stderr.write(`${text}\n`);
  }

  /** Under --json: one document, on a line of its own. */
  document(value: unknown): void {
    if (this.json) process.stdout.write(`${JSON.stringify(value)}\n`);
  }

  /** Diagnostics as text on stderr; under --json they belong into the command's document, see `describeDiagnostic`. */
  diagnostics(list: readonly Diagnostic[]): void {
    if (this.json) return;
    for (const diagnostic of list) process.stderr.write(`${this.format(diagnostic)}\n\n`);
  }

  format(diagnostic: Diagnostic): string {
    const { red, yellow, dim, bold } = this.paintError;
    return formatDiagnostic(diagnostic, { error: red, warning: yellow, dim, bold });
  }
}

export interface DescribedSpan {
  readonly file: string;
  readonly start: { readonly line: number; readonly column: number };
  readonly end: { readonly line: number; readonly column: number };
}

/** A diagnostic as plain data for --json. */
export function describeDiagnostic(diagnostic: Diagnostic) {
  const { code, severity, message, notes, help } = diagnostic;
  const related = diagnostic.related.map(({ span, message: text }) => ({ message: text, place: describeSpan(span) }));
  const place = diagnostic.span === undefined ? null : describeSpan(diagnostic.span);
  return { code, severity, message, place, related, notes, help };
}

function describeSpan(span: Span): DescribedSpan {
  return { file: span.source.path, start: positionAt(span.source, span.start), end: positionAt(span.source, span.end) };
}

export function hasErrors(list: readonly Diagnostic[]): boolean {
  return list.some(({ severity }) => severity === 'error');
}

/** "2 errors, 1 warning"; "no problems". */
export function countProblems(list: readonly Diagnostic[]): string {
  const count = (severity: string) => list.filter((diagnostic) => diagnostic.severity === severity).length;
  const parts = (['error', 'warning', 'hint'] as const).flatMap((severity) => {
    const n = count(severity);
    return n === 0 ? [] : [`${n} ${severity}${n === 1 ? '' : 's'}`];
  });
  return parts.length === 0 ? 'no problems' : parts.join(', ');
}

/** Last words on stderr from a process about to end: written before anything else can happen. */
export function lastWords(text: string): void {
  try {
    writeSync(2, `${text}\n`);
  } catch {
    // stderr is closed: nobody is left to tell
  }
}
