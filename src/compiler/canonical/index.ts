/** What a model means, whatever it is called and however it is written. */

export { compareModels, type Difference } from './compare.js';
export { type CanonicalModel, canonicalModel } from './model.js';
export { compareComparisons, compareSettings } from './settings.js';
export { canonicalTexts, printCanonicalModel } from './text.js';
