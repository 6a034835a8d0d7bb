/** Comes in: a module without syntax errors. Goes out: its text in the canonical form. Guarantees: the text reads as the
 * same tree, holds every comment, and is printed as itself. */
import { concat, type Doc, flatWidth, render, width } from './layout.js';
import { exprDoc, parametersDoc, settingDoc, typeDoc, typed } from './print-expr.js';
import { signatureDoc } from './print-signature.js';
import type { Span } from './source.js';
import type { Block, Comment, Expr, Field, Item, Member, Module, Setting, Statement } from './syntax-tree.js';
import { Trivia } from './trivia.js';

export function printModule(module: Module): string {
  return new Printer(module).print();
}

/** How much of an element is text of its own (`head`), and the block that follows it. */
interface Shape {
  readonly head: Doc;
  readonly block?: BlockShape;
  /** The value that follows `=`, if it may stand on a line of its own. */
  readonly value?: { readonly expr: Expr; readonly isBroken: boolean };
}

interface BlockShape {
  readonly open: number;
  readonly end: number;
  readonly elements: readonly Element[];
  /** Several elements may share a line, with commas between. */
  readonly isList: boolean;
}

interface Element {
  readonly span: Span;
  readonly shape: () => Shape;
  readonly item?: Item;
}

class Printer {
  private readonly trivia: Trivia;
  private readonly lines: string[] = [];

  constructor(private readonly module: Module) {
    this.trivia = new Trivia(module);
  }

  print(): string {
    const elements = this.module.items.map(
      (item): Element => ({ span: item.span, shape: () => this.item(item), item }),
    );
    this.elements(elements, this.module.source.text.length + 1, 0, 0);
    return this.lines.length === 0 ? '' : `${this.lines.join('\n')}\n`;
  }

  // ── Elements and the comments around them ──────────────────────────────────────────────────────────────────

  private elements(
    elements: readonly Element[],
    end: number,
    indentation: number,
    start: number,
    isList = false,
  ): void {
    /** The end in the source of what was printed last. */
    let before = start;
    let isFirst = true;
    let wasLong = false;
    const put = (lines: readonly string[], at: number, isApart: boolean) => {
      if (!isFirst && (isApart || this.trivia.hasBlankLine(before, at))) this.lines.push('');
      isFirst = false;
      this.lines.push(...lines);
    };
    const putComment = (comment: Comment, isApart: boolean) => {
      put([pad(indentation) + comment.text], comment.span.start, isApart);
      before = comment.span.end;
    };
    elements.forEach((element, i) => {
      const shape = element.shape();
      const leading = this.trivia.takeBefore(element.span.start);
      const inside = this.trivia.takeBefore(shape.block ? shape.block.open : element.span.end);
      if (
        isList &&
        i > 0 &&
        leading.length + inside.length === 0 &&
        this.joins(elements[i - 1] as Element, element, shape, before)
      ) {
        this.lines[this.lines.length - 1] += `, ${oneLine(shape)}`;
      } else {
        const lines = this.capture(() => this.element(shape, indentation));
        const isLong = lines.length > 1;
        // Items of several lines have a blank line around them.
        let isApart = element.item !== undefined && i > 0 && (isLong || wasLong || this.trivia.isAbsent);
        wasLong = isLong;
        const docs = leading.length - trailingDocs(leading);
        for (const comment of leading.slice(0, docs)) {
          putComment(comment, isApart);
          isApart = false;
        }
        const next = leading[docs]?.span.start ?? element.span.start;
        if (inside.length > 0) {
          put(
            inside.map((comment) => pad(indentation) + plain(comment)),
            next,
            isApart,
          );
          before = next;
          isApart = false;
        }
        for (const comment of leading.slice(docs)) {
          putComment(comment, isApart);
          isApart = false;
        }
        put(lines, element.span.start, isApart);
      }
      before = element.span.end;
      const trailing = this.trivia.takeTrailing(element.span.end);
      if (trailing) {
        this.lines[this.lines.length - 1] += ` ${trailing.text}`;
        before = trailing.span.end;
      }
    });
    let isApart = wasLong && elements[elements.length - 1]?.item !== undefined;
    for (const comment of this.trivia.takeBefore(end)) {
      putComment(comment, isApart);
      isApart = false;
    }
  }

  /** The lines that `print` adds. */
  private capture(print: () => void): string[] {
    const from = this.lines.length;
    print();
    return this.lines.splice(from);
  }

  /** A setting stays on the line of the one before it where both were on one line, and it fits. */
  private joins(previous: Element, element: Element, shape: Shape, before: number): boolean {
    if (
      this.trivia.isAbsent ||
      this.trivia.hasBreak(previous.span.end, element.span.start) ||
      before !== previous.span.end
    )
      return false;
    const last = this.lines[this.lines.length - 1] ?? '';
    return last.length + 2 + flatWidth(shape.head) <= width;
  }

