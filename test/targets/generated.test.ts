/** The text of generated modules: one as a golden file, and all of them through the strict TypeScript compiler. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ts } from 'ts-morph';
import { expect, test } from 'vitest';
import { type OpName, ops } from '../../src/compiler/graph/ops/index.js';
import type { Program } from '../../src/compiler/graph/types.js';
import { emitTfjs, type TfjsOptions } from '../../src/compiler/targets/tfjs/emit.js';
import { opProgram } from './op-cases.js';
import { trainingProgram } from './training-program.js';

/** Fused operations are spelled out for tfjs, and leave arguments that nothing reads. */
const tfjsEnergies = Object.entries(opProgram.energies).filter(
  ([, { name }]) => ops[name as OpName].tfjs !== undefined,
);

const root = fileURLToPath(new URL('../..', import.meta.url));
const programs: readonly (readonly [string, Program, TfjsOptions])[] = [
  ['tiny', trainingProgram(), {}],
  ['tiny-checked', trainingProgram(), { checks: true }],
  ['operations', { ...opProgram, energies: Object.fromEntries(tfjsEnergies) }, {}],
];

test('the module of a small program', async () => {
  await expect(emitTfjs(trainingProgram()).files['model.ts']).toMatchFileSnapshot('golden/tiny.ts.golden');
});

test('generated modules pass strict TypeScript', () => {
  const texts = new Map<string, string>();
  for (const [folder, program, options] of programs) {
    for (const [name, text] of Object.entries(emitTfjs(program, options).files)) {
      texts.set(join(root, 'test/targets/generated', folder, name), text);
    }
  }
  const options: ts.CompilerOptions = {
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    lib: ['lib.es2023.d.ts', 'lib.dom.d.ts'],
    types: [],
    strict: true,
    noEmit: true,
    noUnusedLocals: true,
    noUnusedParameters: true,
    noUncheckedIndexedAccess: true,
    exactOptionalPropertyTypes: true,
    noImplicitOverride: true,
    skipLibCheck: true,
  };
  const host = ts.createCompilerHost(options);
  // The library files of the installed compiler.
  const lib = join(createRequire(import.meta.url).resolve('typescript'), '..');
  const folders = new Set([...texts.keys()].map((path) => join(path, '..')));
  const { readFile, fileExists, directoryExists } = host;
  host.readFile = (path) => texts.get(path) ?? readFile.call(host, path);
  host.fileExists = (path) => texts.has(path) || fileExists.call(host, path);
  host.directoryExists = (path) =>
    [...folders].some((folder) => folder.startsWith(path)) || (directoryExists?.call(host, path) ?? false);
  host.getDefaultLibLocation = () => lib;
  host.getSourceFile = (path, version) => {
    const text = texts.get(path) ?? (fileExists.call(host, path) ? readFileSync(path, 'utf8') : undefined);
    return text === undefined ? undefined : ts.createSourceFile(path, text, version);
  };
  const program = ts.createProgram([...texts.keys()], options, host);
  const faults = ts.getPreEmitDiagnostics(program).map((d) => {
    const before = d.file?.text.slice(0, d.start).split('\n') ?? [];
    const line = d.file?.text.split('\n')[before.length - 1]?.trim();
    return `${d.file?.fileName.replace(root, '')}:${before.length} ${line}: ${ts.flattenDiagnosticMessageText(d.messageText, '\n')}`;
  });
  expect(faults).toEqual([]);
}, 60_000);
