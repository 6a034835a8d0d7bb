/** Tries a backend in a child process, so that a library that crashes takes nothing down with it. */
import { fileURLToPath } from 'node:url';
import type { BackendName } from './backend.js';
import { runCommand } from './command.js';

/** What the child process says. */
export interface Worked {
  readonly milliseconds: number;
  /** Whether it computed on a GPU. */
  readonly gpu: boolean;
}

export type Trial =
  | { readonly works: true; readonly gpu: boolean }
  | { readonly works: false; readonly why: string; readonly output: string };

export async function tryBackend(name: BackendName, env: Readonly<Record<string, string>> = {}): Promise<Trial> {
  const child = fileURLToPath(new URL('./matmul-child.js', import.meta.url));
  const result = await runCommand(process.execPath, [child, name], { env, timeoutMs: 120_000 });
  if (result.status === 0) return { works: true, gpu: (JSON.parse(result.stdout) as Worked).gpu };
  const why = result.signal ? `it was ended by ${result.signal}` : 'it failed when it multiplied two matrices';
  return { works: false, why, output: result.tail };
}
