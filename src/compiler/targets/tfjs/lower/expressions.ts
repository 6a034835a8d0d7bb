/** The tfjs expression of every node of a schedule, from the op table. */
import { type Op, ops } from '../../../graph/ops/index.js';
import type { Node } from '../../../graph/types.js';
import type { BodyOptions } from './body.js';
import { camelCase, upperFirst } from './names.js';

export interface Statement {
  /** 'source' names an input or a state, which is not this code's to dispose of. */
  readonly kind: 'source' | 'operation';
  readonly name: string;
  readonly expression: string;
  /** Statements that the expression needs before it. */
  readonly before: readonly string[];
  /** Names given in `before`, to be disposed at once. */
  readonly temporaries: readonly string[];
}

export interface Expressions {
  readonly statements: ReadonlyMap<Node, Statement>;
  readonly support: ReadonlySet<string>;
  /** The node whose tensor this one is: itself, or an argument that its operation passes on. */
  owner(node: Node): Node;
  /** The name of a node's tensor. */
  text(node: Node): string;
}

export function lowerNodes(schedule: readonly Node[], wanted: readonly Node[], options: BodyOptions): Expressions {
  const statements = new Map<Node, Statement>();
  const owners = new Map<Node, Node>();
  const support = new Set<string>();
  const owner = (node: Node): Node => owners.get(node) ?? node;
  const text = (node: Node): string => {
    const statement = statements.get(owner(node));
    if (statement === undefined) throw new Error(`${node.op} is used before it is computed`);
    return statement.name;
  };
  const tensors = findTensors(schedule, wanted);
  for (const node of schedule) {
    if (!tensors.has(node)) continue;
    if (node.op === 'input' || node.op === 'state') {
      statements.set(node, sourceStatement(node, options));
      continue;
    }
    const before: string[] = [];
    const temporaries: string[] = [];
    const args = node.args.map((arg) => literalIn(node, arg) ?? text(arg));
    const expression = expressionOf(node, {
      args,
      argTypes: node.args.map((arg) => arg.type),
      type: node.type,
      support: (name) => {
        support.add(name);
        return name;
      },
      temporary: (value) => {
        const name = options.names.fresh('part');
        before.push(`const ${name} = ${wellWritten(value)};`);
        temporaries.push(name);
        return name;
      },
    });
    const passedOn = node.args[args.indexOf(expression)];
    if (passedOn !== undefined) owners.set(node, owner(passedOn));
    else {
      const name = options.names.fresh(nameOf(node));
      statements.set(node, { kind: 'operation', name, expression, before, temporaries });
    }
  }
  return { statements, support, owner, text };
}

function expressionOf(node: Node, context: Parameters<NonNullable<Op['tfjs']>>[0]): string {
  const op: Op = ops[node.op];
  if (op.tfjs === undefined) throw new Error(`${node.op} has no lowering to tfjs`);
  return wellWritten(op.tfjs(context, node.attrs));
}

/** Texts quoted and lists spaced as a person would. */
function wellWritten(expression: string): string {
  return expression.replace(/'[^']*'|"(?:[^"\\]|\\.)*"|,(?=\S)/g, (part) => {
    if (part === ',') return ', ';
    return /^"[^'\\]*"$/.test(part) ? `'${part.slice(1, -1)}'` : part;
  });
}

function sourceStatement(node: Node, options: BodyOptions): Statement {
  const expression = options.source(node);
  const isName = /^\w+$/.test(expression);
  const name = isName ? expression : options.names.fresh(camelCase(String(node.attrs['name'])));
  return { kind: 'source', name, expression, before: [], temporaries: [] };
}

function nameOf(node: Node): string {
  const op = camelCase(node.op);
  return node.scope === '' ? op : `${camelCase(node.scope, 2)}${upperFirst(op)}`;
}

/** Nodes that must be tensors: all but the scalar constants that are only written as numbers. */
function findTensors(schedule: readonly Node[], wanted: readonly Node[]): Set<Node> {
  const tensors = new Set([...schedule.filter((node) => scalarValue(node) === undefined), ...wanted]);
  for (const node of schedule) {
    for (const arg of node.args) if (literalIn(node, arg) === undefined) tensors.add(arg);
  }
  return tensors;
}

/** A float32 scalar constant as a number, where its user is elementwise and has a float32 tensor to give the type. */
function literalIn(user: Node, arg: Node): string | undefined {
  const value = scalarValue(arg);
  if (value === undefined || !Number.isFinite(value)) return undefined;
  if (ops[user.op].batching !== 'elementwise' || user.args.length !== 2) return undefined;
  const other = user.args[0] === arg ? user.args[1] : user.args[0];
  return other?.type.dtype === 'float32' && scalarValue(other) === undefined ? String(value) : undefined;
}

function scalarValue(node: Node): number | undefined {
  const isScalar = node.op === 'constant' && node.type.dtype === 'float32' && node.type.shape.length === 0;
  return isScalar ? Number(node.attrs['value']) : undefined;
}
