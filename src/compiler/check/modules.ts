/** Names that a file's items and its `use` declarations bring into scope. */
import { nearest } from '../../diagnostics/index.js';
import { parseModule } from '../../grammar/index.js';
import type { Source } from '../../grammar/source.js';
import type { Module, UseItem } from '../../grammar/syntax-tree.js';
import type { Library } from '../index.js';
import type { Elaborator } from './elaborator.js';
import { Scope } from './scope.js';
import type { Value } from './values.js';

export class Modules {
  private readonly loaded = new Map<string, Scope>();

  constructor(
    private readonly e: Elaborator,
    private readonly library: Library,
  ) {}

  /** The scope of a parsed file: its `fn`s, `net`s and `regularizer`s and what it uses. */
  scopeOf(module: Module): Scope {
    const scope = new Scope(undefined);
    for (const item of module.items) {
      if (item.kind === 'use') this.bringIn(item, scope);
    }
    for (const item of module.items) {
      let value: Value | undefined;
      if (item.kind === 'fn' || item.kind === 'regularizer') value = { kind: 'function', item, scope };
      if (item.kind === 'net') value = { kind: 'net', item, scope };
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
        const names = [...module.ownBindings()].map(([known]) => known);
        this.e.fail('EBM2003', { module: name, name: n.text, suggestion: nearest(n.text, names) }, n.span);
      }
      scope.define(n.text, binding?.value ?? { kind: 'missing' }, n.span, 'use');
    }
  }

  private load(path: readonly string[]): Scope | undefined {
    const key = path.join('.');
    const known = this.loaded.get(key);
    if (known) return known;
    const source = this.library.find(path);
    if (!source) return undefined;
    const parsed = parseLibrary(source);
    for (const diagnostic of parsed.diagnostics) this.e.add(diagnostic);
    const placeholder = new Scope(undefined);
    this.loaded.set(key, placeholder);
    const scope = this.scopeOf(parsed.module);
    this.loaded.set(key, scope);
    return scope;
  }
}

/** Library files are parsed once for as long as their text is the same. */
const parsedSources = new WeakMap<Source, ReturnType<typeof parseModule>>();

function parseLibrary(source: Source): ReturnType<typeof parseModule> {
  let parsed = parsedSources.get(source);
  if (!parsed) {
    parsed = parseModule(source);
    parsedSources.set(source, parsed);
  }
  return parsed;
}
