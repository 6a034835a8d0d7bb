/** Elementwise functions; of compile-time numbers they are computed when compiled. */
import { asNode } from '../expression.js';
import { describe, missing, number, type Value } from '../values.js';
import type { Builtin } from './builtin.js';

function erf(x: number): number {
  // Series for small arguments, continued fraction otherwise: to float64's last digits.
  const a = Math.abs(x);
  if (a < 2.5) {
    let term = a;
    let sum = a;
    for (let n = 1; n < 100 && Math.abs(term) > 1e-18; n++) {
      term *= (-a * a) / n;
      sum += term / (2 * n + 1);
    }
    return Math.sign(x) * (2 / Math.sqrt(Math.PI)) * sum;
  }
  let fraction = 0;
  for (let n = 60; n > 0; n--) fraction = n / 2 / (a + fraction);
  return Math.sign(x) * (1 - Math.exp(-a * a) / ((a + fraction) * Math.sqrt(Math.PI)));
}

const unary: Record<string, (x: number) => number> = {
  exp: Math.exp,
  log: Math.log,
  log1p: Math.log1p,
  sqrt: Math.sqrt,
  rsqrt: (x) => 1 / Math.sqrt(x),
  tanh: Math.tanh,
  sigmoid: (x) => 1 / (1 + Math.exp(-x)),
  erf,
  relu: (x) => Math.max(x, 0),
  abs: Math.abs,
  sign: Math.sign,
  sin: Math.sin,
  cos: Math.cos,
  floor: Math.floor,
  softplus: (x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x))),
  square: (x) => x * x,
};

const binary: Record<string, (x: number, y: number) => number> = { maximum: Math.max, minimum: Math.min };

function unaryBuiltin(name: string): Builtin {
  return {
    parameters: 'x',
    run(e, args, span): Value {
      const { value } = args.get('x')!;
      if (value.kind === 'number') return number(unary[name]!(value.value));
      const x = asNode(e, value, span, `the argument of \`${name}\``);
      return x ? e.tensor(name as never, [x], {}, span) : missing;
    },
  };
}

function binaryBuiltin(name: string): Builtin {
  return {
    parameters: 'a b',
    run(e, args, span): Value {
      const a = args.get('a')!.value;
      const b = args.get('b')!.value;
      if (a.kind === 'number' && b.kind === 'number') return number(binary[name]!(a.value, b.value));
      const x = asNode(e, a, span, `the argument of \`${name}\``);
      const y = asNode(e, b, span, `the argument of \`${name}\``);
      return x && y ? e.tensor(name as never, [x, y], {}, span) : missing;
    },
  };
}

/** Compile-time rounding, for sizes made from ratios. */
function rounding(name: string, round: (x: number) => number): Builtin {
  return {
    parameters: 'x',
    run(e, args, span): Value {
      const { value } = args.get('x')!;
      if (value.kind === 'number') return number(round(value.value));
      return e.fail(
        'EBM2013',
        { what: `the argument of \`${name}\``, expected: 'a number known when compiled', actual: describe(value) },
        span,
      );
    },
  };
}

const roundDown = rounding('int', (x) => Math.floor(x + 1e-9));

/** The whole numbers below: of a number when compiled, of a tensor as ints. */
const toInt: Builtin = {
  parameters: 'x',
  run(e, args, span) {
    const { value } = args.get('x')!;
    if (value.kind !== 'tensor') return roundDown.run(e, args, span);
    if (value.node.type.dtype === 'int32') return value;
    const whole = e.node('floor', [value.node], {}, span);
    return whole ? e.tensor('cast', [whole], { dtype: 'int32' }, span) : missing;
  },
};

export const elementwiseBuiltins: Record<string, Builtin> = {
  ...Object.fromEntries(Object.keys(unary).map((name) => [name, unaryBuiltin(name)])),
  ...Object.fromEntries(Object.keys(binary).map((name) => [name, binaryBuiltin(name)])),
  int: toInt,
  round: rounding('round', Math.round),
  ceil: rounding('ceil', (x) => Math.ceil(x - 1e-9)),
  where: {
    parameters: 'condition a b',
    run(e, args, span) {
      const c = asNode(e, args.get('condition')!.value, span, 'the condition');
      const a = asNode(e, args.get('a')!.value, span, '`a`');
      const b = asNode(e, args.get('b')!.value, span, '`b`');
      return c && a && b ? e.tensor('where', [c, a, b], {}, span) : missing;
    },
  },
  float: {
    parameters: 'x',
    run(e, args, span) {
      const x = asNode(e, args.get('x')!.value, span, '`x`');
      if (!x) return missing;
      return x.type.dtype === 'float32'
        ? { kind: 'tensor', node: x }
        : e.tensor('cast', [x], { dtype: 'float32' }, span);
    },
  },
  stop: {
    parameters: 'x',
    run(e, args, span) {
      const x = asNode(e, args.get('x')!.value, span, '`x`');
      return x ? e.tensor('stop_gradient', [x], {}, span) : missing;
    },
  },
};
