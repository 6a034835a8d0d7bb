/** Items, members and statements: from the concrete tree to the syntax tree. */
import type { CstNode, IToken } from 'chevrotain';
import { type Diagnostic, report } from '../diagnostics/index.js';
import { buildExpr, buildSettings, buildType } from './build-expr.js';
import { nameOf, node, nodeSpan, nodes, optionalNode, token, tokenSpan, tokens } from './cst.js';
import type { Source, Span } from './source.js';
import type {
  Block,
  EnergyMember,
  Expr,
  Field,
  FnItem,
  Item,
  LetStatement,
  Member,
  ModelItem,
  Parameter,
  ParamStatement,
  RegularizerItem,
  RepeatStatement,
  Statement,
  StateStatement,
  TypeExpr,
  UpdateStatement,
} from './syntax-tree.js';

/** `docs`: the lines of the doc comment above the token that begins at an offset. */
export interface BuildInput {
  readonly source: Source;
  readonly docs: ReadonlyMap<number, readonly string[]>;
}

/** Reads a whole module that parsed; what is well formed but not allowed goes to `diagnostics`. */
export function buildItems(input: BuildInput, module: CstNode, diagnostics: Diagnostic[]): Item[] {
  const builder = new Builder(input, diagnostics);
  return nodes(module, 'item').map((item) => builder.item(item));
}

const noDoc: readonly string[] = [];

class Builder {
  private readonly source: Source;

  constructor(
    private readonly input: BuildInput,
    private readonly diagnostics: Diagnostic[],
  ) {
    this.source = input.source;
  }

  item(cst: CstNode): Item {
    const inner = only(cst);
    const base = this.base(inner);
    const name = () => this.name(inner, 'Name');
    switch (inner.name) {
      case 'useItem':
        return { kind: 'use', path: this.names(inner, 'path'), names: this.names(inner, 'names'), ...base };
      case 'fnItem':
        return this.fn(inner);
      case 'netItem':
        return {
          kind: 'net',
          name: name(),
          settings: this.parameters(inner, 'settings'),
          inputs: this.parameters(inner, 'inputs'),
          result: this.result(inner),
          body: this.body(inner),
          ...base,
        };
      case 'regularizerItem': {
        const family = tokens(inner, 'family')[0]?.image as RegularizerItem['family'];
        return {
          kind: 'regularizer',
          family,
          name: name(),
          parameters: this.parameters(inner),
          result: this.result(inner),
          body: this.body(inner),
          ...base,
        };
      }
      case 'modelItem':
        return this.model(inner);
      case 'datasetItem': {
        const loader = this.expr(inner);
        if (loader.kind !== 'call' && loader.kind !== 'missing') {
          this.diagnostics.push(report('EBM1017', { dataset: name().text }, { span: loader.span }));
        }
        return {
          kind: 'dataset',
          name: name(),
          loader,
          fields: this.fields(inner),
          ...base,
        };
      }
      case 'trainItem':
      case 'evaluateItem': {
        const dataset = inner.children.expression && this.expr(inner);
        const settings = optionalNode(inner, 'settings');
        const shared = {
          model: name(),
          dataset,
          settings: settings ? buildSettings(this.source, settings) : [],
          ...base,
        };
        if (inner.name === 'evaluateItem') return { kind: 'evaluate', ...shared };
        return {
          kind: 'train',
          later: nodes(inner, 'later').map((place) => buildExpr(this.source, place)),
          ...shared,
        };
      }
      case 'compareItem': {
        const place = optionalNode(inner, 'place');
        const settings = optionalNode(inner, 'settings');
        return {
          kind: 'compare',
          competitors: nodes(inner, 'competitors').map((competitor) => buildExpr(this.source, competitor)),
          dataset: place && buildExpr(this.source, place),
          later: nodes(inner, 'later').map((stage) => buildExpr(this.source, stage)),
          settings: settings ? buildSettings(this.source, settings) : [],
          ...base,
        };
      }
      default:
        throw new Error(`unknown item ${inner.name}`);
    }
  }

