// Opens the data set `text` of the folder `folder`, reads its first examples, and prints what came of it and the most memory that it took: `open-in-child.js FOLDER TEXT`.
import { readFileSync } from 'node:fs';
import { checkFile } from '../../../dist/compiler/index.js';
import { openDataset } from '../../../dist/runtime/data/index.js';

const [, , folder, text] = process.argv;
const library = { list: () => [], find: () => undefined };
const { datasets, diagnostics } = checkFile({ path: 'd.ebm', text }, library);
const told = diagnostics.map(({ code, message }) => `${code} ${message}`);
const warn = ({ code, message, notes = [] }) => told.push(`${code} ${message}`, ...notes);
let size;
let at = 'opening';
// What the process takes before there is any data.
const before = peak();
try {
  const data = await openDataset(datasets[0], { baseDirectory: folder, strict: false, warn });
  size = data.size('train');
  at = 'reading';
  await data.read('train', [...Array(Math.min(8, size)).keys()]);
  at = 'done';
} catch (error) {
  if (error.diagnostics) for (const diagnostic of error.diagnostics) warn(diagnostic);
  else told.push(`not a diagnostic: ${error.stack}`);
}
process.stdout.write(JSON.stringify({ at, size, told, megabytes: Math.round(peak() - before) }));
process.exit(0);

/** MB; Linux tells the peak of this program, where `maxRSS` may be that of the one that started it. */
function peak() {
  try {
    return Number(/VmHWM:\s*(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))[1]) / 1024;
  } catch {
    return process.resourceUsage().maxRSS / 1024;
  }
}
