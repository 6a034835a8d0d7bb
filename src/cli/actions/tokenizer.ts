import type { Diagnostic } from '../../diagnostics/index.js';
import { readTexts } from '../../runtime/data/text/read-texts.js';
import { writeWhole } from '../../runtime/files/index.js';
import { isTokenizerKind, tokenizerOf, trainTokenizer } from '../../runtime/tokenizers/index.js';
import type { CommandCall } from '../command.js';
import { describeDiagnostic } from '../output.js';
import type { Status } from '../statuses.js';
import { statuses } from '../statuses.js';

export async function runTokenizer({ args, options, output }: CommandCall): Promise<Status> {
  const files = args.slice(1);
  const asked = options.text('kind') ?? '';
  const kind = isTokenizerKind(asked) ? asked : 'bpe';
  const diagnostics: Diagnostic[] = [];
  const warn = (diagnostic: Diagnostic): void => {
    diagnostics.push(diagnostic);
    output.diagnostics([diagnostic]);
  };
  const texts = await readTexts('', files, { strict: options.flag('strict'), warn });
  const vocabulary = options.number('vocab') ?? 8000;
  const contents = trainTokenizer(
    kind,
    texts.map(({ text }) => text),
    vocabulary,
  );
  const out = options.text('out') ?? 'tokenizer.json';
  writeWhole(out, `${JSON.stringify(contents, undefined, 2)}\n`);
  const tokens = tokenizerOf(out, contents).vocabulary;
  output.document({
    ok: true,
    file: out,
    kind,
    tokens,
    texts: texts.length,
    diagnostics: diagnostics.map(describeDiagnostic),
  });
  output.line(`${out}: ${tokens} tokens (${kind}) from ${texts.length} ${texts.length === 1 ? 'text' : 'texts'}`);
  if (tokens < vocabulary) output.note(`the texts have no more than ${tokens} tokens; ${vocabulary} were asked for`);
  return statuses.ok;
}
