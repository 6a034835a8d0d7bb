/** The syntax of a `.ebm` file: reading it (`parseModule`) and writing it (`printModule`). */
export { type Definition, type Outline, outlineModule } from './outline.js';
export { parseModule } from './parse.js';
export { type DefinitionItem, printSignature } from './print-signature.js';
export { printModule } from './printer.js';
export { allWords, type WordInfo, wordGroups } from './words.js';
