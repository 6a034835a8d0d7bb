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

interface Computed<F> {
  readonly compute: F;
  readonly doc: string;
}

const unary: Record<string, Computed<(x: number) => number>> = {
  exp: { compute: Math.exp, doc: 'e to the power of x.' },
  log: { compute: Math.log, doc: 'The natural logarithm.' },
  log1p: { compute: Math.log1p, doc: 'log(1 + x), exact for small x.' },
  sqrt: { compute: Math.sqrt, doc: 'The square root.' },
  rsqrt: { compute: (x) => 1 / Math.sqrt(x), doc: '1 / sqrt(x).' },
  tanh: { compute: Math.tanh, doc: 'The hyperbolic tangent.' },
  sigmoid: { compute: (x) => 1 / (1 + Math.exp(-x)), doc: '1 / (1 + exp(-x)).' },
  erf: { compute: erf, doc: 'The error function, 2 / sqrt(π) ∫₀ˣ exp(-t²) dt.' },
  relu: { compute: (x) => Math.max(x, 0), doc: 'max(x, 0).' },
  abs: { compute: Math.abs, doc: 'The absolute value.' },
  sign: { compute: Math.sign, doc: '-1, 0 or 1.' },
  sin: { compute: Math.sin, doc: 'The sine of an angle in radians.' },
  cos: { compute: Math.cos, doc: 'The cosine of an angle in radians.' },
  floor: { compute: Math.floor, doc: 'The largest whole number that is not above x, as a float.' },
  softplus: {
    compute: (x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x))),
    doc: 'log(1 + exp(x)); large values do not overflow.',
  },
  square: { compute: (x) => x * x, doc: 'x · x.' },
};

const binary: Record<string, Computed<(x: number, y: number) => number>> = {
  maximum: { compute: Math.max, doc: 'The larger of two values, element by element.' },
  minimum: { compute: Math.min, doc: 'The smaller of two values, element by element.' },
};

function unaryBuiltin(name: string): Builtin {
  const { compute, doc } = unary[name]!;
  return {
    parameters: 'x',
    doc,
    run(e, args, span): Value {
      const { value } = args.get('x')!;
      if (value.kind === 'number') return number(compute(value.value));
      const x = asNode(e, value, span, `the argument of \`${name}\``);
      return x ? e.tensor(name as never, [x], {}, span) : missing;
    },
  };
}

function binaryBuiltin(name: string): Builtin {
  const { compute, doc } = binary[name]!;
  return {
    parameters: 'a b',
    doc,
    run(e, args, span): Value {
      const a = args.get('a')!.value;
      const b = args.get('b')!.value;
      if (a.kind === 'number' && b.kind === 'number') return number(compute(a.value, b.value));
      const x = asNode(e, a, span, `the argument of \`${name}\``);
      const y = asNode(e, b, span, `the argument of \`${name}\``);
      return x && y ? e.tensor(name as never, [x, y], {}, span) : missing;
    },
  };
}

/** Compile-time rounding, for sizes made from ratios. */
function rounding(name: string, doc: string, round: (x: number) => number): Builtin {
  return {
    parameters: 'x',
    doc,
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

const roundDown = rounding('int', '', (x) => Math.floor(x + 1e-9));

const toInt: Builtin = {
  parameters: 'x',
  doc: 'The largest whole numbers that are not above x: of a number a whole number when compiled, of a tensor a tensor of ints.',
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
  round: rounding('round', 'The nearest whole number, of a number known when compiled.', Math.round),
  ceil: rounding('ceil', 'The smallest whole number that is not below a number known when compiled.', (x) =>
    Math.ceil(x - 1e-9),
  ),
  where: {
    parameters: 'condition a b',
    doc: '`a` where the condition holds, `b` elsewhere, element by element. Both are computed: `if` takes one branch only, when compiled.',
    run(e, args, span) {
      const c = asNode(e, args.get('condition')!.value, span, 'the condition');
      const a = asNode(e, args.get('a')!.value, span, '`a`');
      const b = asNode(e, args.get('b')!.value, span, '`b`');
      return c && a && b ? e.tensor('where', [c, a, b], {}, span) : missing;
    },
  },
  float: {
    parameters: 'x',
    doc: 'Ints or truth values as floats: 1 and 0 for true and false.',
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
    doc: 'x without gradient: what is before it does not follow the gradient that comes through here.',
    run(e, args, span) {
      const x = asNode(e, args.get('x')!.value, span, '`x`');
      return x ? e.tensor('stop_gradient', [x], {}, span) : missing;
    },
  },
};
