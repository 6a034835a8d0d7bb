/** Reports: what they are made from, and the page that follows a run. */
import { code } from '../diagnostic.js';

export const reportCodes = {
  EBM5030: code<{ path: string; problem: string }>({
    severity: 'error',
    title: 'Damaged comparison',
    message: ({ path, problem }) => `${path} is not a comparison that this version can read: ${problem}`,
    help: () => ['run the comparison again: finished runs are not trained again'],
    explain: `A comparison's \`comparison.json\` holds all that a report shows, and every field of it is checked before anything is drawn. The
message names the first place that is not as it should be: the file was cut short, edited by hand, or written by another version.

Wrong: \`{ "format": 1, "title": 3, … }\`, which says "\`title\` is 3 where text is expected".
Right: the file as \`ebmc compare\` wrote it.`,
    wrong: '$ ebmc report runs/compare-digits   # its comparison.json was edited by hand\n',
    right: '$ ebmc compare digits.ebm && ebmc report runs/compare-digits\n',
  }),
  EBM5031: code<{ path: string }>({
    severity: 'error',
    title: 'Nothing to report on',
    message: ({ path }) => `${path} holds neither a comparison nor a run`,
    help: () => [
      'give the folder of a comparison (comparison.json) or of a run (manifest.json), or a comparison.json itself',
    ],
    explain: `\`ebmc report\` makes a page of what \`ebmc compare\` or \`ebmc train\` left in a folder: \`comparison.json\` of a comparison,
\`manifest.json\` and \`metrics.jsonl\` of a run.

Wrong: \`ebmc report runs\`, the folder of all runs.
Right: \`ebmc report runs/SimCLR\`.`,
    wrong: '$ ebmc report runs\n',
    right: '$ ebmc report runs/SimCLR\n',
  }),
  EBM5032: code<{ reason: string }>({
    severity: 'warning',
    title: 'The live page cannot be served',
    message: ({ reason }) => `--watch: no page is served: ${reason}`,
    help: () => ['training goes on; `ebmc report` makes a page of the run at any time'],
    explain: `\`--watch\` serves a page that follows the run, to this machine alone (127.0.0.1), on a free port that the system chooses. Here the
system gave none. The run is not affected.`,
    wrong: '$ ebmc train simclr.ebm --watch   # where no port may be opened\n',
    right: '$ ebmc train simclr.ebm && ebmc report runs/SimCLR\n',
  }),
};
