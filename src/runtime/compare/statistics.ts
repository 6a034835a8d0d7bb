/** What runs with several seeds, measured on the same test examples, say about an objective and about two of them. */
import { randomBits } from '../data/index.js';
import { shuffleInPlace } from '../data/shuffle.js';
import { mean } from '../evaluate/hits.js';
import type { Contrast, Summary } from './comparison.js';

/** One run's value of one measure. */
export interface Sample {
  readonly seed: number;
  readonly value: number;
  /** One for each test example, whose mean is the value; absent of measures that are no such means. */
  readonly scores?: Uint8Array | Float32Array | undefined;
}

export interface TestedContrast extends Contrast {
  /** Of no difference: twice the smaller share of resampled differences on either side of zero, (1 + count) / (1 + resamples); 1 where nothing varies. */
  readonly p: number;
  /** The same after Holm's correction for the contrasts that were made together. */
  readonly adjusted: number;
}

type Finding = Pick<TestedContrast, 'difference' | 'low' | 'high' | 'isShown' | 'p'>;

const fewestResamples = 2000;
const mostResamples = 100_000;

/**
 * How many resamples comparisons of so many pairs take. A p is at least 2 / (1 + resamples), which Holm's correction may multiply by the number of pairs: a hundred
 * resamples a pair leave room below 0.05.
 */
export function resamplesFor(pairs: number): number {
  return Math.min(mostResamples, Math.max(fewestResamples, 100 * pairs));
}

/** Of more test examples, groups are drawn in which they lie by chance: of a thousand, a deviation is known to 2 %. */
const mostGroups = 1000;

/** The 2.5 % and 97.5 % points. */
const tails = [0.025, 0.975] as const;

/**
 * A bootstrap over seeds and test examples (Efron & Tibshirani 1993, chapters 6 and 13; both factors resampled, as Owen 2007, "The pigeonhole
 * bootstrap", since all seeds are measured on the same examples). A resample draws as many seeds as there are, and as many test examples as there are (of many,
 * groups of them), both with replacement; its value is the mean over drawn seeds of the mean over drawn examples. Intervals are percentiles of the resampled
 * values. Few seeds vary too little among themselves when drawn so: deviations of seeds from their mean are stretched by √(S / (S − 1)). The draws follow
 * from `seed` alone and are the same for all competitors and measures, so that differences are paired by seed and by example. What was found of the same arrays of
 * samples is not computed again.
 */
export class Bootstrap {
  private readonly groupings = new Map<number, Grouping>();
  private readonly seedDraws = new Map<number, Uint16Array>();
  private readonly known = new WeakMap<object, Float64Array>();
  private readonly summaries = new WeakMap<readonly Sample[], Summary>();
  private readonly findings = new WeakMap<readonly Sample[], WeakMap<readonly Sample[], Finding | undefined>>();

  constructor(
    private readonly seed = 0,
    readonly resamples = fewestResamples,
  ) {}

  summarize(samples: readonly Sample[]): Summary {
    const summary = this.summaries.get(samples) ?? this.summary(samples);
    this.summaries.set(samples, summary);
    return summary;
  }

  private summary(samples: readonly Sample[]): Summary {
    const values = samples.map(({ value }) => value);
    const centre = mean(values);
    const deviation =
      values.length < 2
        ? undefined
        : Math.sqrt(values.reduce((sum, v) => sum + (v - centre) ** 2, 0) / (values.length - 1));
    const resampled = this.resample(samples.map((sample) => this.replicates(sample)));
    const [low, high] = resampled ? interval(resampled) : [centre, centre];
    return { mean: centre, low, high, deviation, values };
  }

  /** a − b, over the seeds that both have; undefined where they share none. */
  contrast(
    measure: string,
    a: { readonly name: string; readonly samples: readonly Sample[] },
    b: { readonly name: string; readonly samples: readonly Sample[] },
  ): TestedContrast | undefined {
    const known = this.findings.get(a.samples) ?? new WeakMap<readonly Sample[], Finding | undefined>();
    this.findings.set(a.samples, known);
    if (!known.has(b.samples)) known.set(b.samples, this.finding(a.samples, b.samples));
    const found = known.get(b.samples);
    return found && { measure, a: a.name, b: b.name, ...found, adjusted: found.p };
  }

  private finding(a: readonly Sample[], b: readonly Sample[]): Finding | undefined {
    const pairs = a.flatMap((first) => {
      const second = b.find(({ seed }) => seed === first.seed);
      return second ? [[first, second] as const] : [];
    });
    if (pairs.length === 0) return undefined;
    const difference = mean(pairs.map(([first, second]) => first.value - second.value));
    const resampled = this.resample(pairs.map(([first, second]) => this.differences(first, second)));
    const [low, high] = resampled ? interval(resampled) : [difference, difference];
    const p = resampled ? twoSided(resampled) : 1;
    const isShown = resampled !== undefined && (low > 0 || high < 0);
    return { difference, low, high, isShown, p };
  }

  /** Every pair of competitors on one measure, corrected for their number by Holm's method. */
  contrasts(
    measure: string,
    competitors: readonly { readonly name: string; readonly samples: readonly Sample[] }[],
  ): readonly TestedContrast[] {
    const found = competitors.flatMap((a, i) =>
      competitors.slice(i + 1).flatMap((b) => this.contrast(measure, a, b) ?? []),
    );
    const adjusted = holm(found.map(({ p }) => p));
    return found.map((contrast, i) => ({ ...contrast, adjusted: adjusted[i]! }));
  }

