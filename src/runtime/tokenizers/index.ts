export { byteTokenizer } from './byte-tokenizer.js';
export { loadTokenizer, tokenizerOf } from './load.js';
export type { TextTokenizer } from './tokenizer.js';
export { isTokenizerKind, type TokenizerKind, tokenizerKinds, trainTokenizer } from './train/index.js';
