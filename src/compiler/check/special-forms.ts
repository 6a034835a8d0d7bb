/** Calls whose arguments are not evaluated before: what they do depends on how the argument is written, or where. */
import type { Expr } from '../../grammar/syntax-tree.js';
import { topological } from '../graph/schedule.js';
import type { Elaborator } from './elaborator.js';
import { asDim, asNode, evaluate } from './expression.js';
import { evaluateGradient } from './gradient.js';
import type { Scope } from './scope.js';
import { describe, missing, type Value } from './values.js';

type Call = Extract<Expr, { kind: 'call' }>;

export const specialForms: Readonly<Record<string, (e: Elaborator, call: Call, scope: Scope) => Value>> = {
  grad: evaluateGradient,
  once: evaluateOnce,
  examples: evaluateExamples,
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

/** `examples(f(x), 4096)` in `before epoch`: the value of so many examples of the data set, `[4096, ...]`. */
function evaluateExamples(e: Elaborator, { args, span }: Call, scope: Scope): Value {
  const [argument, size] = args;
  const isCalledRight = args.length === 2 && !argument!.name && (!size!.name || size!.name.text === 'count');
  if (e.moment !== 'before epoch' || !isCalledRight) return e.fail('EBM2081', {}, span);
  const given = evaluate(e, size!.value, scope);
  const count = asDim(e, given, size!.span, '`count`');
  if (count === undefined) return missing;
  if (typeof count !== 'number' || count < 1) {
    const slots = { what: '`count`', expected: 'a whole number above 0', actual: describe(given) };
    return e.fail('EBM2013', slots, size!.span);
  }
  const outer = e.drawAxes;
  e.drawAxes = [e.exampleAxis];
  const node = asNode(e, evaluate(e, argument!.value, scope), argument!.span, 'what `examples` gathers');
  e.drawAxes = outer;
  if (!node) return missing;
  if (!node.axes.some(({ id }) => id === e.exampleAxis.id)) return e.fail('EBM2030', { what: '`examples`' }, span);
  if (topological([node]).some(({ op }) => op === 'batch')) return e.fail('EBM2083', {}, span);
  const name = `examples.${e.gathered.length + 1}`;
  e.gathered.push({ name, count, node });
  const { dtype, shape } = node.type;
  return e.tensor('input', [], { name, shape: [count, ...shape], dtype }, span);
}
