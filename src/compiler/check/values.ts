/** What an expression of a `.ebm` file is worth while the checker evaluates it: tensors to be computed, and compile-time values. */
import type { EnergyMember, FnItem, ModelItem, NetItem, RegularizerItem } from '../../grammar/syntax-tree.js';
import { type Dim, showDim, showShape } from '../graph/dim.js';
import type { Node } from '../graph/types.js';
import type { Copy } from './elaborator.js';
import type { Scope } from './scope.js';

export type Value =
  | { readonly kind: 'tensor'; readonly node: Node }
  /** `dim` is present where the number is a whole one that may stand in a shape. */
  | { readonly kind: 'number'; readonly value: number; readonly dim: Dim | undefined }
  | { readonly kind: 'bool'; readonly value: boolean }
  | { readonly kind: 'string'; readonly value: string }
  | { readonly kind: 'range'; readonly low: Value; readonly high: Value }
  | { readonly kind: 'list'; readonly items: readonly Value[] }
  | { readonly kind: 'record'; readonly fields: ReadonlyMap<string, Value> }
  | FunctionValue
  | { readonly kind: 'net'; readonly item: NetItem; readonly scope: Scope }
  /** Only `compare` takes models. */
  | { readonly kind: 'model'; readonly item: ModelItem; readonly scope: Scope }
  | LayerValue
  | EnergyValue
  | { readonly kind: 'builtin'; readonly name: string }
  | { readonly kind: 'namespace'; readonly name: string }
  /** Stands for a value whose error has been reported already; anything made of it is missing too. */
  | { readonly kind: 'missing' };

export interface FunctionValue {
  readonly kind: 'function';
  readonly item: FnItem | RegularizerItem;
  readonly scope: Scope;
}

/** A net with its settings: an instance once it has a path (`f`, `f/linear_1`), which its parameters are named after. */
export interface LayerValue {
  readonly kind: 'layer';
  readonly item: NetItem;
  readonly scope: Scope;
  readonly settings: ReadonlyMap<string, Value>;
  readonly path: string | undefined;
  readonly isEncoder: boolean;
  /** Present where it is a copy of another instance. */
  readonly copy?: Copy | undefined;
}

/** An energy, or a family of them (`energy E(width: int)(x, y)`), of which `E(8)` is one. */
export interface EnergyValue {
  readonly kind: 'energy';
  readonly member: EnergyMember;
  /** Where it is declared. */
  readonly scope: Scope;
  /** Undefined of a family, whose settings are not given. */
  readonly settings: ReadonlyMap<string, Value> | undefined;
}

export const missing: Value = { kind: 'missing' };

export function int(dim: Dim, batch: number): Value {
  return { kind: 'number', value: typeof dim === 'number' ? dim : dimValue(dim, batch), dim };
}

export function number(value: number): Value {
  return { kind: 'number', value, dim: Number.isSafeInteger(value) ? value : undefined };
}

/** The number a symbolic dimension stands for when `batch` examples are compiled. */
export function dimValue(dim: Dim, batch: number): number {
  if (typeof dim === 'number') return dim;
  let sum = 0;
  for (const [monomial, coefficient] of dim.terms) {
    sum += coefficient * batch ** monomial.split('*').filter(Boolean).length;
  }
  return sum;
}

/** `E`, or of one of a family `E(8)`. */
export function energyName({ member, settings }: EnergyValue): string {
  const shown = [...(settings?.values() ?? [])].map(showSetting).join(', ');
  return member.name.text + (member.settings.length > 0 ? `(${shown})` : '');
}

/** How a family is called, `E(width)(x, y)`, or one of it is had, `E(width)`. */
export function familyForm({ name, settings, parameters }: EnergyMember, upTo?: 'settings'): string {
  const names = (list: EnergyMember['parameters']): string => `(${list.map((p) => p.name.text).join(', ')})`;
  return name.text + names(settings) + (upTo ? '' : names(parameters));
}

/** A setting as it is written: `8`, `"small"`, `[2, 4]`. */
export function showSetting(value: Value): string {
  switch (value.kind) {
    case 'number':
      return value.dim === undefined ? `${value.value}` : showDim(value.dim);
    case 'string':
      return JSON.stringify(value.value);
    case 'range':
      return `${showSetting(value.low)}..${showSetting(value.high)}`;
    case 'list':
      return `[${value.items.map(showSetting).join(', ')}]`;
    case 'function':
    case 'net':
      return value.item.name.text;
    case 'layer':
      return value.path ?? value.item.name.text;
    default:
      return describe(value);
  }
}

/** `a tensor [28, 28, 1]`, `the number 3`, `the net linear`: for messages. */
export function describe(value: Value): string {
  switch (value.kind) {
    case 'tensor':
      return value.node.type.shape.length === 0 ? 'a scalar' : `a tensor ${showShape(value.node.type.shape)}`;
    case 'number':
      return `the number ${value.dim === undefined ? value.value : showDim(value.dim)}`;
    case 'bool':
      return `${value.value}`;
    case 'string':
      return `the string "${value.value}"`;
    case 'range':
      return 'a range';
    case 'list':
      return `a list of ${value.items.length}`;
    case 'record':
      return `a record { ${[...value.fields.keys()].join(', ')} }`;
    case 'function':
      return `the ${value.item.kind === 'fn' ? 'function' : 'regularizer'} ${value.item.name.text}`;
    case 'net':
      return `the net ${value.item.name.text}`;
    case 'model':
      return `the model ${value.item.name.text}`;
    case 'layer':
      return value.path ? `the encoder ${value.path}` : `a layer ${value.item.name.text}`;
    case 'energy':
      return value.settings ? `the energy ${energyName(value)}` : `the family of energies ${familyForm(value.member)}`;
    case 'builtin':
      return `the built-in ${value.name}`;
    case 'namespace':
      return `the group ${value.name}`;
    case 'missing':
      return 'a value with an error';
  }
}
