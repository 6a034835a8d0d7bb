export { writeError, writing } from './file-errors.js';
export { makeFolder } from './make-folder.js';
export { temporaryEnding, writeWhole } from './write-whole.js';
