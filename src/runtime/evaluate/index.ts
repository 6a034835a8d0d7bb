export type { Algebra } from './algebra.js';
export { alignment } from './alignment.js';
export {
  type EvaluateOptions,
  type EvaluationResult,
  type EvaluationRow,
  evaluate,
  type LinearResult,
  type RowName,
} from './evaluate.js';
export { features } from './features.js';
export { knnAccuracy } from './knn.js';
export { linearProbe } from './linear-probe.js';
export { asMatrix, type Matrix } from './matrix.js';
export { plainAlgebra } from './plain-algebra.js';
export { rankme } from './rankme.js';
export { spread } from './spread.js';
export { tfjsAlgebra } from './tfjs-algebra.js';
export { uniformity } from './uniformity.js';
