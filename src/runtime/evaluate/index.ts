export type { Algebra } from './algebra.js';
export { alignment } from './alignment.js';
export { candidates, mostPairs, type PairModel } from './energies.js';
export {
  type EvaluateOptions,
  type EvaluationResult,
  type EvaluationRow,
  evaluate,
  type LinearResult,
  type RowName,
  requireTestSplit,
} from './evaluate.js';
export { features } from './features.js';
export { headAccuracy } from './head-accuracy.js';
export { knnAccuracy } from './knn.js';
export { type LinearHead, linearProbe } from './linear-probe.js';
export { asMatrix, type Matrix } from './matrix.js';
export { type Measurements, measure, noLabels } from './measure.js';
export {
  decisiveValue,
  fineTuneKey,
  type MeasureSettings,
  measureInfos,
  measures,
  type Need,
  undrawnKeys,
} from './measures/index.js';
export { plainAlgebra } from './plain-algebra.js';
export { rankme } from './rankme.js';
export { spread } from './spread.js';
export { labelStages, stageAccuracies, type TrainedStages } from './stages.js';
export { type Labels, mostViewed, prepareSubject, readLabels, type Subject, type SubjectOptions } from './subject.js';
export { stratifiedSubset } from './subsets.js';
export { type TermCosine, termCosines } from './term-cosines.js';
export { tfjsAlgebra } from './tfjs-algebra.js';
export { uniformity } from './uniformity.js';
