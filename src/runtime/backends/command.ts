/** Runs another program and keeps the last lines of what it says. */
import { spawn } from 'node:child_process';

export interface CommandResult {
  /** undefined when the program was not found or was ended by a signal. */
  readonly status: number | undefined;
  readonly signal: string | undefined;
  readonly missing: boolean;
  readonly stdout: string;
  /** The last lines of stdout and stderr together. */
  readonly tail: string;
}

export interface CommandOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly timeoutMs?: number;
}

const tailLength = 2000;

export function runCommand(
  program: string,
  args: readonly string[],
  options: CommandOptions = {},
): Promise<CommandResult> {
  return new Promise((resolve) => {
    const child = spawn(program, args, {
      cwd: options.cwd,
      env: { ...process.env, ...options.env },
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: options.timeoutMs,
    });
    let stdout = '';
    let both = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
      both = (both + text).slice(-tailLength);
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      both = (both + text).slice(-tailLength);
    });
    const tail = () => both.trim().split('\n').slice(-12).join('\n');
    child.on('error', (error: NodeJS.ErrnoException) => {
      resolve({ status: undefined, signal: undefined, missing: error.code === 'ENOENT', stdout, tail: error.message });
    });
    child.on('close', (status, signal) => {
      resolve({ status: status ?? undefined, signal: signal ?? undefined, missing: false, stdout, tail: tail() });
    });
  });
}
