/** Translates the WebAssembly texts of src/ (.wat) into dist/, each where its module looks for it. */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import wabt from 'wabt';

const root = fileURLToPath(new URL('..', import.meta.url));

/** `to` is the folder that mirrors src/. */
export async function assemble(to = join(root, 'dist')) {
  const { parseWat } = await wabt();
  for (const file of readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })) {
    if (!file.endsWith('.wat')) continue;
    const target = join(to, file.replace(/\.wat$/, '.wasm'));
    const text = parseWat(file, readFileSync(join(root, 'src', file), 'utf8'), { simd: true });
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, text.toBinary({}).buffer);
    text.destroy();
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await assemble();
