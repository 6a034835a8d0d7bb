/**
 * The tensors that a value holds and, where it can be called, those that its body reads beside its arguments. Functions and nets of
 * a module read none; an energy and a function of a model read what the model declares, a layer what it was set with.
 */
import type { Block, Expr, FnItem, Statement } from '../../grammar/syntax-tree.js';
import type { Node } from '../graph/types.js';
import type { Scope } from './scope.js';
import type { Value } from './values.js';

export function tensorsOf(value: Value): readonly Node[] {
  return [...collectTensors(value, new Set(), new Set())];
}

/** What is called with arguments alone. */
type Callable = Pick<FnItem, 'parameters' | 'body'>;

/** Adds to `found`. Energies and functions may read each other: each is entered once. */
function collectTensors(value: Value, found: Set<Node>, entered: Set<Callable>): Set<Node> {
  const inside = (values: Iterable<Value>): void => {
    for (const v of values) collectTensors(v, found, entered);
  };
  if (value.kind === 'tensor') found.add(value.node);
  else if (value.kind === 'record') inside(value.fields.values());
  else if (value.kind === 'list') inside(value.items);
  else if (value.kind === 'range') inside([value.low, value.high]);
  else if (value.kind === 'layer') inside(value.settings.values());
  const callable = value.kind === 'energy' ? value.member : ofModel(value);
  if (callable && !entered.has(callable)) {
    entered.add(callable);
    for (const name of namesReadBy(callable)) {
      const binding = (value as { readonly scope: Scope }).scope.find(name);
      if (binding) inside([binding.value]);
    }
  }
  return found;
}

/** A function that is declared in a model: a module's has no scope around its own. */
function ofModel(value: Value): FnItem | undefined {
  return value.kind === 'function' && value.item.kind === 'fn' && value.scope.parent ? value.item : undefined;
}

/** The tensors that an expression may read of its surroundings. */
export function tensorsReadBy(expr: Expr, scope: Scope): Node[] {
  const read = new Set<string>();
  readExpr(expr, new Set(), read);
  return [...read].flatMap((name) => {
    const binding = scope.find(name);
    return binding ? tensorsOf(binding.value) : [];
  });
}

/** The names that defaults and body read and do not define. */
function namesReadBy({ parameters, body }: Callable): ReadonlySet<string> {
  const read = new Set<string>();
  const own = new Set<string>();
  for (const { name, defaultValue } of parameters) {
    if (defaultValue) readExpr(defaultValue, own, read);
    own.add(name.text);
  }
  readBlock(body, own, read);
  return read;
}

function readBlock(block: Block, own: ReadonlySet<string>, read: Set<string>): void {
  const inner = new Set(own);
  for (const statement of block.statements) readStatement(statement, inner, read);
  if (block.result) readExpr(block.result, inner, read);
}

/** Adds the name that the statement defines to `own`. */
function readStatement(statement: Statement, own: Set<string>, read: Set<string>): void {
  switch (statement.kind) {
    case 'let':
      readExpr(statement.value, own, read);
      own.add(statement.name.text);
      return;
    case 'param':
      readExpr(statement.initial, own, read);
      own.add(statement.name.text);
      return;
    case 'state':
      readExpr(statement.initial, own, read);
      own.add(statement.name.text);
      return;
    case 'update': {
      const inner = new Set(own);
      for (const s of statement.statements) readStatement(s, inner, read);
      return;
    }
    case 'assign':
      readExpr(statement.value, own, read);
      return;
    case 'repeat': {
      readExpr(statement.count, own, read);
      const inner = new Set(own);
      if (statement.variable) inner.add(statement.variable.text);
      for (const s of statement.statements) readStatement(s, inner, read);
      return;
    }
  }
}

function readExpr(expr: Expr, own: ReadonlySet<string>, read: Set<string>): void {
  if (expr.kind === 'name') {
    if (!own.has(expr.name.text)) read.add(expr.name.text);
  } else for (const part of partsOf(expr)) readExpr(part, own, read);
}

/** The expressions that one is made of. */
export function partsOf(expr: Expr): readonly Expr[] {
  switch (expr.kind) {
    case 'number':
    case 'string':
    case 'bool':
    case 'name':
    case 'missing':
      return [];
    case 'call':
      return [expr.callee, ...expr.args.map((a) => a.value)];
    case 'member':
      return [expr.subject];
    case 'index':
      return [
        expr.subject,
        ...expr.indices.flatMap((i) => (i.kind === 'at' ? [i.value] : [i.from ?? [], i.to ?? []].flat())),
      ];
    case 'unary':
      return [expr.operand];
    case 'binary':
    case 'pipe':
      return [expr.left, expr.right];
    case 'range':
      return [expr.low, expr.high];
    case 'schedule':
      return [expr.from, expr.to];
    case 'for':
      return [...expr.clauses.map((clause) => clause.domain), expr.condition ?? [], expr.body].flat();
    case 'minimum':
      return [expr.domain ?? [], expr.beta ?? [], expr.start ?? [], expr.method ?? [], expr.body].flat();
    case 'list':
      return expr.items;
    case 'record':
      return expr.fields.map((f) => f.value);
    case 'if':
      return [expr.condition, expr.then, expr.otherwise];
  }
}
