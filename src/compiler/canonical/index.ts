/** What a model means, whatever it is called and however it is written. */
export { type CanonicalModel, canonicalModel } from './model.js';
export { canonicalTexts, printCanonicalModel } from './text.js';
export { compareModels, type Difference } from './compare.js';
export { compareSettings } from './settings.js';
