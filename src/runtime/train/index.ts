export type { Gauges } from './gauges.js';
export type { RunResult, TrainOptions } from './options.js';
export type { TrainProgress } from './progress.js';
export { metricsName, readMetrics, type StepMetrics } from './read-metrics.js';
export { savedSettings } from './requirements.js';
export { rateAt } from './schedule.js';
export { Trace, traced } from './trace.js';
export { train } from './train.js';
