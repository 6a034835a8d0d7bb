/**
 * How long the compiler takes: `node bench/run.js compile`. The first call after the modules are loaded is what a command
 * waits for, so each file is compiled in a process of its own; best and median of ten calls after it are the code's.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { checkFile, compileModel, optimizeProgram } from '../src/compiler/index.js';
import { emitTfjs } from '../src/compiler/targets/tfjs/emit.js';
import type { Source } from '../src/grammar/source.js';
import { FileLibrary } from '../src/runtime/library.js';

const rounds = 10;
const self = fileURLToPath(import.meta.url);
const examples = join(self, '..', '..', '..', '..', 'examples');

/** Milliseconds of each stage. */
type Times = Readonly<Record<string, number>>;

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
  if (name === 'long') return longFile(2000);
  const path = join(examples, `${name}.ebm`);
  return { path, text: readFileSync(path, 'utf8') };
}

function measure(source: Source, onlyCheck: boolean): Times {
  const times: Record<string, number> = {};
  let last = performance.now();
  const start = last;
  const lap = <T>(stage: string, value: T): T => {
    const now = performance.now();
    times[stage] = now - last;
    last = now;
    return value;
  };
  const checked = lap('check', checkFile(source, new FileLibrary(source.path)));
  const fault = checked.diagnostics.find((d) => d.severity === 'error');
  if (fault) throw new Error(`${source.path}: ${fault.message}`);
  if (onlyCheck) return times;
  const [model, train] = [checked.models[0], checked.trains[0]];
  if (!model || !train) throw new Error(`${source.path} trains nothing`);
  const program = lap('lower', compileModel(model, train));
  const optimized = lap('optimize', optimizeProgram(program));
  lap('emit', emitTfjs(optimized));
  return { ...times, total: last - start };
}

function show(times: readonly Times[], pick: (values: readonly number[]) => number): string {
  return Object.keys(times[0] ?? {})
    .map((stage) => `${stage} ${pick(times.map((t) => t[stage] ?? Number.NaN)).toFixed(0)}`)
    .join(', ');
}

const best = (values: readonly number[]): number => Math.min(...values);
const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN;

const [, , , name] = process.argv;
if (name === undefined) {
  for (const file of ['simclr', 'vicreg', 'mae', 'long'])
    execFileSync(process.execPath, [self, 'compile', file], { stdio: 'inherit' });
} else {
  const source = sourceOf(name);
  const all: Times[] = [];
  // A new source each time: nothing about it is remembered.
  for (let i = 0; i <= rounds; i++) all.push(measure({ ...source }, name === 'long'));
  const [first, ...others] = all;
  const lines = source.text.split('\n').length;
  console.log(`${name}, ${lines} lines, ms`);
  console.log(`  first call: ${show(first ? [first] : [], best)}`);
  console.log(`  best of ${rounds}: ${show(others, best)}`);
  console.log(`  median of ${rounds}: ${show(others, median)}`);
}
