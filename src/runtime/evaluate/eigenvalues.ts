/** Eigenvalues of a symmetric matrix, without vectors: Householder reduction, then implicit QL (Golub & Van Loan, 8.3). */

/** Ascending. The rows are used as working space. */
export function symmetricEigenvalues(rows: Float64Array[]): Float64Array {
  const { diagonal, below } = tridiagonalize(rows);
  implicitQl(diagonal, below);
  return diagonal.sort();
}

interface Tridiagonal {
  readonly diagonal: Float64Array;
  /** below[i] stands left of diagonal[i]; below[0] is 0. */
  readonly below: Float64Array;
}

/** Reflects the last row of ever smaller leading blocks onto its last but one place. */
function tridiagonalize(a: Float64Array[]): Tridiagonal {
  const n = a.length;
  const diagonal = new Float64Array(n);
  const below = new Float64Array(n);
  const q = new Float64Array(n);
  for (let last = n - 1; last > 0; last--) {
    const u = a[last]!;
    diagonal[last] = u[last]!;
    let square = 0;
    for (let k = 0; k < last; k++) square += u[k]! * u[k]!;
    const pivot = u[last - 1]!;
    const length = pivot > 0 ? -Math.sqrt(square) : Math.sqrt(square);
    below[last] = length;
    const h = square - pivot * length;
    if (h === 0) continue;
    u[last - 1] = pivot - length;
    // The block becomes A − u·qᵀ − q·uᵀ.
    let inner = 0;
    for (let i = 0; i < last; i++) {
      const row = a[i]!;
      let sum = 0;
      for (let k = 0; k < last; k++) sum += row[k]! * u[k]!;
      q[i] = sum / h;
      inner += q[i]! * u[i]!;
    }
    const share = inner / (2 * h);
    for (let i = 0; i < last; i++) q[i]! -= share * u[i]!;
    for (let i = 0; i < last; i++) {
      const row = a[i]!;
      const [ui, qi] = [u[i]!, q[i]!];
      for (let k = 0; k < last; k++) row[k]! -= ui * q[k]! + qi * u[k]!;
    }
  }
  if (n > 0) diagonal[0] = a[0]![0]!;
  return { diagonal, below };
}

/** Leaves the eigenvalues in `d`. */
function implicitQl(d: Float64Array, below: Float64Array): void {
  const n = d.length;
  const e = Float64Array.from({ length: n }, (_, i) => below[i + 1] ?? 0);
  const scale = d.reduce((most, value, i) => Math.max(most, Math.abs(value) + Math.abs(e[i]!)), 0);
  const negligible = Number.EPSILON * scale;
  for (let l = 0; l < n; l++) {
    for (let round = 0; round < 100; round++) {
      let m = l;
      while (m < n - 1 && Math.abs(e[m]!) > negligible) m++;
      if (m === l) break;
      rotate(d, e, l, m);
    }
  }
}

/** One implicit step on the unreduced block l..m. */
function rotate(d: Float64Array, e: Float64Array, l: number, m: number): void {
  const half = (d[l + 1]! - d[l]!) / (2 * e[l]!);
  const root = Math.hypot(half, 1);
  let g = d[m]! - d[l]! + e[l]! / (half + (half >= 0 ? root : -root));
  let [s, c, p] = [1, 1, 0];
  for (let i = m - 1; i >= l; i--) {
    const f = s * e[i]!;
    const b = c * e[i]!;
    const r = Math.hypot(f, g);
    e[i + 1] = r;
    if (r === 0) {
      d[i + 1]! -= p;
      e[m] = 0;
      return;
    }
    s = f / r;
    c = g / r;
    g = d[i + 1]! - p;
    const t = (d[i]! - g) * s + 2 * c * b;
    p = s * t;
    d[i + 1] = g + p;
    g = c * t - b;
  }
  d[l]! -= p;
  e[l] = g;
  e[m] = 0;
}
