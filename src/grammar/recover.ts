import type { IToken } from 'chevrotain';
import type { Diagnostic } from '../diagnostics/index.js';
import type { Source } from './source.js';
export function repairModule(_s: Source, _tokens: IToken[], _diagnostics: Diagnostic[]): IToken[] {
  return [];
}
