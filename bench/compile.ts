/**
 * How long the compiler takes: `node bench/run.js compile` for every example and a file of 2,000 lines, `… compile gpt mae long` for some.
 * A row is a file, checked, compiled for tfjs and described by its canonical form in a process of its own, the first call after the
 * modules are loaded: what a command waits for beside its start. Milliseconds, the best and the median of three processes;
 * CLOCK=cpu counts this thread's processor time instead, which other work on the machine disturbs less (Linux).
 */
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import Table from 'cli-table3';
import '../src/cli/engine.js';
import { canonicalModel, printCanonicalModel } from '../src/compiler/canonical/index.js';
import { checkFile, compileModel, optimizeProgram } from '../src/compiler/index.js';
import { emitTfjs } from '../src/compiler/targets/tfjs/emit.js';
import type { Source } from '../src/grammar/source.js';
import { FileLibrary } from '../src/runtime/library.js';

/** Milliseconds: by the clock, or of this thread's work as Linux counts it. */
const clock =
  process.env['CLOCK'] === 'cpu'
    ? (): number => Number(readFileSync(`/proc/self/task/${process.pid}/schedstat`, 'utf8').split(' ')[0]) / 1e6
    : (): number => performance.now();
const processes = Number(process.env['ROUNDS'] ?? 3);
const self = fileURLToPath(import.meta.url);
const examples = join(process.env['EBMC_ROOT'] ?? process.cwd(), 'examples');
/** The name of the generated file among those of examples. */
const long = 'long';

const stages = ['check', 'lower', 'optimize', 'emit', 'canonical'] as const;
/** Milliseconds of each stage. */
type Times = Record<(typeof stages)[number], number>;

/** A file of about `lines` lines: models with a network and an energy of their own, and functions that all could use. */
function longFile(lines: number): Source {
  const text = ['use std.layers { linear }', 'use std.regularizers { nt_xent }', ''];
  for (let i = 1; text.length < lines; i++) {
    text.push(
      `// The ${i}th of many.`,
      `fn shift_${i}(x: [d], by = ${i}) -> [d] {`,
      `  let y = x * 2 + by`,
      `  let z = relu(y) - mean(y)`,
      `  z / (1 + sum(z * z))`,
      `}`,
      ``,
      `fn compare_${i}(u: [d], v: [d]) {`,
      `  let a = shift_${i}(u)`,
      `  let b = shift_${i}(v, by: 3)`,
      `  sum(square(a - b))`,
      `}`,
      ``,
      `net tower_${i}(width: int)(x: [d]) -> [width] {`,
      `  x |> linear(width) |> relu |> linear(width)`,
      `}`,
      ``,
    );
    if (i % 10 > 0) continue;
    text.push(
      `model M${i} {`,
      `  data x: [8]`,
      `  view a, b of x = shift_${i}`,
      `  encoder f = tower_${i}(width: 16)`,
      `  energy E(u, v) = compare_${i}(f(u), f(v))`,
      `  minimize { contrast: nt_xent(E, a, b, 0.5) }`,
      `  representation f(x)`,
      `}`,
      ``,
    );
  }
  return { path: 'long.ebm', text: text.join('\n') };
}

function sourceOf(name: string): Source {
  if (name === long) return longFile(2000);
  const path = join(examples, `${name}.ebm`);
  return { path, text: readFileSync(path, 'utf8') };
}

/** The times of one file here, in this process. Models that no `train` names are only checked. */
function measure(source: Source): Times {
  const times: Times = { check: 0, lower: 0, optimize: 0, emit: 0, canonical: 0 };
  const timed = <T>(stage: keyof Times, work: () => T): T => {
    const start = clock();
    const value = work();
    times[stage] += clock() - start;
    return value;
  };
  const checked = timed('check', () => checkFile(source, new FileLibrary(source.path)));
  const fault = checked.diagnostics.find((d) => d.severity === 'error');
  if (fault) throw new Error(`${source.path}: ${fault.message}`);
  for (const train of checked.trains) {
    const model = checked.models.find(({ name }) => name === train.model);
    if (!model) throw new Error(`${source.path} has no model ${train.model}`);
    const program = timed('lower', () => compileModel(model, train));
    const optimized = timed('optimize', () => optimizeProgram(program));
    timed('emit', () => emitTfjs(optimized));
  }
  for (const model of checked.models) timed('canonical', () => printCanonicalModel(canonicalModel(model)));
  return times;
}

const best = (values: readonly number[]): number => Math.min(...values);
const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN;

const compiling = ({ lower, optimize, emit }: Times): number => lower + optimize + emit;

function row(name: string): string[] {
  const all = Array.from({ length: processes }, () => {
    const printed = execFileSync(process.execPath, [self, 'compile', '--one', name], { encoding: 'utf8' });
    return JSON.parse(printed) as Times;
  });
  const both = (pick: (times: Times) => number): string => {
    const values = all.map(pick);
    return `${best(values).toFixed(0)} / ${median(values).toFixed(0)}`;
  };
  return [
    name,
    ...[both((t) => t.check), both(compiling), both((t) => t.check + compiling(t)), both((t) => t.canonical)],
    ...(['lower', 'optimize', 'emit'] as const).map((stage) => best(all.map((t) => t[stage])).toFixed(0)),
  ];
}

const [mode, ...names] = process.argv.slice(3);
if (mode === '--one') {
  process.stdout.write(JSON.stringify(measure(sourceOf(names[0]!))));
} else {
  const known = readdirSync(examples).flatMap((file) => (file.endsWith('.ebm') ? [file.slice(0, -'.ebm'.length)] : []));
  const head = ['ms, best / median', 'check', 'compile', 'check + compile', 'canonical', 'lower', 'optimize', 'emit'];
  const table = new Table({
    head,
    colAligns: head.map((_, k) => (k === 0 ? 'left' : 'right')),
    style: { head: [], border: [] },
  });
  for (const name of mode === undefined ? [...known, long] : [mode, ...names]) table.push(row(name));
  console.log(
    `${cpus()[0]?.model.trim()}, ${cpus().length} threads, load ${loadavg()[0]?.toFixed(1)}, Node ${process.version}`,
  );
  console.log(table.toString());
}
