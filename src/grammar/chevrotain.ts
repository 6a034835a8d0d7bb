/** What the grammar uses of chevrotain. The build puts chevrotain's own bundle in the place of this file: of its modules, Node would open 640. */
export { CstParser, createToken, Lexer } from 'chevrotain';
