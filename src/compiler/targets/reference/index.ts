export { evaluateGraph, evaluateNodes, type Evaluation } from './evaluate.js';
