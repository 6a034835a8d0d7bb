/** Reading chevrotain's concrete tree. Only text that parsed is built, so a child the grammar demands is there. */
import type { CstNode, IToken } from 'chevrotain';
import type { Source, Span } from './source.js';
import type { Name } from './syntax-tree.js';

const none: never[] = [];

export function nodes(of: CstNode, name: string): readonly CstNode[] {
  return (of.children[name] as CstNode[] | undefined) ?? none;
}

export function tokens(of: CstNode, name: string): readonly IToken[] {
  return (of.children[name] as IToken[] | undefined) ?? none;
}

export function optionalNode(of: CstNode, name: string): CstNode | undefined {
  return nodes(of, name)[0];
}

export function node(of: CstNode, name: string): CstNode {
  const found = optionalNode(of, name);
  if (!found) throw new Error(`a ${of.name} without its ${name}`);
  return found;
}

export function token(of: CstNode, name: string): IToken {
  const found = tokens(of, name)[0];
  if (!found) throw new Error(`a ${of.name} without its ${name}`);
  return found;
}

/** The part of a text that a token covers; a token that was put in covers nothing. */
export function tokenSpan(source: Source, of: IToken): Span {
  const start = offset(of.startOffset, source);
  return { source, start, end: Math.max(start, start + of.image.length) };
}

export function nodeSpan(source: Source, of: CstNode): Span {
  const start = offset(of.location?.startOffset, source);
  return { source, start, end: Math.max(start, offset(of.location?.endOffset, source, -1) + 1) };
}

/** Positions are NaN at the end of the file. */
function offset(position: number | undefined, source: Source, shift = 0): number {
  return position === undefined || Number.isNaN(position) ? source.text.length + shift : position;
}

export function nameOf(source: Source, of: IToken): Name {
  return { text: of.image, span: tokenSpan(source, of) };
}
