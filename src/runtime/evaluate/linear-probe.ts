import type { Algebra } from './algebra.js';
import { fitLogistic, scoreLogistic } from './logistic.js';
import { type Matrix, pickRows } from './matrix.js';
import { measureStandardization, standardize } from './standardize.js';
import { stratifiedFolds, stratifiedSubset } from './subsets.js';

export interface ProbeOptions {
  readonly classes: number;
  /** Share of the training labels that may be used. */
  readonly labels: number;
  readonly seed: number;
}

export interface ProbeResult {
  readonly accuracy: number;
  /** Labelled examples used. */
  readonly examples: number;
  readonly l2: number;
  readonly converged: boolean;
}

/** Strong first: each fit starts from the one before. */
const strengths = [1, 0.1, 0.01, 0.001, 0.0001] as const;

/** With fewer labels than this, a tenth of them would be too few to choose by: all folds take their turn. */
const fewLabels = 1000;

/**
 * Accuracy of a linear classifier on frozen features: multinomial logistic regression on standardised features, with the L2
 * strength that classifies a held-out tenth of the given labels best. The protocol of Chen, Kornblith, Norouzi, Hinton
 * 2020, "A Simple Framework for Contrastive Learning of Visual Representations", appendix B.8.1 (after Kornblith et al. 2019).
 */
export async function linearProbe(
  train: Matrix,
  trainLabels: ArrayLike<number>,
  test: Matrix,
  testLabels: ArrayLike<number>,
  { classes, labels, seed }: ProbeOptions,
  algebra: Algebra,
): Promise<ProbeResult> {
  const chosen = stratifiedSubset(trainLabels, labels, seed);
  const given = Int32Array.from(chosen, (index) => trainLabels[index]!);
  const scaling = measureStandardization(pickRows(train, chosen));
  const x = standardize(pickRows(train, chosen), scaling);
  const best = await chooseStrength(x, given, classes, seed, algebra);
  const l2s = strengths.slice(0, best + 1);
  const models = await fitLogistic(x, given, l2s, { classes, tolerance: 1e-5 }, algebra);
  const model = models.at(-1)!;
  const { accuracy } = await scoreLogistic(model, standardize(test, scaling), testLabels, algebra);
  return { accuracy, examples: chosen.length, l2: strengths[best]!, converged: model.converged };
}

/** The index of the strength with the best accuracy on held-out labels; of equal ones the lowest cross-entropy. */
async function chooseStrength(
  x: Matrix,
  labels: Int32Array,
  classes: number,
  seed: number,
  algebra: Algebra,
): Promise<number> {
  const folds = 10;
  const fold = stratifiedFolds(labels, folds, seed);
  const turns = labels.length < fewLabels ? folds : 1;
  const accuracy = strengths.map(() => 0);
  const crossEntropy = strengths.map(() => 0);
  for (let turn = 0; turn < turns; turn++) {
    const indices = Array.from(labels, (_, i) => i);
    const inside = indices.filter((i) => fold[i] !== turn);
    const outside = indices.filter((i) => fold[i] === turn);
    if (inside.length === 0 || outside.length === 0) continue;
    const [known, asked] = [inside.map((i) => labels[i]!), outside.map((i) => labels[i]!)];
    const models = await fitLogistic(pickRows(x, inside), known, strengths, { classes, tolerance: 1e-3 }, algebra);
    const heldOut = pickRows(x, outside);
    for (const [s, model] of models.entries()) {
      const score = await scoreLogistic(model, heldOut, asked, algebra);
      accuracy[s]! += score.accuracy * outside.length;
      crossEntropy[s]! += score.crossEntropy * outside.length;
    }
  }
  const order = strengths.map((_, s) => s);
  return order.sort((a, b) => accuracy[b]! - accuracy[a]! || crossEntropy[a]! - crossEntropy[b]!)[0]!;
}
