/** What a run's figures say is wrong with it, if anything. */
import { mean } from '../evaluate/hits.js';
import type { CurvePoint, Verdict } from './comparison.js';

export interface Symptoms {
  /** Of one run, in the order of its steps. */
  readonly curve: readonly CurvePoint[];
  /** Term → its value at the best constant representation, where that is known. */
  readonly plateaus: Readonly<Record<string, number>> | undefined;
  /** `spread`, `rankme` where they were measured. */
  readonly measures: Readonly<Record<string, number>>;
  /** Of a representation. */
  readonly dimensions: number | undefined;
  /** The largest relative error of a finite-difference check of the objective's gradient. */
  readonly gradientError?: number | undefined;
}

/** Larger errors of a check in float64 are no rounding. */
const gradientTolerance = 1e-4;
/** Spread of a representation that is one point, and effective rank of one that is one direction. */
const collapsedSpread = 0.05;
const collapsedRank = 1.5;
/** How near a plateau is, as a share of it, and the least fall of the loss that counts as learning: those of training's own warning. */
const near = 0.01;
const fall = 0.02;
/** Still falling: the last fifth of the steps is lower than the fifth before it by more than this share of the whole fall, and by twice the standard error. */
const stillFalling = 0.05;

/**
 * Of one run, the gravest fault first: "gradient wrong" (relative error above 1e-4), "collapsed" (spread below 0.05 or RankMe below 1.5), "on its plateau" (every term
 * within 1 % of its value at a constant representation over the last fifth of the steps, the loss not fallen by 2 %), "under-trained" (the mean loss of the last fifth is
 * below that of the fifth before by more than 5 % of the whole fall and by more than two standard errors).
 */
export function verdict(symptoms: Symptoms): Verdict {
  return (
    wrongGradient(symptoms) ??
    collapsed(symptoms) ??
    onPlateau(symptoms) ??
    underTrained(symptoms) ?? { kind: 'no fault found', reason: healthy(symptoms) }
  );
}

function wrongGradient({ gradientError }: Symptoms): Verdict | undefined {
  if (gradientError === undefined || gradientError <= gradientTolerance) return undefined;
  const reason = `the gradient differs from finite differences of the objective by ${short(gradientError)} of its size; rounding explains less than ${gradientTolerance}`;
  return { kind: 'gradient wrong', reason };
}

function collapsed({ measures, curve, dimensions }: Symptoms): Verdict | undefined {
  const spread = measures['spread'] ?? curve.findLast((point) => point.spread !== undefined)?.spread;
  const rank = measures['rankme'] ?? curve.findLast((point) => point.effectiveRank !== undefined)?.effectiveRank;
  const of = dimensions === undefined ? '' : ` of ${dimensions} dimensions`;
  if (spread !== undefined && spread < collapsedSpread)
    return {
      kind: 'collapsed',
      reason: `all examples have nearly the same representation: its spread is ${short(spread)}, where 1 is even and below ${collapsedSpread} is a point`,
    };
  if (rank !== undefined && rank < collapsedRank)
    return { kind: 'collapsed', reason: `the representation uses ${short(rank)}${of}: a single direction` };
  return undefined;
}

function onPlateau({ curve, plateaus }: Symptoms): Verdict | undefined {
  const fifths = fifthsOf(curve);
  if (!plateaus || !fifths) return undefined;
  const names = Object.keys(curve[0]!.terms);
  const last = fifths.last;
  const terms = names.map((name) => ({ name, value: mean(last.map((point) => point.terms[name] ?? Number.NaN)) }));
  const isNear = ({ name, value }: { name: string; value: number }): boolean => {
    const plateau = plateaus[name];
    return plateau !== undefined && Math.abs(value - plateau) <= near * (Math.abs(plateau) + near);
  };
  const first = curve[0]!.loss;
  if (terms.length === 0 || !terms.every(isNear)) return undefined;
  if (first - mean(last.map(({ loss }) => loss)) > fall * Math.abs(first) + fall * near) {
    // Fallen to where a constant representation is: the objective was solved by collapse or nearly so.
    const reason = `the loss fell from ${short(first)} to where a constant representation has it: ${list(terms, plateaus)}`;
    return { kind: 'on its plateau', reason };
  }
  const reason = `every term stayed where a constant representation has it: ${list(terms, plateaus)}`;
  return { kind: 'on its plateau', reason };
}

function list(terms: readonly { name: string; value: number }[], plateaus: Readonly<Record<string, number>>): string {
  return terms.map(({ name, value }) => `${name} ${short(value)} against ${short(plateaus[name]!)}`).join(', ');
}

function underTrained({ curve }: Symptoms): Verdict | undefined {
  const fifths = fifthsOf(curve);
  if (!fifths) return undefined;
  const losses = (points: readonly CurvePoint[]): number[] => points.map(({ loss }) => loss);
  const [before, last] = [losses(fifths.before), losses(fifths.last)];
  const drop = mean(before) - mean(last);
  const whole = curve[0]!.loss - mean(last);
  const error = Math.sqrt(variance(before) / before.length + variance(last) / last.length);
  if (!(whole > 0) || drop <= stillFalling * whole || drop <= 2 * error) return undefined;
  const share = Math.round((100 * drop) / whole);
  const reason = `the loss was still falling: ${short(mean(before))} to ${short(mean(last))} from the fourth fifth of the steps to the last, ${share} % of the whole fall`;
  return { kind: 'under-trained', reason };
}

function healthy({ curve, measures, dimensions }: Symptoms): string {
  const parts: string[] = [];
  const fifths = fifthsOf(curve);
  if (fifths) {
    const [first, last] = [curve[0]!.loss, mean(fifths.last.map(({ loss }) => loss))];
    parts.push(
      `the loss ${last < first ? 'fell' : 'rose'} from ${short(first)} to ${short(last)} and has levelled off`,
    );
  }
  const { spread, rankme } = measures;
  if (spread !== undefined) parts.push(`spread ${short(spread)}`);
  if (rankme !== undefined) parts.push(`RankMe ${short(rankme)}${dimensions === undefined ? '' : ` of ${dimensions}`}`);
  return parts.length > 0 ? parts.join(', ') : 'there are too few figures to judge by';
}

/** The last two fifths of a curve, by its points; undefined where they would be fewer than two points each. */
function fifthsOf(
  curve: readonly CurvePoint[],
): { readonly before: readonly CurvePoint[]; readonly last: readonly CurvePoint[] } | undefined {
  const size = Math.floor(curve.length / 5);
  if (size < 2) return undefined;
  return { before: curve.slice(-2 * size, -size), last: curve.slice(-size) };
}

function variance(values: readonly number[]): number {
  const centre = mean(values);
  return values.reduce((sum, v) => sum + (v - centre) ** 2, 0) / (values.length - 1);
}

function short(value: number): string {
  return String(Number(value.toPrecision(3)));
}
