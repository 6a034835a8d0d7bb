/** The reference in `docs/`: pages made from the tables and doc comments that the tool itself uses. */
import { page } from './markdown.js';
import { commandsPage } from './pages/commands.js';
import { dataPage } from './pages/data.js';
import { diagnosticList, diagnosticPages } from './pages/diagnostics.js';
import { functionsPage } from './pages/functions.js';
import { libraryList, libraryPages } from './pages/library.js';
import { measuresPage } from './pages/measures.js';
import { settingsPage } from './pages/settings.js';
import { wordsPage } from './pages/words.js';

/** Path below `docs/` → text. */
export function referencePages(): Readonly<Record<string, string>> {
  const below: Readonly<Record<string, string>> = {
    'words.md': wordsPage(),
    'functions.md': functionsPage(),
    'data.md': dataPage(),
    'settings.md': settingsPage(),
    'measures.md': measuresPage(),
    'commands.md': commandsPage(),
    ...libraryPages(),
    ...diagnosticPages(),
  };
  return {
    'reference.md': indexPage(),
    ...Object.fromEntries(Object.entries(below).map(([path, text]) => [`reference/${path}`, text])),
  };
}

function indexPage(): string {
  return page(
    'Reference',
    `\`ebmc explain NAME\` prints any of this in a terminal: a word or function of the language, a definition of the library, a type, loader, setting, measure or diagnostic. [language.md](language.md) says how
programs are written, [tutorial.md](tutorial.md) leads from one energy to four methods.`,
    [
      '- [Words of the language](reference/words.md)',
      '- [Functions of the language](reference/functions.md)',
      '- [Data sets](reference/data.md): loaders and their arguments',
      '- [Settings](reference/settings.md) of `train`, `evaluate`, `compare`; optimizers and schedules',
      '- [Measures](reference/measures.md)',
      '- [Commands](reference/commands.md)',
      '- [The standard library](#the-standard-library) and [diagnostics](#diagnostics), below',
    ].join('\n'),
    '## The standard library',
    libraryList(),
    '## Diagnostics',
    diagnosticList(),
  );
}
