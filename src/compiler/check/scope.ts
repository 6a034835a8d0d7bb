import type { Span } from '../../grammar/source.js';
import type { Value } from './values.js';

/** The words with which a model's names are declared. */
export type Declared = 'parameter' | 'data' | 'view' | 'mask' | 'encoder' | 'let' | 'param' | 'state' | 'fn' | 'use';

export interface Binding {
  value: Value;
  readonly span: Span | undefined;
  /** What kind of declaration made it, where reporting it as unused makes sense. */
  readonly declared: Declared | undefined;
  used: boolean;
}

/** Names and their values, with the scope around. */
export class Scope {
  private readonly bindings = new Map<string, Binding>();

  constructor(readonly parent: Scope | undefined) {}

  define(name: string, value: Value, span?: Span, declared?: Declared): void {
    this.bindings.set(name, { value, span, declared, used: false });
  }

  /** A name whose value is made when it is first asked for. */
  defineLater(name: string, read: () => Value, span?: Span, declared?: Declared): void {
    let known: Value | undefined;
    this.bindings.set(name, {
      get value() {
        known ??= read();
        return known;
      },
      set value(value) {
        known = value;
      },
      span,
      declared,
      used: false,
    });
  }

  own(name: string): Binding | undefined {
    return this.bindings.get(name);
  }

  find(name: string): Binding | undefined {
    return this.bindings.get(name) ?? this.parent?.find(name);
  }

  ownBindings(): Iterable<[string, Binding]> {
    return this.bindings.entries();
  }

  /** Every name that can be seen from here, for suggestions. */
  names(): string[] {
    return [...this.bindings.keys(), ...(this.parent?.names() ?? [])];
  }
}
