/** Whether energies say how likely a pair is compatible. */

/** P(compatible | E) = 1 / (1 + exp(slope · E + intercept)). */
export interface EnergyCalibration {
  readonly slope: number;
  readonly intercept: number;
}

const rounds = 100;

/**
 * Logistic regression of "compatible" on the energy, by Newton's method on the mean log loss (Platt 1999, without his smoothed targets).
 * Energies are standardised meanwhile and a very weak penalty (1e-9) keeps separable ones finite.
 */
export function fitEnergyCalibration(compatible: ArrayLike<number>, mismatched: ArrayLike<number>): EnergyCalibration {
  const energies = Float64Array.of(...Array.from(compatible), ...Array.from(mismatched));
  const n = energies.length;
  const mean = energies.reduce((a, b) => a + b, 0) / n;
  const deviation = Math.sqrt(energies.reduce((sum, e) => sum + (e - mean) ** 2, 0) / n) || 1;
  const x = energies.map((e) => (e - mean) / deviation);
  const isCompatible = (i: number): number => (i < compatible.length ? 1 : 0);
  let [w, c] = [0, 0];
  const loss = (a: number, b: number): number => {
    let sum = (n * 1e-9 * a * a) / 2;
    for (let i = 0; i < n; i++) {
      const z = a * x[i]! + b;
      // −log P: log(1 + exp(z)) for compatible ones, log(1 + exp(−z)) for the others.
      const signed = isCompatible(i) ? z : -z;
      sum += Math.max(0, signed) + Math.log1p(Math.exp(-Math.abs(signed)));
    }
    return sum / n;
  };
  let now = loss(w, c);
  for (let round = 0; round < rounds; round++) {
    let [gw, gc, hww, hwc, hcc] = [n * 1e-9 * w, 0, n * 1e-9, 0, n * 1e-12];
    for (let i = 0; i < n; i++) {
      const p = 1 / (1 + Math.exp(w * x[i]! + c));
      const slope = isCompatible(i) - p;
      const curve = p * (1 - p);
      gw += slope * x[i]!;
      gc += slope;
      hww += curve * x[i]! * x[i]!;
      hwc += curve * x[i]!;
      hcc += curve;
    }
    const determinant = hww * hcc - hwc * hwc;
    if (!(determinant > 0)) break;
    const [dw, dc] = [(hcc * gw - hwc * gc) / determinant, (hww * gc - hwc * gw) / determinant];
    let step = 1;
    let next = loss(w - dw, c - dc);
    while (next > now && step > 1e-6) {
      step /= 2;
      next = loss(w - step * dw, c - step * dc);
    }
    if (!(next < now)) break;
    [w, c] = [w - step * dw, c - step * dc];
    const gain = now - next;
    now = next;
    if (gain < 1e-14) break;
  }
  return { slope: w / deviation, intercept: c - (w * mean) / deviation };
}

export function compatibility({ slope, intercept }: EnergyCalibration, energies: ArrayLike<number>): Float64Array {
  return Float64Array.from(energies, (e) => 1 / (1 + Math.exp(slope * e + intercept)));
}

/**
 * The expected calibration error of probabilities of a yes: over 15 equal bins of probability, the mean of |share of yes − mean probability|,
 * each bin by its share of the cases. Guo, Pleiss, Sun, Weinberger 2017, "On Calibration of Modern Neural Networks", equation 3, in its binary form.
 */
export function expectedCalibrationError(
  probabilities: ArrayLike<number>,
  answers: ArrayLike<number>,
  bins = 15,
): number {
  const [counts, sums, yes] = [new Float64Array(bins), new Float64Array(bins), new Float64Array(bins)];
  for (let i = 0; i < probabilities.length; i++) {
    const bin = Math.min(bins - 1, Math.floor(probabilities[i]! * bins));
    counts[bin]!++;
    sums[bin]! += probabilities[i]!;
    yes[bin]! += answers[i]!;
  }
  let error = 0;
  for (let bin = 0; bin < bins; bin++) error += Math.abs(yes[bin]! - sums[bin]!);
  return error / probabilities.length;
}
