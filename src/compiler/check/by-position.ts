/**
 * Whether a body takes its untyped parameters apart by position (`words[y]` and then `mean(…, axis: 0)`, `y[0]`, `sum(y)`): then it means something
 * else where a parameter has leading axes that it does not expect. What is done element by element does not, nor what typed functions and layers do, which are
 * mapped over such axes.
 */
import type { Block, Expr, Parameter, Statement } from '../../grammar/syntax-tree.js';
import { elementwiseBuiltins } from './builtins/elementwise.js';
import { partsOf } from './captured.js';
import type { Scope } from './scope.js';
import type { Value } from './values.js';

/** Built-ins that do to each number what they do, whatever the axes, beside those that work element by element. */
const alike: ReadonlySet<string> = new Set([...Object.keys(elementwiseBuiltins), 'stop']);

export function readsByPosition(body: Block, names: ReadonlySet<string>, scope: Scope): boolean {
  const depending = new Set(names);
  return (
    body.statements.some((statement) => statementReads(statement, depending, scope)) ||
    (body.result !== undefined && expressionReads(body.result, depending, scope))
  );
}

/** Adds what the statement defines to `names`, where it depends on them. */
function statementReads(statement: Statement, names: Set<string>, scope: Scope): boolean {
  if (statement.kind !== 'let' && statement.kind !== 'assign') return true;
  if (expressionReads(statement.value, names, scope)) return true;
  if (depends(statement.value, names)) names.add(statement.name.text);
  else names.delete(statement.name.text);
  return false;
}

function depends(expr: Expr, names: ReadonlySet<string>): boolean {
  return expr.kind === 'name' ? names.has(expr.name.text) : partsOf(expr).some((part) => depends(part, names));
}

function expressionReads(expr: Expr, names: ReadonlySet<string>, scope: Scope): boolean {
  if (!depends(expr, names)) return false;
  const inside = (): boolean => partsOf(expr).some((part) => expressionReads(part, names, scope));
  switch (expr.kind) {
    case 'name':
    case 'member':
    case 'unary':
    case 'binary':
      return inside();
    case 'pipe':
    case 'call':
      return inside() || callReads(expr, names, scope);
    // `words[y]` adds axes behind those of y; `y[0]` takes the first of whatever comes first.
    case 'index':
      return depends(expr.subject, names) || expr.indices.length > 1 || inside();
    default:
      return true;
  }
}

interface Given {
  readonly name: string | undefined;
  readonly value: Expr;
}

function callReads(expr: Extract<Expr, { kind: 'call' | 'pipe' }>, names: ReadonlySet<string>, scope: Scope): boolean {
  const [callee, args] = parts(expr, scope);
  const given = args.filter(({ value }) => depends(value, names));
  if (given.length === 0) return false;
  const called = calledBy(callee, scope);
  switch (called?.kind) {
    case 'builtin':
      return !alike.has(called.name);
    case 'function':
      return untyped(called.item.parameters, args, given);
    case 'layer':
    case 'net':
      return untyped(called.item.inputs, args, given);
    // It looks after its own parameters.
    case 'energy':
      return false;
    default:
      return true;
  }
}

/** What is called with what: `x |> f(y)` is `f(x, y)`, and `f(y)(x)` where f is a net, whose settings are left out here. */
function parts(
  expr: Extract<Expr, { kind: 'call' | 'pipe' }>,
  scope: Scope,
): readonly [callee: Expr, args: readonly Given[]] {
  const given = (call: Extract<Expr, { kind: 'call' }>): readonly Given[] =>
    call.args.map(({ name, value }) => ({ name: name?.text, value }));
  if (expr.kind === 'call') return [expr.callee.kind === 'call' ? expr.callee.callee : expr.callee, given(expr)];
  const subject: Given = { name: undefined, value: expr.left };
  if (expr.right.kind !== 'call') return [expr.right, [subject]];
  const isNet = calledBy(expr.right.callee, scope)?.kind === 'net';
  return [expr.right.callee, isNet ? [subject] : [subject, ...given(expr.right)]];
}

function calledBy(callee: Expr, scope: Scope): Value | undefined {
  return callee.kind === 'name' ? scope.find(callee.name.text)?.value : undefined;
}

/** Whether one of those given goes to a parameter without a shape. */
function untyped(parameters: readonly Parameter[], args: readonly Given[], given: readonly Given[]): boolean {
  const positional = args.filter(({ name }) => name === undefined);
  return given.some((one) => {
    const parameter =
      one.name === undefined
        ? parameters[positional.indexOf(one)]
        : parameters.find(({ name }) => name.text === one.name);
    return parameter?.type === undefined;
  });
}