  private element({ head, block, value }: Shape, indentation: number): void {
    if (value) {
      const doc = exprDoc(value.expr);
      const used = indentation + flatWidth(head) + 3;
      const fitsBelow = indentation + 2 + flatWidth(doc) <= width;
      if (value.isBroken || (used + flatWidth(doc) > width && fitsBelow)) {
        this.push(render(concat(head, ' ='), indentation, indentation), indentation);
        this.push(render(doc, indentation + 2, indentation + 2), indentation + 2);
      } else this.push(render(concat(head, ' = ', doc), indentation, indentation), indentation);
      return;
    }
    if (!block) {
      this.push(render(head, indentation, indentation), indentation);
      return;
    }
    const inline = this.inlineBlock(block, indentation + flatWidth(head));
    if (inline !== undefined) {
      this.push(`${render(head, indentation, indentation, inline.length)}${inline}`, indentation);
      return;
    }
    this.push(`${render(head, indentation, indentation, 2)} {`, indentation);
    this.elements(block.elements, block.end, indentation + 2, block.open + 1, block.isList);
    this.push('}', indentation);
  }

  /** ` { a: 1, b: 2 }` where the block was on one line and still fits. */
  private inlineBlock(block: BlockShape, column: number): string | undefined {
    if (this.trivia.hasCommentBefore(block.end)) return undefined;
    if (block.elements.length === 0) return ' {}';
    if (this.trivia.isAbsent || this.trivia.hasBreak(block.open, block.end)) return undefined;
    if (!block.isList && block.elements.length > 1) return undefined;
    const shapes = block.elements.map((element) => element.shape());
    if (shapes.some((shape) => shape.block)) return undefined;
    const text = ` { ${shapes.map(oneLine).join(', ')} }`;
    return column + text.length <= width ? text : undefined;
  }

  private push(text: string, indentation: number): void {
    for (const [i, line] of text.split('\n').entries()) this.lines.push(i === 0 ? pad(indentation) + line : line);
  }

  // ── What each node is made of ──────────────────────────────────────────────────────────────────────────────

  private item(item: Item): Shape {
    switch (item.kind) {
      case 'use': {
        const path = item.path.map((name) => name.text).join('.');
        const names = item.names.map((name): Element => ({ span: name.span, shape: () => ({ head: name.text }) }));
        return this.list(`use ${path}`, names, item.path[item.path.length - 1]?.span.end ?? item.span.start, item.span);
      }
      case 'fn':
      case 'net':
      case 'regularizer':
        return this.body(signatureDoc(item), item.body);
      case 'model': {
        const { name, parameters, members, span } = item;
        const head = concat(`model ${name.text}`, parameters.length > 0 ? parametersDoc(parameters) : '');
        const from = parameters[parameters.length - 1]?.span.end ?? name.span.end;
        const elements = members.map((member): Element => ({ span: member.span, shape: () => this.member(member) }));
        return { head, block: { open: this.trivia.openBrace(from), end: span.end - 1, elements, isList: false } };
      }
      case 'dataset': {
        const head = concat(`dataset ${item.name.text} = `, exprDoc(item.loader));
        return this.withFields(head, item.fields, item.loader.span.end, item.span);
      }
      case 'train':
      case 'evaluate': {
        const later = item.kind === 'train' ? item.later : [];
        const head = concat(`${item.kind} ${item.model.text}`, ...placesDocs(item.dataset, later));
        if (item.settings.length === 0) return { head };
        const last = later.at(-1) ?? item.dataset ?? item.model;
        return this.list(head, settingElements(item.settings), last.span.end, item.span);
      }
      case 'compare': {
        const { competitors, dataset, later, settings } = item;
        const names = competitors.flatMap((competitor, i) => [i > 0 ? ', ' : '', exprDoc(competitor)]);
        const head = concat('compare ', ...names, ...placesDocs(dataset, later));
        if (settings.length === 0) return { head };
        const last = later.at(-1) ?? dataset ?? competitors.at(-1) ?? item;
        return this.list(head, settingElements(settings), last.span.end, item.span);
      }
      default:
        return item satisfies never;
    }
  }

  private withFields(head: Doc, fields: readonly Field[], end: number, span: Span): Shape {
    const elements = fields.map(
      (f): Element => ({
        span: f.span,
        shape: () => this.withFields(concat(f.name.text, typed(f.type)), f.fields, f.type.span.end, f.span),
      }),
    );
    return elements.length === 0 ? { head } : this.list(head, elements, end, span);
  }

