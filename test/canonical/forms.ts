/** Models as their canonical forms, for tests. */
import { readFileSync } from 'node:fs';
import { canonicalModel, canonicalTexts } from '../../src/compiler/canonical/index.js';
import { Elaborator } from '../../src/compiler/check/elaborator.js';
import { elaborateModel } from '../../src/compiler/check/model.js';
import { Modules } from '../../src/compiler/check/modules.js';
import type { TypedModel } from '../../src/compiler/index.js';
import { parseModule } from '../../src/grammar/index.js';
import { FileLibrary } from '../../src/runtime/library.js';

export function read(example: string): string {
  return readFileSync(`examples/${example}.ebm`, 'utf8');
}

/** Without the analysis of collapse, which is not asked here and takes the longest. */
export function models(text: string): readonly TypedModel[] {
  const source = { path: 'examples/form.ebm', text };
  const { module, diagnostics } = parseModule(source);
  return module.items.flatMap((item) => {
    if (item.kind !== 'model') return [];
    const e = new Elaborator(128, source.path);
    const made = elaborateModel(e, item, new Modules(e, new FileLibrary(source.path)).scopeOf(module));
    const errors = [...diagnostics, ...e.diagnostics].filter(({ severity }) => severity === 'error');
    if (!made || errors.length > 0) throw new Error(errors.map(({ code, message }) => `${code} ${message}`).join('\n'));
    return [made];
  });
}

export function model(text: string): TypedModel {
  return models(text)[0]!;
}

export function texts(text: string) {
  return canonicalTexts(canonicalModel(model(text)));
}

/** A text with parts replaced, each of which has to be there. */
export function changed(text: string, ...changes: readonly (readonly [part: string | RegExp, by: string])[]): string {
  return changes.reduce((now, [part, by]) => {
    const next = typeof part === 'string' ? now.replaceAll(part, by) : now.replace(part, by);
    if (next === now) throw new Error(`nothing is ${part}`);
    return next;
  }, text);
}

const regularizers = readFileSync('std/regularizers.ebm', 'utf8');

/** A definition of the library, as text to paste. */
export function definition(name: string, from = regularizers): string {
  const start = from.search(new RegExp(`^(\\w+ )*${name}\\(`, 'm'));
  const end = from.indexOf('\n\n', start);
  return from.slice(start, end < 0 ? undefined : end);
}
