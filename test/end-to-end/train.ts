/** Trains an example with the command line and reads its table. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));

export interface Row {
  readonly representation: string;
  readonly knn: number;
  /** Accuracy of the linear probe with all labels. */
  readonly linear: number;
}

/** `change` edits the text of `examples/NAME.ebm` before it is trained. */
export function trainExample(
  name: string,
  change: (text: string) => string,
  args: readonly string[],
): Record<string, Row> {
  const folder = mkdtempSync(join(tmpdir(), 'ebmc-test-'));
  const file = join(folder, `${name}.ebm`);
  writeFileSync(file, change(readFileSync(join(root, 'examples', `${name}.ebm`), 'utf8')));
  const command = ['bin/ebmc.js', 'train', file, '--out', join(folder, 'run'), '--json', ...args];
  const text = execFileSync(process.execPath, command, {
    cwd: root,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  // One JSON document a line; the last is the result.
  return readTable(JSON.parse(text.trimEnd().split('\n').at(-1)!));
}

interface Table {
  readonly rows: readonly { name: string; knn: number; linear: readonly { labels: number; accuracy: number }[] }[];
}

function readTable(parsed: { evaluation?: Table } & Partial<Table>): Record<string, Row> {
  const rows = parsed.evaluation?.rows ?? parsed.rows;
  if (!rows) throw new Error(`no table in ${JSON.stringify(parsed).slice(0, 200)}`);
  return Object.fromEntries(
    rows.map(({ name, knn, linear }) => [name, { representation: name, knn, linear: linear.at(-1)!.accuracy }]),
  );
}
