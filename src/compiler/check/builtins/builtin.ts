import type { Span } from '../../../grammar/source.js';
import type { Node } from '../../graph/types.js';
import type { GivenArgument } from '../call.js';
import type { Elaborator } from '../elaborator.js';
import { asNode } from '../expression.js';
import { describe, type Value } from '../values.js';

export type Arguments = ReadonlyMap<string, GivenArgument>;

/** A function that the language has without a definition in `std/`. */
export interface Builtin {
  /** `x axis? keepdims?`; `xs...` for any number. */
  readonly parameters: string;
  /** What it computes, shapes and defaults; Markdown. */
  readonly doc: string;
  run(e: Elaborator, args: Arguments, span: Span): Value;
}

export function argNode(e: Elaborator, args: Arguments, name: string): Node | undefined {
  const argument = args.get(name)!;
  return asNode(e, argument.value, argument.span, `\`${name}\``);
}

/** A whole number given as an argument, or the default. */
export function argInt(e: Elaborator, args: Arguments, name: string, otherwise: number): number | undefined {
  const argument = args.get(name);
  if (!argument) return otherwise;
  const { value } = argument;
  if (value.kind === 'number' && typeof value.dim === 'number') return value.dim;
  e.fail('EBM2013', { what: `\`${name}\``, expected: 'a whole number', actual: describe(value) }, argument.span);
  return undefined;
}

export function argNumber(e: Elaborator, args: Arguments, name: string, otherwise: number): number | undefined {
  const argument = args.get(name);
  if (!argument) return otherwise;
  if (argument.value.kind === 'number') return argument.value.value;
  e.fail('EBM2013', { what: `\`${name}\``, expected: 'a number', actual: describe(argument.value) }, argument.span);
  return undefined;
}

export function argBool(args: Arguments, name: string, otherwise: boolean): boolean {
  const value = args.get(name)?.value;
  return value?.kind === 'bool' ? value.value : otherwise;
}

/** The axes of a reduction of `rank` dimensions: `axis: k`, `axis: [j, k]`, `keep: k`; all without either. */
export function argAxes(e: Elaborator, args: Arguments, rank: number, all = true): number[] | undefined {
  const list = (name: string): number[] | undefined => {
    const argument = args.get(name)!;
    const items = argument.value.kind === 'list' ? argument.value.items : [argument.value];
    const axes: number[] = [];
    for (const item of items) {
      const axis =
        item.kind === 'number' && typeof item.dim === 'number' ? (item.dim < 0 ? item.dim + rank : item.dim) : -1;
      if (axis < 0 || axis >= rank) {
        e.fail(
          'EBM2013',
          { what: `\`${name}\``, expected: `an axis of ${rank} dimensions`, actual: describe(item) },
          argument.span,
        );
        return undefined;
      }
      axes.push(axis);
    }
    return axes;
  };
  const every = Array.from({ length: rank }, (_, k) => k);
  if (args.has('keep')) {
    const kept = list('keep');
    return kept && every.filter((k) => !kept.includes(k));
  }
  if (args.has('axis')) return list('axis')?.sort((a, b) => a - b);
  return all ? every : [];
}
