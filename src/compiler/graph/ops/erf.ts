/** The error function in double precision: a power series near 0, a continued fraction for erfc elsewhere. */
export function erf(x: number): number {
  const t = Math.abs(x);
  if (t > 6) return Math.sign(x);
  if (t < 2.5) {
    // erf x = 2/√π Σ (-1)^n x^(2n+1) / (n! (2n+1)), in the form without cancellation: e^(-x²) Σ 2^n x^(2n+1) / (2n+1)!!
    let term = t;
    let sum = t;
    for (let n = 1; term > sum * 1e-17 && n < 200; n++) {
      term *= (2 * t * t) / (2 * n + 1);
      sum += term;
    }
    return (Math.sign(x) * 2 * Math.exp(-t * t) * sum) / Math.sqrt(Math.PI);
  }
  // erfc x = e^(-x²)/√π · 1/(x + (1/2)/(x + 1/(x + (3/2)/(x + …))))
  let fraction = t;
  for (let n = 80; n >= 1; n--) fraction = t + n / 2 / fraction;
  return Math.sign(x) * (1 - Math.exp(-t * t) / (Math.sqrt(Math.PI) * fraction));
}