  private model(cst: CstNode): ModelItem {
    const parameters = optionalNode(cst, 'parameters') ? this.parameters(cst) : [];
    const members = nodes(cst, 'member').map((m) => this.member(only(m)));
    return { kind: 'model', name: this.name(cst, 'Name'), parameters, members, ...this.base(cst) };
  }

  private member(cst: CstNode): Member {
    const base = this.base(cst);
    const name = () => this.name(cst, 'Name');
    switch (cst.name) {
      case 'dataMember':
        return { kind: 'data', name: name(), type: this.type(cst), fields: this.fields(cst), ...base };
      case 'viewMember':
        return {
          kind: 'view',
          names: nodes(cst, 'viewName').map((view) => ({
            ...this.name(view, 'Name'),
            count: view.children.expression && this.expr(view),
          })),
          subject: this.name(cst, 'subject'),
          pipeline: this.expr(cst),
          ...base,
        };
      case 'maskMember':
        return {
          kind: 'mask',
          name: this.name(cst, 'name'),
          subject: this.name(cst, 'subject'),
          pipeline: this.expr(cst),
          ...base,
        };
      case 'encoderMember':
        return { kind: 'encoder', name: name(), value: this.expr(cst), ...base };
      case 'letStatement':
        return this.let(cst);
      case 'paramStatement':
        return this.param(cst);
      case 'stateStatement':
        return this.state(cst);
      case 'updateStatement':
        return this.update(cst);
      case 'fnItem':
        return this.fn(cst);
      case 'energyMember':
        return {
          kind: 'energy',
          name: name(),
          settings: optionalNode(cst, 'second') ? this.parameters(cst, 'first') : [],
          parameters: this.parameters(cst, optionalNode(cst, 'second') ? 'second' : 'first'),
          body: this.body(cst),
          ...base,
        } satisfies EnergyMember;
      case 'minimizeMember':
        return {
          kind: 'minimize',
          over: this.names(cst, 'over'),
          terms: buildSettings(this.source, node(cst, 'settings')),
          ...base,
        };
      case 'representationMember':
        return { kind: 'representation', value: this.expr(cst), ...base };
      default:
        throw new Error(`unknown member ${cst.name}`);
    }
  }

  private fn(cst: CstNode): FnItem {
    return {
      kind: 'fn',
      name: this.name(cst, 'Name'),
      parameters: this.parameters(cst),
      result: this.result(cst),
      body: this.body(cst),
      ...this.base(cst),
    };
  }

  // ── Blocks ─────────────────────────────────────────────────────────────────────────────────────────────────

  private body(cst: CstNode): Block {
    const body = node(cst, 'body');
    const block = optionalNode(body, 'block');
    if (!block) return { statements: [], result: this.expr(body), inline: true, span: nodeSpan(this.source, body) };
    const { statements, result } = this.statements(block, true);
    const span = nodeSpan(this.source, block);
    if (!result)
      this.diagnostics.push(report('EBM1011', {}, { span: tokenSpan(this.source, token(block, 'RightBrace')) }));
    return { statements, result, inline: false, span };
  }

  private statements(block: CstNode, hasResult: boolean): { statements: Statement[]; result: Expr | undefined } {
    const parts = nodes(block, 'statement');
    const statements: Statement[] = [];
    let result: Expr | undefined;
    parts.forEach((part, at) => {
      const inner = only(part);
      if (inner.name !== 'expression') statements.push(this.statement(inner));
      else if (hasResult && at === parts.length - 1) result = buildExpr(this.source, inner);
      else this.unusedValue(buildExpr(this.source, inner));
    });
    return { statements, result };
  }

  private unusedValue(value: Expr): void {
    if (value.kind === 'missing') return;
    const isMinus = value.kind === 'unary' && value.operator === '-';
    const help = isMinus
      ? ['to go on with the line above, put the `-` at its end: a line that begins with `-` begins a new expression']
      : [];
    this.diagnostics.push(report('EBM1012', {}, { span: value.span, help }));
  }

