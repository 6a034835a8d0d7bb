/** The lower factor L of a symmetric positive definite matrix A = L·Lᵀ, given and returned by the rows of lower triangles. */
export function cholesky(a: readonly Float64Array[]): Float64Array[] {
  const factor: Float64Array[] = [];
  for (const [i, row] of a.entries()) {
    const current = new Float64Array(i + 1);
    factor.push(current);
    for (let j = 0; j <= i; j++) {
      const other = factor[j]!;
      let rest = row[j]!;
      for (let k = 0; k < j; k++) rest -= current[k]! * other[k]!;
      current[j] = i === j ? Math.sqrt(Math.max(rest, Number.MIN_VALUE)) : rest / other[j]!;
    }
  }
  return factor;
}

/** Replaces b by the y with L·y = b. */
export function solveLower(factor: readonly Float64Array[], b: Float64Array): void {
  for (let i = 0; i < b.length; i++) {
    const row = factor[i]!;
    let rest = b[i]!;
    for (let k = 0; k < i; k++) rest -= row[k]! * b[k]!;
    b[i] = rest / row[i]!;
  }
}
