/**
 * Objectives as formulas in index notation: every value is a number for given indices, every reduction names the index it runs over.
 * Formulas are shared: equal ones are the same object.
 */
import type { Dim } from '../graph/dim.js';

/** An index: `e` is this example, `~n` is free while a formula is made, `#n` is bound, by how deep the binder's body is. */
export interface Variable extends Shared {
  readonly kind: 'variable';
  readonly name: string;
  readonly size: number;
  /** `N` of examples, `N - 1` of the others. */
  readonly shown: string;
}

export type Expression =
  | (Shared & { readonly kind: 'number'; readonly value: number })
  | Variable
  /** constant + Σ coefficient · term. */
  | (Shared & { readonly kind: 'sum'; readonly terms: readonly Weighted[]; readonly constant: number })
  /** Π factor ^ exponent. */
  | (Shared & { readonly kind: 'product'; readonly factors: readonly Raised[] })
  | (Shared & {
      readonly kind: 'reduce';
      readonly by: Reduction;
      readonly over: readonly Variable[];
      readonly body: Expression;
    })
  /** A function of numbers. */
  | (Shared & { readonly kind: 'call'; readonly name: string; readonly args: readonly Expression[] })
  /** An element of a tensor. */
  | (Shared & { readonly kind: 'at'; readonly tensor: Tensor; readonly indices: readonly Expression[] });

export type Reduction = 'sum' | 'max' | 'min';

export interface Weighted {
  readonly term: Expression;
  readonly coefficient: number;
}

export interface Raised {
  readonly factor: Expression;
  readonly exponent: number;
}

/** A tensor with a name, or what an operation that mixes elements makes of others. */
export interface Tensor extends Shared {
  readonly kind: 'tensor';
  readonly leaf: Leaf | undefined;
  readonly operation: string;
  readonly attributes: string;
  readonly args: readonly Lambda[];
}

/** A tensor given by its elements. */
export interface Lambda extends Shared {
  readonly kind: 'lambda';
  readonly over: readonly Variable[];
  readonly body: Expression;
}

export type Part = Expression | Tensor | Lambda;

/** What a formula does not look into. */
export interface Leaf {
  readonly kind: LeafKind;
  /** As it is declared; of a draw, its site. */
  readonly declared: string;
  /** Whether gradients reach parameters through it. */
  readonly moves: boolean;
}

export type LeafKind = 'data' | 'view' | 'mask' | 'encoder' | 'parameter' | 'state' | 'draw' | 'argument';

export interface Shared {
  /** In the order of making: parts before the whole. */
  readonly id: number;
  /** Of the structure, with the leaves' keys; equal in every process. */
  readonly hash: number;
  /** The same without numbers. */
  readonly skeleton: number;
  /** Names of free variables. */
  readonly free: ReadonlySet<string>;
  /** The largest number of a bound variable inside. */
  readonly height: number;
  /** How many operations, with repetition. */
  readonly weight: number;
  /** Whether gradients reach parameters through it. */
  readonly moves: boolean;
}

/** The name of the index of this example. */
export const thisExample = 'e';

/** Numbers are compared to so many digits: 0.1 · 3 is 0.3. */
const digits = 12;

export function rounded(value: number): number {
  if (Number.isInteger(value) && Math.abs(value) < 10 ** digits) return value;
  return Number.isFinite(value) ? Number(value.toPrecision(digits)) : value;
}

/** 53 bits of a text (cyrb53), the same everywhere. */
export function hashText(text: string): number {
  let a = 0xdeadbeef;
  let b = 0x41c6ce57;
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    a = Math.imul(a ^ c, 2654435761);
    b = Math.imul(b ^ c, 1597334677);
  }
  a = Math.imul(a ^ (a >>> 16), 2246822507) ^ Math.imul(b ^ (b >>> 13), 3266489909);
  b = Math.imul(b ^ (b >>> 16), 2246822507) ^ Math.imul(a ^ (a >>> 13), 3266489909);
  return 4294967296 * (2097151 & b) + (a >>> 0);
}

/** Simple ones first, then by structure, whatever the order of making. */
export function compareParts(a: Part, b: Part): number {
  return a.weight - b.weight || a.skeleton - b.skeleton || a.hash - b.hash || a.id - b.id;
}

/** What a part is made of, each with what says how. */
export function childrenOf(part: Part): readonly (readonly [child: Part, role: string])[] {
  switch (part.kind) {
    case 'number':
    case 'variable':
      return [];
    case 'sum':
      return part.terms.map(({ term, coefficient }) => [term, `${rounded(coefficient)}`]);
    case 'product':
      return part.factors.map(({ factor, exponent }) => [factor, `^${exponent}`]);
    case 'reduce':
    case 'lambda':
      return [[part.body, 'body']];
    case 'call':
      return part.args.map((arg, i) => [arg, commutative.has(part.name) ? 'any' : `${i}`]);
    case 'at':
      return [[part.tensor, 'of'], ...part.indices.map((index, i) => [index, `${i}`] as const)];
    case 'tensor':
      return part.args.map((arg, i) => [arg, `${i}`]);
  }
}

export const commutative: ReadonlySet<string> = new Set(['maximum', 'minimum', 'equal', 'logical_and', 'logical_or']);

/** An index's name by how deep its binder is; of examples with `n`, so that they are seen. */
export function boundName(depth: number, shown: string): string {
  return shown.includes('N') ? `#n${depth}` : `#${depth}`;
}

/** Names of sizes that depend on the batch. */
export function showSize(size: Dim): string {
  return typeof size === 'number' ? String(size) : size.text.replaceAll('batch', 'N');
}
