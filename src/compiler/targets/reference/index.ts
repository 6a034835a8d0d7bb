export { type Evaluation, evaluateGraph, evaluateNodes } from './evaluate.js';
