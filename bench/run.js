// Runs a benchmark written in TypeScript, transpiled as it is: node bench/run.js step wasm tensorflow
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { assemble } from '../scripts/assemble.js';

const root = fileURLToPath(new URL('..', import.meta.url));
const out = join(root, '.native', 'bench');
const compilerOptions = { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext };

rmSync(out, { recursive: true, force: true });
for (const folder of ['src', 'bench']) {
  for (const file of readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })) {
    if (!file.endsWith('.ts')) continue;
    const target = join(out, folder, file.replace(/\.ts$/, '.js'));
    mkdirSync(dirname(target), { recursive: true });
    const text = readFileSync(join(root, folder, file), 'utf8');
    writeFileSync(target, ts.transpileModule(text, { compilerOptions }).outputText);
  }
}
await assemble(join(out, 'src'));
cpSync(join(root, 'std'), join(out, 'std'), { recursive: true });
cpSync(join(root, 'bench', 'models'), join(out, 'bench', 'models'), { recursive: true });
process.env['EBMC_ROOT'] = root;

const [name = 'step'] = process.argv.slice(2);
await import(join(out, 'bench', `${name}.js`));
