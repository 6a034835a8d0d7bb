export { type BatchesOptions, batches, type NumberedBatch, stepsPerEpoch } from './batches.js';
export { fieldType } from './bind.js';
export type { Dataset, OpenOptions, SplitName } from './dataset.js';
export { loaders } from './loaders/index.js';
export { openDataset } from './open.js';
export { epochOrder, randomBits, shuffleInPlace } from './shuffle.js';
