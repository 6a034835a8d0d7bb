export { warnOfDamage } from './bad-rows.js';
export { type BatchesOptions, batches, type NumberedBatch, stepsPerEpoch } from './batches.js';
export type { Dataset, OpenOptions, SplitName } from './dataset.js';
export { fieldType } from './fields/shapes.js';
export { loaders } from './loaders/index.js';
export { openDataset } from './open.js';
export { orderOf } from './order.js';
export { type DatasetSummary, type FieldSummary, summarize } from './show/summary.js';
export { epochOrder, randomBits, shuffleInPlace } from './shuffle.js';