  /** The means over the resampled seeds of what each seed has in each resample; undefined where nothing varies by drawing. */
  private resample(bySeed: readonly (Float64Array | number)[]): Float64Array | undefined {
    const seeds = bySeed.length;
    if (seeds === 0 || (seeds === 1 && typeof bySeed[0] === 'number')) return undefined;
    const stretch = seeds > 1 ? Math.sqrt(seeds / (seeds - 1)) : 1;
    const draws = this.drawnSeeds(seeds);
    const values = new Float64Array(this.resamples);
    const here = new Float64Array(seeds);
    for (let r = 0; r < values.length; r++) {
      let [centre, drawn] = [0, 0];
      for (let k = 0; k < seeds; k++) {
        const own = bySeed[k]!;
        here[k] = typeof own === 'number' ? own : own[r]!;
        centre += here[k]! / seeds;
      }
      for (let k = 0; k < seeds; k++) drawn += here[draws[r * seeds + k]!]! / seeds;
      values[r] = centre + stretch * (drawn - centre);
    }
    return values;
  }

  /** Places of seeds, as many a resample as there are. */
  private drawnSeeds(seeds: number): Uint16Array {
    const known = this.seedDraws.get(seeds);
    if (known) return known;
    const bits = randomBits(0x626f6f74, this.seed, seeds);
    const draws = Uint16Array.from({ length: this.resamples * seeds }, () => Math.floor((bits() / 2 ** 32) * seeds));
    this.seedDraws.set(seeds, draws);
    return draws;
  }

  /** The mean score in each resample of the examples; of a measure without scores, its value. */
  private replicates({ value, scores }: Sample): Float64Array | number {
    if (!scores || scores.length < 2) return value;
    const before = this.known.get(scores);
    if (before) return before;
    const { groupOf, groups, draws, sizes } = this.grouping(scores.length);
    const sums = new Float64Array(groups);
    for (let i = 0; i < scores.length; i++) sums[groupOf[i]!]! += scores[i]!;
    const means = meansOfDrawn(sums, draws, sizes);
    this.known.set(scores, means);
    return means;
  }

  private differences(a: Sample, b: Sample): Float64Array | number {
    if (a.scores?.length !== b.scores?.length) return a.value - b.value;
    const [first, second] = [this.replicates(a), this.replicates(b)];
    if (typeof first === 'number' || typeof second === 'number') return a.value - b.value;
    return first.map((value, r) => value - second[r]!);
  }

  private grouping(examples: number): Grouping {
    const known = this.groupings.get(examples);
    if (known) return known;
    const groups = Math.min(examples, mostGroups);
    const bits = randomBits(0x64726177, this.seed, examples);
    const order = Uint32Array.from({ length: examples }, (_, i) => i);
    // Test examples are often sorted by class.
    if (groups < examples) shuffleInPlace(order, bits);
    const groupOf = new Uint16Array(examples);
    const sizeOf = new Float64Array(groups);
    for (const [place, example] of order.entries()) {
      groupOf[example] = place % groups;
      sizeOf[place % groups]!++;
    }
    const draws = Uint16Array.from({ length: this.resamples * groups }, () => Math.floor((bits() / 2 ** 32) * groups));
    const ones = new Float64Array(this.resamples).fill(1);
    const grouping = { groups, groupOf, draws, sizes: meansOfDrawn(sizeOf, draws, ones) };
    this.groupings.set(examples, grouping);
    return grouping;
  }
}

/** How test examples are drawn; up to `mostGroups` of them each by itself. */
interface Grouping {
  readonly groups: number;
  readonly groupOf: Uint16Array;
  /** Numbers of groups, as many a resample as there are groups. */
  readonly draws: Uint16Array;
  /** Of the examples in each resample. */
  readonly sizes: Float64Array;
}

/** In each resample the sum over the groups that were drawn, divided. */
function meansOfDrawn(sums: Float64Array, draws: Uint16Array, sizes: Float64Array): Float64Array {
  return sizes.map((size, r) => {
    let sum = 0;
    for (let k = r * sums.length; k < (r + 1) * sums.length; k++) sum += sums[draws[k]!]!;
    return sum / size;
  });
}

/**
 * Holm 1979, "A Simple Sequentially Rejective Multiple Test Procedure": the i-th smallest of m p-values times m − i (i from 0), never less than the one
 * before it, at most 1. Where none of m differences exists, the chance that any adjusted p is below 0.05 is at most 0.05.
 */
export function holm(ps: readonly number[]): number[] {
  const order = ps.map((_, i) => i).sort((a, b) => ps[a]! - ps[b]!);
  const adjusted = new Array<number>(ps.length);
  let most = 0;
  for (const [rank, i] of order.entries()) {
    most = Math.max(most, Math.min(1, ps[i]! * (ps.length - rank)));
    adjusted[i] = most;
  }
  return adjusted;
}

function twoSided(differences: Float64Array): number {
  let [below, above] = [1, 1];
  for (const d of differences) {
    if (d <= 0) below++;
    if (d >= 0) above++;
  }
  return Math.min(1, (2 * Math.min(below, above)) / (differences.length + 1));
}

/** Percentiles with linear interpolation, as NumPy's. */
function interval(values: Float64Array): [number, number] {
  const sorted = values.slice().sort();
  const at = (share: number): number => {
    const place = share * (sorted.length - 1);
    const below = Math.floor(place);
    const next = Math.min(sorted.length - 1, below + 1);
    return sorted[below]! + (place - below) * (sorted[next]! - sorted[below]!);
  };
  return [at(tails[0]), at(tails[1])];
}
