/**
 * Makes docs/results.md: runs every comparison of examples/compare/ (what was computed before is not computed again) and puts its finding
 * under the first comment of its file. What is written by hand between `<!-- discussion NAME -->` and `<!-- end -->` stays.
 *
 *     npm run results              all
 *     npm run results -- transfer  some, with what the others have so far
 *     npm run results -- --write   none: the page alone, of what there is
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';

const page = 'docs/results.md';
const ebmc = 'bin/ebmc.js';
const all = readdirSync('examples/compare')
  .filter((name) => name.endsWith('.ebm'))
  .map((name) => name.replace(/\.ebm$/, ''));
const asked = process.argv.slice(2).filter((name) => name !== '--write');
const runsNone = process.argv.includes('--write');
for (const name of asked)
  if (!all.includes(name)) {
    console.error(`no comparison ${name} in examples/compare: there are ${all.join(', ')}`);
    process.exit(2);
  }

const folderOf = (name) => `runs/results/${name}`;
for (const name of runsNone ? [] : asked.length > 0 ? asked : all) {
  const { status } = spawnSync(
    process.execPath,
    [ebmc, 'compare', `examples/compare/${name}.ebm`, '--out', folderOf(name)],
    { stdio: ['inherit', 'inherit', 'inherit'] },
  );
  if (status !== 0) process.exit(status ?? 70);
}

const before = existsSync(page) ? readFileSync(page, 'utf8') : '';
const sections = all.flatMap((name) => {
  if (!existsSync(`${folderOf(name)}/comparison.json`)) return kept(name) ? [kept(name)] : [];
  const report = [ebmc, 'report', folderOf(name), '--format', 'brief', '--out', '-'];
  const finding = execFileSync(process.execPath, report, { encoding: 'utf8' });
  return [`${headOf(name)}\n\n${finding.trim()}\n\n${discussion(name)}\n`];
});

const { versions } = JSON.parse(readFileSync(`${folderOf(all.find(hasRun))}/comparison.json`, 'utf8'));
const text = `# Results of the project's own

Made by \`npm run results\` from the files in [examples/compare](../examples/compare): every figure is a mean over seeds, measured by one evaluation for all,
beside an untrained encoder, a supervised one of the same budget, and the raw input; the last columns are the seconds of a run, on a machine that other
programs used too ([performance.md](performance.md#what-evaluation-takes-beside-training) has quieter ones). The budgets are small (minutes on two cores), so this says which
objective gets far in little time on small pictures, not which is best in the end.
Last made with ${Object.entries(versions)
  .map(([what, version]) => `${what} ${version}`)
  .join(', ')}.

${sections.join('\n')}`;
writeFileSync(`${page}.part`, text);
renameSync(`${page}.part`, page);
console.log(`Wrote ${page}`);

function hasRun(name) {
  return existsSync(`${folderOf(name)}/comparison.json`);
}

/** The question of the file, as a heading, and what follows it. */
function headOf(name) {
  const lines = readFileSync(`examples/compare/${name}.ebm`, 'utf8').split('\n');
  const comment = lines
    .slice(
      0,
      lines.findIndex((line) => !line.startsWith('//')),
    )
    .map((line) => line.slice(3))
    .join(' ');
  const [, question, rest] = /^(.*?\?)\s*(.*)$/.exec(comment) ?? [undefined, name, comment];
  return `## ${question}\n\n${rest}`;
}

function discussion(name) {
  const found = new RegExp(`<!-- discussion ${name} -->[\\s\\S]*?<!-- end -->`).exec(before);
  return found ? found[0] : `<!-- discussion ${name} -->\n<!-- end -->`;
}

/** The section that is there already, of a comparison that was not run on this machine. */
function kept(name) {
  const start = before.indexOf(headOf(name).split('\n')[0]);
  const mark = `<!-- discussion ${name} -->`;
  const end = before.indexOf('<!-- end -->', before.indexOf(mark));
  return start < 0 || end < 0 ? undefined : `${before.slice(start, end)}<!-- end -->\n`;
}
