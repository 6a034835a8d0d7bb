import { code } from '../diagnostic.js';

export const syntaxCodes = {
  EBM1001: code<{ text: string; follows: string }>({
    severity: 'error',
    title: 'Unexpected characters',
    message: ({ text }) => `${JSON.stringify(text)} is not part of the language`,
    help: ({ text }) => characterHelp(text),
    explain: 'x',
  }),
  EBM1002: code<object>({
    severity: 'error',
    title: 'Unclosed string',
    message: () => 'this string is not closed before the end of its line',
    help: () => ['add `"` at its end; a line break inside a string is written `\\n`'],
    explain: 'x',
  }),
  EBM1003: code<{ text: string }>({
    severity: 'error',
    title: 'Unknown escape',
    message: ({ text }) => `\`${text}\` means nothing in a string`,
    explain: 'x',
  }),
  EBM1011: code<object>({ severity: 'error', title: 'Block without a value', message: () => 'this block ends without a value', explain: 'x' }),
  EBM1012: code<object>({ severity: 'error', title: 'Value that is not used', message: () => 'the value of this expression is not used', explain: 'x' }),
  EBM1015: code<{ count: number }>({ severity: 'error', title: 'More', message: ({ count }) => `and ${count} more`, explain: 'x' }),
  EBM1016: code<object>({ severity: 'error', title: 'Semicolon', message: () => '`;` is not used', explain: 'x' }),
  EBM1017: code<{ dataset: string }>({ severity: 'error', title: 'Loader', message: () => 'must be a call', explain: 'x' }),
};

function characterHelp(_text: string): string[] {
  return [];
}