  private statement(cst: CstNode): Statement {
    switch (cst.name) {
      case 'letStatement':
        return this.let(cst);
      case 'paramStatement':
        return this.param(cst);
      case 'stateStatement':
        return this.state(cst);
      case 'updateStatement':
        return this.update(cst);
      case 'assignStatement':
        return { kind: 'assign', name: this.name(cst, 'Name'), value: this.expr(cst), ...this.base(cst) };
      case 'repeatStatement': {
        const variable = cst.children.Name && this.name(cst, 'Name');
        const { statements } = this.statements(node(cst, 'block'), false);
        return {
          kind: 'repeat',
          variable,
          count: this.expr(cst),
          statements,
          ...this.base(cst),
        } satisfies RepeatStatement;
      }
      default:
        throw new Error(`unknown statement ${cst.name}`);
    }
  }

  private let(cst: CstNode): LetStatement {
    return {
      kind: 'let',
      name: this.name(cst, 'Name'),
      type: this.optionalType(cst),
      value: this.expr(cst),
      ...this.base(cst),
    };
  }

  private param(cst: CstNode): ParamStatement {
    return {
      kind: 'param',
      name: this.name(cst, 'Name'),
      type: this.optionalType(cst),
      initial: this.expr(cst),
      ...this.base(cst),
    };
  }

  private state(cst: CstNode): StateStatement {
    return {
      kind: 'state',
      name: this.name(cst, 'Name'),
      type: this.optionalType(cst),
      initial: this.expr(cst),
      ...this.base(cst),
    };
  }

  private update(cst: CstNode): UpdateStatement {
    const { statements } = this.statements(node(cst, 'block'), false);
    const moment = cst.children.After ? 'after step' : 'before epoch';
    return { kind: 'update', moment, statements, ...this.base(cst) };
  }

  // ── Parts ──────────────────────────────────────────────────────────────────────────────────────────────────

  private parameters(cst: CstNode, label = 'parameters'): Parameter[] {
    return nodes(node(cst, label), 'parameter').map((p) => ({
      name: this.name(p, 'Name'),
      type: this.optionalType(p),
      defaultValue: p.children.expression && this.expr(p),
      span: nodeSpan(this.source, p),
    }));
  }

  private fields(cst: CstNode): Field[] {
    const inner = optionalNode(cst, 'fields');
    return inner ? nodes(inner, 'field').map((f) => this.field(f)) : [];
  }

  private field(cst: CstNode): Field {
    const fields = this.fields(cst);
    return { name: this.name(cst, 'Name'), type: this.type(cst), fields, span: nodeSpan(this.source, cst) };
  }

  private result(cst: CstNode): TypeExpr | undefined {
    const result = optionalNode(cst, 'resultType');
    return result && this.type(result);
  }

  private optionalType(cst: CstNode): TypeExpr | undefined {
    return cst.children.type && this.type(cst);
  }

  private type(cst: CstNode): TypeExpr {
    return buildType(this.source, node(cst, 'type'));
  }

  private expr(cst: CstNode): Expr {
    return buildExpr(this.source, node(cst, 'expression'));
  }

  private name(cst: CstNode, label: string) {
    return nameOf(this.source, token(cst, label));
  }

  private names(cst: CstNode, label: string) {
    return tokens(cst, label).map((t: IToken) => nameOf(this.source, t));
  }

  private base(cst: CstNode): { span: Span; doc: readonly string[] } {
    const span = nodeSpan(this.source, cst);
    return { span, doc: this.input.docs.get(span.start) ?? noDoc };
  }
}

/** The one child of a rule that only chooses. */
function only(cst: CstNode): CstNode {
  for (const name in cst.children) return node(cst, name);
  throw new Error(`an empty ${cst.name}`);
}
