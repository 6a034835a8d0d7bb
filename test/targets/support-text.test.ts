import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const folder = new URL('../../src/compiler/targets/tfjs/support/', import.meta.url);

/** The support files one behind the other, with what they import at the top. */
function joinSupport(): string {
  const files = readdirSync(folder)
    .filter((name) => name.endsWith('.ts'))
    .sort();
  const bodies = files.map((name) => readFileSync(new URL(name, folder), 'utf8').replace(/^import .*\n+/gm, ''));
  const header = `/**\n * What the generated model is built from beside tfjs itself. Copied by ebmc; the same for every model.\n */`;
  return `${header}\nimport * as tf from '@tensorflow/tfjs-core';\n\n${bodies.join('\n')}`;
}

// The compiler also runs where there are no files, so it holds their text. `npm run test:update` brings it up to date.
test('the compiler holds the support files as they are', async () => {
  const literal = joinSupport().replaceAll('\\', '\\\\').replaceAll('`', '\\`').replaceAll('${', '\\${');
  const module =
    '/** The text of `support.ts`: the files of `support/`. Made by test/targets/support-text.test.ts. */\n' +
    `export const supportText = \`${literal}\`;\n`;
  await expect(module).toMatchFileSnapshot('../../src/compiler/targets/tfjs/support-text.ts');
});
