/** 1xxx: what is not well formed. */
import { code } from '../diagnostic.js';

const program = (line: string) => `model Tiny {\n  data x: [4]\n  encoder f = linear(2)\n  ${line}\n}\n`;
const found = (text: string | undefined) => (text ? `, found ${text}` : '');

export const syntaxCodes = {
  EBM1001: code<{ text: string }>({
    severity: 'error',
    title: 'Characters that are not part of the language',
    message: ({ text }) => `${shown(text)} is not part of the language`,
    help: ({ text }) => characterHelp(text),
    explain: `The text holds characters that mean nothing here. Names are made of letters \`a\` to \`z\`, digits and \`_\`;
strings stand in double quotes; comments begin with \`//\`. The characters were left out and the rest was read.`,
    wrong: 'fn half(x) = x / 2 @\n',
    right: 'fn half(x) = x / 2\n',
  }),
  EBM1002: code<object>({
    severity: 'error',
    title: 'String that is not closed',
    message: () => 'this string is not closed before the end of its line',
    help: () => ['add `"` where it ends; a line break inside a string is written `\\n`'],
    explain:
      'A string begins and ends with `"` on one line. Without the second quote there is no telling where it was meant to end.',
    wrong: 'dataset digits = idx("data/digits)\n',
    right: 'dataset digits = idx("data/digits")\n',
  }),
  EBM1003: code<{ text: string }>({
    severity: 'error',
    title: 'Unknown escape in a string',
    message: ({ text }) => `\`${text}\` means nothing in a string`,
    help: () => ['a backslash is written `\\\\`; known are `\\n`, `\\t`, `\\r`, `\\"`, `\\\\` and `\\u{...}`'],
    explain:
      'In a string, `\\` begins an escape: `\\n`, `\\t`, `\\r`, `\\"`, `\\\\` or `\\u{41}`. A path with backslashes doubles each one, or uses `/`.',
    wrong: 'dataset digits = idx("data\\digits")\n',
    right: 'dataset digits = idx("data\\\\digits")\n',
  }),
  EBM1004: code<{ opener: string; closer: string }>({
    severity: 'error',
    title: 'Bracket that is never closed',
    message: ({ opener, closer }) => `this \`${opener}\` is never closed: \`${closer}\` is missing`,
    explain: `Every \`(\`, \`[\` and \`{\` needs its partner. The compiler closes the bracket where that seems likeliest, at the end of
its line or before the next declaration, and reads on; the place shown is the one that opens it.`,
    wrong: program('encoder g = linear(8'),
    right: program('encoder g = linear(8)'),
  }),
  EBM1005: code<{ closer: string; opener: string | undefined; wanted: string | undefined }>({
    severity: 'error',
    title: 'Closing bracket without its opening one',
    message: ({ closer, opener, wanted }) =>
      opener ? `\`${closer}\` closes a \`${opener}\`: \`${wanted}\` was expected` : `this \`${closer}\` closes nothing`,
    explain:
      'A closing bracket stands where none of its kind is open. Either it is one too many, or the opening bracket is missing or of another kind.',
    wrong: 'fn half(x) = (x / 2))\n',
    right: 'fn half(x) = (x / 2)\n',
  }),
  EBM1006: code<{ after: string | undefined; found: string | undefined }>({
    severity: 'error',
    title: 'Expression missing',
    message: ({ after, found: f }) => `expected an expression${after ? ` after ${after}` : ''}${found(f)}`,
    explain: `A value was expected: a number, a string, a name, a call, a list \`[a, b]\`, a record \`{ a: 1 }\`, or several of them joined
by operators. An operator needs a value on both sides, \`=\` and \`:\` one on the right.`,
    wrong: 'fn twice(x) = 2 *\n',
    right: 'fn twice(x) = 2 * x\n',
  }),
  EBM1007: code<{ wanted: string; where: string; found: string | undefined }>({
    severity: 'error',
    title: 'Something is missing from a declaration',
    message: ({ wanted, where, found: f }) => `${wanted} is missing ${where}${found(f)}`,
    explain: `Every declaration has a fixed form, e.g. \`view a, b of x = pipeline\`, \`mask m over p = call\`, \`encoder f = call\`,
\`energy E(x, y) = expression\`, \`minimize { name: expression }\`. A sign or a name that the form needs is not there.`,
    wrong: program('view a, b of x dropout()'),
    right: program('view a, b of x = dropout()'),
  }),
  EBM1008: code<{ text: string; part: 'item' | 'member'; choices: readonly string[] }>({
    severity: 'error',
    title: 'Text outside every declaration',
    message: ({ text, part }) =>
      part === 'item' ? `\`${text}\` does not begin a declaration` : `\`${text}\` does not begin a member of a model`,
    help: ({ part, choices }) => [`${part === 'item' ? 'a file holds' : 'a model holds'} ${list(choices)}`],
    explain: `A file is a list of declarations, a model a list of members, and each begins with a keyword. What stands between them
belongs to none of them. A run of such text is reported once.`,
    wrong: 'x + 1\n',
    right: 'fn next(x) = x + 1\n',
  }),
  EBM1009: code<{ word: string; part: string; meant: string }>({
    severity: 'error',
    title: 'Unknown keyword',
    message: ({ word }) => `there is no keyword \`${word}\``,
    help: ({ meant }) => [`did you mean \`${meant}\`?`],
    explain:
      'The word stands where a declaration begins, but no declaration begins with it. Where it is close to a keyword, the rest is read as if it were that.',
    wrong: program('encodr g = linear(8)'),
    right: program('encoder g = linear(8)'),
  }),
  EBM1010: code<{ before: string; found: string }>({
    severity: 'error',
    title: 'Two things with nothing between them',
    message: ({ before, found: f }) => `${f} cannot follow ${before} here`,
    explain: `An expression ended and something follows on the same line that cannot belong to it: an operator, a comma or a line break
is missing, or the sign is out of place. Statements, terms and settings are separated by line breaks or commas. A line inside \`{ }\`
that begins with \`-\`, \`(\` or \`[\` begins a new expression; to go on with the line above, end that one with the operator.`,
    wrong: 'fn twice(x) = 2 x\n',
    right: 'fn twice(x) = 2 * x\n',
  }),
  EBM1011: code<object>({
    severity: 'error',
    title: 'Block without a value',
    message: () => 'this block ends without a value',
    help: () => ['its last line must be an expression: what the block gives back'],
    explain:
      'The body of a `fn`, a `net`, a `regularizer` or an `energy` ends with an expression, its value. Only the body of a `repeat` has none.',
    wrong: 'fn twice(x) {\n  let y = 2 * x\n}\n',
    right: 'fn twice(x) {\n  let y = 2 * x\n  y\n}\n',
  }),
  EBM1012: code<object>({
    severity: 'error',
    title: 'Value that is not used',
    message: () => 'the value of this expression is not used',
    help: () => ['give it a name with `let`, assign it, or remove it'],
    explain: `Only the last line of a block is its value, and the body of a \`repeat\` has none. Expressions have no effects, so one that
stands elsewhere does nothing. A line that begins with \`-\` or \`(\` begins a new expression, which is how this often happens.`,
    wrong: 'fn twice(x) {\n  2 * x\n  x\n}\n',
    right: 'fn twice(x) {\n  let y = 2 * x\n  y\n}\n',
  }),
  EBM1013: code<{ word: string; part: 'item' | 'member' }>({
    severity: 'error',
    title: 'Declaration in the wrong place',
    message: ({ word, part }) =>
      part === 'member' ? `\`${word}\` belongs inside a model` : `\`${word}\` does not belong inside a model`,
    help: ({ part }) => [part === 'member' ? 'is there a `}` too many above?' : 'is a `}` missing above?'],
    explain:
      'Data, views, masks, encoders, energies and `minimize` are members of a model; functions, nets, data sets and training runs stand outside.',
    wrong: 'encoder f = linear(2)\n',
    right: program('encoder g = linear(8)'),
  }),
  EBM1014: code<object>({
    severity: 'error',
    title: 'Too deeply nested',
    message: () => 'this is nested too deeply, or one expression of it is too long, to be read',
    help: () => ['give parts of it names with `let`'],
    explain:
      'At most 64 brackets may be open at one place and at most 1000 operators may follow each other in one expression.',
    wrong: `fn deep(x) = ${'('.repeat(70)}x${')'.repeat(70)}\n`,
    right: 'fn deep(x) = (x)\n',
  }),
  EBM1015: code<{ count: number; exact: boolean }>({
    severity: 'error',
    title: 'More syntax errors',
    message: ({ count, exact }) =>
      `and ${exact ? '' : 'at least '}${count} more syntax error${count === 1 ? '' : 's'} after these`,
    explain: 'Twenty syntax errors of a file are shown; the rest are counted. Mend the first ones and run again.',
    wrong: Array.from({ length: 22 }, (_, i) => `fn f${i}(x) = x +\n`).join(''),
    right: 'fn f(x) = x\n',
  }),
  EBM1016: code<object>({
    severity: 'error',
    title: 'Semicolon',
    message: () => '`;` is not part of the language',
    help: () => ['statements are separated by line breaks or commas; remove every `;`'],
    explain:
      'Statements, terms and settings end with their line, or with a comma. Only the first `;` of a file is reported.',
    wrong: 'fn twice(x) {\n  let y = 2 * x;\n  y\n}\n',
    right: 'fn twice(x) {\n  let y = 2 * x\n  y\n}\n',
  }),
  EBM1017: code<{ dataset: string }>({
    severity: 'error',
    title: 'Data set without a loader',
    message: ({ dataset }) => `data set \`${dataset}\` must be given by a call of a loader`,
    help: ({ dataset }) => [`e.g. \`dataset ${dataset} = idx("data/folder")\``],
    explain:
      'A data set is what a loader finds: the right-hand side is a call that names the loader and says where the files are.',
    wrong: 'dataset digits = "data/digits"\n',
    right: 'dataset digits = idx("data/digits")\n',
  }),
  EBM1018: code<{ word: string }>({
    severity: 'error',
    title: 'Not in the language yet',
    message: ({ word }) => `\`${word}\` is not supported yet`,
    explain: 'The design of the language has this declaration, but this version of the compiler does not read it.',
    wrong: program('latent k in codebook(512, dim: 64)'),
    right: program('encoder g = linear(8)'),
  }),
  EBM1019: code<{ after: string | undefined; found: string | undefined }>({
    severity: 'error',
    title: 'Type missing',
    message: ({ after, found: f }) => `expected a type${after ? ` after ${after}` : ''}${found(f)}`,
    help: () => [
      'a type is a shape `[h, w, c]`, `[..., d]`, or a name such as `int`, `scalar`, `energy`, `Image[28, 28, 1]`',
    ],
    explain:
      'After `:` in a signature or declaration, and after `->`, stands a type: the sizes of the axes in brackets, or the name of a type with its sizes.',
    wrong: 'fn twice(x: 2) = 2 * x\n',
    right: 'fn twice(x: [2]) = 2 * x\n',
  }),
  EBM1020: code<{ word: string }>({
    severity: 'error',
    title: 'Keyword used as a name',
    message: ({ word }) => `\`${word}\` is a keyword and cannot be a name`,
    help: ({ word }) => [`call it something else, e.g. \`${word}_\``],
    explain: `These words can never be names: \`use fn net model let repeat minimize if then else true false and or not\`. All other
keywords (\`view\`, \`data\`, \`mask\`, \`energy\`, ...) are keywords only where a declaration begins.`,
    wrong: 'fn twice(let) = 2\n',
    right: 'fn twice(view) = 2 * view\n',
  }),
};

function shown(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not reach a terminal
  return `\`${text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`)}\``;
}

function list(words: readonly string[]): string {
  return words
    .map((word) => `\`${word}\``)
    .join(', ')
    .replace(/, (?=[^,]*$)/, ' and ');
}

function characterHelp(text: string): string[] {
  if (text.startsWith("'") || text.startsWith('`') || /^[“”‘’]/.test(text))
    return ['strings stand in double quotes: `"text"`'];
  if (text.startsWith('#')) return ['comments begin with `//`'];
  if (text.startsWith('&')) return ['write `and`'];
  if (text.startsWith('|')) return ['write `or`; a pipe is `|>`'];
  if (text.startsWith('!')) return ['write `not`, or `!=` to compare'];
  if (text.startsWith('@')) return ['a product of matrices is `matmul(a, b)`'];
  if (text.startsWith('%')) return ['a percentage is written directly after its number: `10%`'];
  if (text.startsWith('−') || text.startsWith('–')) return ['this is a dash; minus is `-`'];
  if (/^[α-ωΑ-Ω]/.test(text)) return ['names are made of a to z, digits and `_`: write the letter out, e.g. `alpha`'];
  return [];
}
