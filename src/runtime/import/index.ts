/** Encoders trained elsewhere. */
export { importWeights } from './convert.js';
export { type NameList, readNames } from './names.js';
