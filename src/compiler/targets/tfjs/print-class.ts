/**
 * A TypeScript class as text. Bodies are thousands of lines that are well formed as they are: they are only indented. A library that
 * builds a syntax tree of them takes longer than the rest of the compilation.
 */

export interface Class {
  readonly name: string;
  readonly fields: readonly { readonly doc?: string; readonly text: string }[];
  readonly methods: readonly ClassMethod[];
}

export interface ClassMethod {
  readonly doc: string;
  /** What stands before the body: `private replace(next: States): void`. */
  readonly head: string;
  /** Statements, indented among themselves. */
  readonly lines: readonly string[];
}

export function printClass({ name, fields, methods }: Class): string {
  const text = [`export class ${name} {`];
  for (const field of fields)
    text.push(...(field.doc === undefined ? [] : [`  ${printDoc([field.doc])}`]), `  ${field.text}`);
  for (const { doc, head, lines } of methods) {
    text.push('', `  ${printDoc([doc])}`, `  ${head} {`);
    pushBody(text, lines);
    text.push('  }');
  }
  text.push('}');
  return text.join('\n');
}

/** The lines of a method's body: an empty one only between others, and never two. */
function pushBody(text: string[], lines: readonly string[]): void {
  const first = text.length;
  for (const line of lines) {
    if (line !== '') text.push(`    ${line}`);
    else if (text.length > first && text.at(-1) !== '') text.push('');
  }
}

export function printDoc(lines: readonly string[]): string {
  if (lines.length === 1) return `/** ${lines[0]} */`;
  return ['/**', ...lines.map((line) => ` * ${line}`.trimEnd()), ' */'].join('\n');
}
