export { type Evaluation, evaluateGraph, evaluateNodes, evaluator } from './evaluate.js';
