/** Comments and blank lines of a source, handed out in order while it is printed. */
import type { Comment, Module } from './syntax-tree.js';

export class Trivia {
  private readonly text: string;
  private readonly comments: readonly Comment[];
  private at = 0;

  constructor(module: Module) {
    this.text = module.source.text;
    this.comments = module.comments;
  }

  /** The comments that begin before an offset and have not been taken. */
  takeBefore(offset: number): Comment[] {
    const taken: Comment[] = [];
    for (let next = this.comments[this.at]; next && next.span.start < offset; next = this.comments[this.at]) {
      taken.push(next);
      this.at++;
    }
    return taken;
  }

  /** The comment that stands on the line on which something ended, after it. */
  takeTrailing(end: number): Comment | undefined {
    const next = this.comments[this.at];
    // A doc comment is about what follows.
    if (!next || next.isDoc || next.span.start < end || !/^[ \t,]*$/.test(this.text.slice(end, next.span.start)))
      return undefined;
    this.at++;
    return next;
  }

  hasCommentBefore(offset: number): boolean {
    const next = this.comments[this.at];
    return next !== undefined && next.span.start < offset;
  }

  hasBreak(from: number, to: number): boolean {
    return this.text.slice(from, to).includes('\n');
  }

  hasBlankLine(from: number, to: number): boolean {
    return /\n[^\S\n]*,?[^\S\n]*\n/.test(this.text.slice(from, to));
  }

  /** The first `{` at or after an offset that is not in a comment. */
  openBrace(from: number): number {
    for (let i = from; i < this.text.length; i++) {
      if (this.text[i] === '{') return i;
      if (this.text.startsWith('//', i)) i = this.lineEnd(i);
    }
    return from;
  }

  private lineEnd(from: number): number {
    const end = this.text.indexOf('\n', from);
    return end < 0 ? this.text.length : end;
  }

  /** A tree that was not read from a text has no layout to keep. */
  get isAbsent(): boolean {
    return this.text === '';
  }
}
