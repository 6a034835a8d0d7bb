/** The binding's source as `ebmc setup` compiles it: no memory of JavaScript's in TensorFlow's hands, sessions that run graphs as they are. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { withOwnMemory } from '../../src/runtime/backends/setup/own-memory.js';
import { withPlainSessions } from '../../src/runtime/backends/setup/plain-sessions.js';

const native = process.env['EBMC_NATIVE'];
const source = native ? join(native, 'node_modules/@tensorflow/tfjs-node/binding/tfjs_backend.cc') : '';

test.skipIf(!existsSync(source))("tfjs-node's source is edited in every place", () => {
  const before = readFileSync(source, 'utf8');
  expect(before).toContain('byte_size, DeallocTensor, auto_ref');
  const after = withOwnMemory(before);
  expect(after).not.toMatch(/TF_NewTensor\(/);
  expect(after).not.toContain('new NapiAutoRef');
  expect(after).toContain('memcpy(TF_TensorData(tensor.tensor), array_data, byte_size)');
});

test.skipIf(!existsSync(source))('sessions are told to run graphs as they are, once', () => {
  const after = withPlainSessions(withOwnMemory(readFileSync(source, 'utf8')));
  expect(after.match(/TF_SetConfig\(session_options, config, sizeof\(config\)/g)).toHaveLength(1);
  expect(after.indexOf('TF_SetConfig')).toBeLessThan(after.indexOf('TF_LoadSessionFromSavedModel('));
});

test('another source is refused, not compiled as it is', () => {
  expect(() => withOwnMemory('int main() { return 0; }')).toThrow('is not the one that this version of ebmc builds');
  expect(() => withPlainSessions('int main() { return 0; }')).toThrow(
    'is not the one that this version of ebmc builds',
  );
});
