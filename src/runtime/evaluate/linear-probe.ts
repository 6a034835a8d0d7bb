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

/** Strong first: in the search each fit starts from the one before. */
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
  const { l2, start } = await chooseStrength(x, given, classes, seed, algebra);
  const [model] = await fitLogistic(x, given, [l2], { classes, tolerance: 1e-5, start }, algebra);
  if (!model) throw new Error('no model was fitted');
  const { accuracy } = await scoreLogistic(model, standardize(test, scaling), testLabels, algebra);
  return { accuracy, examples: chosen.length, l2, converged: model.converged };
}

/**
 * The strength with the best accuracy on held-out labels, of equal ones that with the lowest cross-entropy; with the weights
 * found for it, which lie close to those for all labels.
 */
async function chooseStrength(
  x: Matrix,
  labels: Int32Array,
  classes: number,
  seed: number,
  algebra: Algebra,
): Promise<{ readonly l2: number; readonly start: Float64Array }> {
  const folds = 10;
  const fold = stratifiedFolds(labels, folds, seed);
  const turns = labels.length < fewLabels ? folds : 1;
  const zero: Float64Array = new Float64Array((x.columns + 1) * classes);
  const scores = strengths.map((l2) => ({ l2: l2 as number, start: zero, accuracy: 0, crossEntropy: 0 }));
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
      scores[s]!.start = model.weights;
      scores[s]!.accuracy += score.accuracy * outside.length;
      scores[s]!.crossEntropy += score.crossEntropy * outside.length;
    }
  }
  return scores.sort((a, b) => b.accuracy - a.accuracy || a.crossEntropy - b.crossEntropy)[0]!;
}
