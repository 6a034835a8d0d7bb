/**
 * Dimensions of shapes: numbers, or polynomials with integer coefficients over named atoms (`batch`, the `d` of a
 * signature, an opaque quotient such as `(h / 4)`), kept in one normal form so that equality is text equality.
 */
export type Dim = number | SymbolicDim;

export interface SymbolicDim {
  /** Normal form: monomial (atoms sorted, joined by `*`; '' for the constant) → coefficient, never 0. */
  readonly terms: ReadonlyMap<string, number>;
  readonly text: string;
}

export function symbol(name: string): Dim {
  return fromTerms(new Map([[name, 1]]));
}

function termsOf(d: Dim): ReadonlyMap<string, number> {
  return typeof d === 'number' ? new Map(d === 0 ? [] : [['', d]]) : d.terms;
}

function fromTerms(terms: Map<string, number>): Dim {
  for (const [monomial, coefficient] of terms) if (coefficient === 0) terms.delete(monomial);
  if (terms.size === 0) return 0;
  if (terms.size === 1 && terms.has('')) return terms.get('') as number;
  const sorted = [...terms].sort(([a], [b]) => (a === '' ? 1 : b === '' ? -1 : a < b ? -1 : 1));
  const text = sorted
    .map(([monomial, coefficient], i) => {
      const size = Math.abs(coefficient);
      const body = monomial === '' ? String(size) : size === 1 ? monomial : `${size}*${monomial}`;
      return i === 0 ? (coefficient < 0 ? `-${body}` : body) : ` ${coefficient < 0 ? '-' : '+'} ${body}`;
    })
    .join('');
  return { terms: new Map(sorted), text };
}

export function addDims(a: Dim, b: Dim): Dim {
  if (typeof a === 'number' && typeof b === 'number') return a + b;
  const terms = new Map(termsOf(a));
  for (const [monomial, coefficient] of termsOf(b)) terms.set(monomial, (terms.get(monomial) ?? 0) + coefficient);
  return fromTerms(terms);
}

export function mulDims(a: Dim, b: Dim): Dim {
  if (typeof a === 'number' && typeof b === 'number') return a * b;
  const terms = new Map<string, number>();
  for (const [ma, ca] of termsOf(a))
    for (const [mb, cb] of termsOf(b)) {
      const monomial = [...ma.split('*'), ...mb.split('*')].filter(Boolean).sort().join('*');
      terms.set(monomial, (terms.get(monomial) ?? 0) + ca * cb);
    }
  return fromTerms(terms);
}

export function subDims(a: Dim, b: Dim): Dim {
  return addDims(a, mulDims(b, -1));
}

/** a / b where it divides exactly; undefined where two numbers do not divide; an opaque atom where it cannot be told. */
export function divDims(a: Dim, b: Dim): Dim | undefined {
  if (typeof a === 'number' && typeof b === 'number') return b !== 0 && a % b === 0 ? a / b : undefined;
  if (sameDim(a, b)) return 1;
  if (b === 1) return a;
  const quotient = new Map<string, number>();
  const divisor = [...termsOf(b)];
  if (divisor.length === 1) {
    const [monomial, coefficient] = divisor[0] as [string, number];
    for (const [m, c] of termsOf(a)) {
      const atoms = m.split('*').filter(Boolean);
      for (const atom of monomial.split('*').filter(Boolean)) {
        const at = atoms.indexOf(atom);
        if (at < 0) return symbol(`(${showDim(a)} / ${showDim(b)})`);
        atoms.splice(at, 1);
      }
      if (c % coefficient !== 0) return symbol(`(${showDim(a)} / ${showDim(b)})`);
      quotient.set(atoms.join('*'), c / coefficient);
    }
    return fromTerms(quotient);
  }
  return symbol(`(${showDim(a)} / ${showDim(b)})`);
}

export function sameDim(a: Dim, b: Dim): boolean {
  return a === b || (typeof a !== 'number' && typeof b !== 'number' && a.text === b.text);
}

export function sameShape(a: readonly Dim[], b: readonly Dim[]): boolean {
  if (a === b) return true;
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (!sameDim(a[i] as Dim, b[i] as Dim)) return false;
  return true;
}

/** Replaces an atom by a value, e.g. `batch` by 256. */
export function substituteDim(d: Dim, name: string, value: Dim): Dim {
  if (typeof d === 'number') return d;
  let result: Dim = 0;
  for (const [monomial, coefficient] of d.terms) {
    let product: Dim = coefficient;
    for (const atom of monomial.split('*').filter(Boolean))
      product = mulDims(product, atom === name ? value : symbol(atom));
    result = addDims(result, product);
  }
  return result;
}

export function sizeOf(shape: readonly Dim[]): Dim {
  return shape.reduce<Dim>(mulDims, 1);
}

export function showDim(d: Dim): string {
  return typeof d === 'number' ? String(d) : d.text;
}

export function showShape(shape: readonly Dim[]): string {
  return `[${shape.map(showDim).join(', ')}]`;
}
