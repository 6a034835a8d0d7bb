/** Names that a file's items and its `use` declarations bring into scope. */
import { type Diagnostic, nearest, report } from '../../diagnostics/index.js';
import { type Outline, outlineModule, parseModule } from '../../grammar/index.js';
import type { Source, Span } from '../../grammar/source.js';
import type { Item, Module, UseItem } from '../../grammar/syntax-tree.js';
import type { Library } from '../index.js';
import type { Elaborator } from './elaborator.js';
import { Scope } from './scope.js';
import type { Value } from './values.js';

export class Modules {
  private readonly loaded = new Map<string, Scope>();

  constructor(
    private readonly e: Elaborator,
    private readonly library: Library,
  ) {
    e.homesOf = (name) => this.homesOf(name);
  }

  private homesOf(name: string): string[] {
    return this.library.list().filter((module) => {
      const source = module.startsWith('std.') ? this.library.find(module.split('.')) : undefined;
      return source && outlines.of(source)?.definitions.some((definition) => definition.name.text === name);
    });
  }

  /** The scope of a parsed file: its `fn`s, `net`s, `regularizer`s and `model`s and what it uses. */
  scopeOf(module: Module): Scope {
    const scope = new Scope(undefined);
    for (const item of module.items) {
      if (item.kind === 'use') this.bringIn(item, scope);
    }
    for (const item of module.items) {
      const value = definedValue(item, scope);
      if (!value || !('name' in item)) continue;
      const before = scope.own(item.name.text);
      if (before) {
        const related = before.span ? [{ span: before.span, message: 'first declared here' }] : [];
        this.e.fail('EBM2004', { name: item.name.text }, item.name.span, { related });
      }
      scope.define(item.name.text, value, item.name.span);
    }
    return scope;
  }

  /** The same for a file of the standard library, each definition read where it is first used. */
  private scopeOfOutline({ uses, definitions }: Outline): Scope {
    const scope = new Scope(undefined);
    for (const item of uses) this.bringIn(item, scope);
    for (const definition of definitions) {
      const read = (): Value => definedValue(definition.item, scope) ?? { kind: 'missing' };
      scope.defineLater(definition.name.text, read, definition.name.span);
    }
    return scope;
  }

  private bringIn(item: UseItem, scope: Scope): void {
    const path = item.path.map((n) => n.text);
    const name = path.join('.');
    const module = this.load(path);
    const first = item.path[0];
    if (!module) {
      const span = first ? { ...first.span, end: item.path.at(-1)!.span.end } : item.span;
      this.e.fail('EBM2002', { module: name, suggestion: nearest(name, this.library.list()) }, span);
      for (const n of item.names) scope.define(n.text, { kind: 'missing' }, n.span);
      return;
    }
    for (const n of item.names) {
      const binding = module.own(n.text);
      if (!binding) {
        const names = [...module.ownBindings()].flatMap(([known, { declared }]) => (declared === 'use' ? [] : [known]));
        this.e.fail('EBM2003', { module: name, name: n.text, suggestion: nearest(n.text, names), names }, n.span);
      }
      scope.defineLater(n.text, () => binding?.value ?? { kind: 'missing' }, n.span, 'use');
    }
  }

  private load(path: readonly string[]): Scope | undefined {
    const key = path.join('.');
    const known = this.loaded.get(key);
    if (known) return known;
    const source = this.library.find(path);
    if (!source) return undefined;
    this.loaded.set(key, new Scope(undefined));
    const scope = this.read(source, path[0] === 'std');
    this.loaded.set(key, scope);
    return scope;
  }

  private read(source: Source, isStandard: boolean): Scope {
    const outline = isStandard ? outlines.of(source) : undefined;
    if (outline) return this.scopeOfOutline(outline);
    const parsed = modules.of(source);
    for (const diagnostic of parsed.diagnostics) this.e.add(diagnostic);
    return this.scopeOf(parsed.module);
  }
}

/** What `use` brings into a file that mentions it nowhere. */
export function findUnusedImports({ items, tokens }: Module): Diagnostic[] {
  const uses = items.filter((item) => item.kind === 'use');
  const isImport = ({ start, end }: Span) => uses.some(({ span }) => span.start <= start && end <= span.end);
  const mentioned = new Set(tokens.flatMap(({ text, span }) => (isImport(span) ? [] : [text])));
  return uses
    .flatMap(({ names }) => names)
    .filter(({ text }) => !mentioned.has(text))
    .map(({ text, span }) => report('EBM2041', { kind: 'the imported', name: text }, { span }));
}

function definedValue(item: Item, scope: Scope): Value | undefined {
  if (item.kind === 'fn' || item.kind === 'regularizer') return { kind: 'function', item, scope };
  if (item.kind === 'model') return { kind: 'model', item, scope };
  return item.kind === 'net' ? { kind: 'net', item, scope } : undefined;
}

/** Library files are read once for as long as their source is the same. */
class Remembered<T> {
  private readonly known = new WeakMap<Source, { readonly value: T }>();

  constructor(private readonly read: (source: Source) => T) {}

  of(source: Source): T {
    let found = this.known.get(source);
    if (!found) {
      found = { value: this.read(source) };
      this.known.set(source, found);
    }
    return found.value;
  }
}

const modules = new Remembered(parseModule);
const outlines = new Remembered(outlineModule);
