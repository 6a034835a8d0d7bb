/** `--watch`: a page that follows a run, as long as the run goes on. */
import { type Diagnostic, report } from '../diagnostics/index.js';
import type { Comparison } from '../runtime/compare/comparison.js';
import { followRun, type LivePage, serveReport } from '../runtime/report/index.js';
import type { Output } from './output.js';

/** A run's folder as a page. */
export function watchRun(
  folder: string,
  output: Output,
  warn: (diagnostic: Diagnostic) => void,
): Promise<LivePage | undefined> {
  return watch(followRun(folder), output, warn);
}

/** Says where the page is. A page that cannot be served is a warning: the run goes on without. */
export async function watch(
  read: () => Comparison | Promise<Comparison>,
  output: Output,
  warn: (diagnostic: Diagnostic) => void,
): Promise<LivePage | undefined> {
  try {
    const page = await serveReport(read);
    output.note(`follow it at ${page.url}`);
    output.document({ event: 'watch', url: page.url });
    return page;
  } catch (error) {
    warn(report('EBM5032', { reason: (error as Error).message }));
    return undefined;
  }
}
