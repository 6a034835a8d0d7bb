/** Calls whose arguments are not evaluated before: what they do depends on how the argument is written, or where. */
import type { Expr } from '../../grammar/syntax-tree.js';
import type { Elaborator } from './elaborator.js';
import { evaluate } from './expression.js';
import { evaluateGradient } from './gradient.js';
import type { Scope } from './scope.js';
import type { Value } from './values.js';

type Call = Extract<Expr, { kind: 'call' }>;

export const specialForms: Readonly<Record<string, (e: Elaborator, call: Call, scope: Scope) => Value>> = {
  grad: evaluateGradient,
  once: evaluateOnce,
};

/** `once(normal([d, k]))`: random draws in the argument are one for the whole step, not one an example. */
function evaluateOnce(e: Elaborator, { args, span }: Call, scope: Scope): Value {
  const [argument] = args;
  if (args.length !== 1 || !argument) return e.fail('EBM2046', {}, span);
  const outer = e.drawAxes;
  e.drawAxes = [];
  const value = evaluate(e, argument.value, scope);
  e.drawAxes = outer;
  return value;
}