  private member(member: Member): Shape {
    switch (member.kind) {
      case 'data':
        return this.withFields(
          concat(`data ${member.name.text}: `, typeDoc(member.type)),
          member.fields,
          member.type.span.end,
          member.span,
        );
      case 'view': {
        const names = member.names.flatMap(({ text, count }, i) => [
          i > 0 ? `, ${text}` : text,
          ...(count ? ['[', exprDoc(count), ']'] : []),
        ]);
        return { head: concat('view ', ...names, ` of ${member.subject.text} = `, exprDoc(member.pipeline)) };
      }
      case 'mask':
        return { head: concat(`mask ${member.name.text} over ${member.subject.text} = `, exprDoc(member.pipeline)) };
      case 'encoder':
        return { head: concat(`encoder ${member.name.text} = `, exprDoc(member.value)) };
      case 'fn':
        return this.body(signatureDoc(member), member.body);
      case 'energy':
        return this.body(
          concat(
            `energy ${member.name.text}`,
            ...(member.settings.length > 0 ? [parametersDoc(member.settings)] : []),
            parametersDoc(member.parameters),
          ),
          member.body,
        );
      case 'minimize':
        return this.list(
          member.over.length > 0 ? `minimize over ${member.over.map(({ text }) => text).join(', ')}` : 'minimize',
          settingElements(member.terms),
          member.over.at(-1)?.span.end ?? member.span.start,
          member.span,
        );
      case 'representation':
        return { head: concat('representation ', exprDoc(member.value)) };
      case 'let':
      case 'param':
      case 'state':
      case 'update':
        return this.statement(member);
      default:
        return member satisfies never;
    }
  }

  private statement(statement: Statement): Shape {
    switch (statement.kind) {
      case 'let':
        return { head: concat(`let ${statement.name.text}`, typed(statement.type), ' = ', exprDoc(statement.value)) };
      case 'param':
        return {
          head: concat(`param ${statement.name.text}`, typed(statement.type), ' = ', exprDoc(statement.initial)),
        };
      case 'state':
        return {
          head: concat(`state ${statement.name.text}`, typed(statement.type), ' = ', exprDoc(statement.initial)),
        };
      case 'update': {
        const elements = this.statements(statement.statements, undefined);
        const open = this.trivia.openBrace(statement.span.start);
        return { head: statement.moment, block: { open, end: statement.span.end - 1, elements, isList: false } };
      }
      case 'assign':
        return { head: concat(`${statement.name.text} = `, exprDoc(statement.value)) };
      case 'repeat': {
        const variable = statement.variable ? `${statement.variable.text} in ` : '';
        const open = this.trivia.openBrace(statement.count.span.end);
        const elements = this.statements(statement.statements, undefined);
        return {
          head: concat(`repeat ${variable}`, exprDoc(statement.count)),
          block: { open, end: statement.span.end - 1, elements, isList: false },
        };
      }
      default:
        return statement satisfies never;
    }
  }

  private body(head: Doc, body: Block): Shape {
    if (body.inline && body.result) {
      return {
        head,
        value: { expr: body.result, isBroken: this.trivia.hasBreak(body.span.start, body.result.span.start) },
      };
    }
    const elements = this.statements(body.statements, body.result);
    return { head, block: { open: body.span.start, end: body.span.end - 1, elements, isList: false } };
  }

  private statements(statements: readonly Statement[], result: Expr | undefined): Element[] {
    const elements = statements.map((s): Element => ({ span: s.span, shape: () => this.statement(s) }));
    if (result) elements.push({ span: result.span, shape: () => ({ head: exprDoc(result) }) });
    return elements;
  }

  private list(head: Doc, elements: readonly Element[], from: number, span: Span): Shape {
    return { head, block: { open: this.trivia.openBrace(from), end: span.end - 1, elements, isList: true } };
  }
}

/** ` on a then b` */
function placesDocs(first: Expr | undefined, later: readonly Expr[]): readonly Doc[] {
  return [
    ...(first ? [concat(' on ', exprDoc(first))] : []),
    ...later.map((place) => concat(' then ', exprDoc(place))),
  ];
}

function settingElements(settings: readonly Setting[]): Element[] {
  return settings.map((setting) => ({ span: setting.span, shape: () => ({ head: settingDoc(setting) }) }));
}

const pad = (indentation: number) => ' '.repeat(indentation);

function oneLine({ head, value }: Shape): string {
  return render(value ? concat(head, ' = ', exprDoc(value.expr)) : head, 0, Number.NEGATIVE_INFINITY);
}

/** How many of the last comments are one doc comment. */
function trailingDocs(comments: readonly Comment[]): number {
  const lastPlain = comments.findLastIndex((comment) => !comment.isDoc);
  return comments.length - 1 - lastPlain;
}

/** A comment from inside an expression moves above it, where it must not become its documentation. */
const plain = ({ isDoc, text }: Comment): string => (isDoc ? text.slice(1) : text);
