/** All that is needed to repeat it: the command, the exact program, versions, hashes. */
import type { Comparison } from '../../compare/comparison.js';
import { html } from '../html/html.js';
import { table } from '../html/table.js';
import { pairs } from './conditions.js';
import type { SectionEntry } from './section.js';

export const provenance: SectionEntry = {
  id: 'provenance',
  title: 'How to repeat it',
  write(comparison) {
    const { file, source, modules, versions, competitors } = comparison;
    const hashed = competitors.filter(
      ({ objective, runs }) => objective !== undefined || runs.some(({ folder }) => folder),
    );
    return html`<p><code>${repeatCommand(comparison)}</code></p>
${pairs('versions', 'Versions', versions)}
${
  hashed.length === 0
    ? ''
    : table({
        id: 'hashes',
        caption: "Hashes of the objectives' canonical forms, and the runs' folders",
        columns: [{ name: 'Competitor' }, { name: 'Objective' }, { name: 'Seeds and folders' }],
        rows: hashed.map(({ name, objective, runs }) => [
          name,
          html`<code>${objective ?? '–'}</code>`,
          runs.map(({ seed, folder }) => `${seed}${folder ? `: ${folder}` : ''}`).join(', '),
        ]),
      })
}
<h3>${file || 'The program'}</h3><pre tabindex="0" aria-label="the program"><code>${source}</code></pre>
${Object.entries(modules).map(
  ([path, text], i) =>
    html`<details id="module-${i}"><summary>Module ${path}</summary><pre tabindex="0"><code>${text}</code></pre></details>`,
)}`;
  },
};

/** The command as it was given, or as it would be. */
export function repeatCommand({ command, file }: Comparison): string {
  return command ?? `ebmc compare ${/^[\w./@%+=:,-]+$/.test(file) ? file : `'${file.replaceAll("'", `'\\''`)}'`}`;
}
