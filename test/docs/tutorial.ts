/** The tutorial as programs and transcripts: blocks that begin with `// NAME.ebm` are files, lines that begin with `$ ` in console blocks are commands. */
import { mkdtempSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { binary, run } from '../cli/run.js';

export const tutorialFile = fileURLToPath(new URL('../../docs/tutorial.md', import.meta.url));

export interface Command {
  readonly line: string;
  /** What the tutorial says that it prints. */
  readonly said: string;
}

export interface Tutorial {
  readonly text: string;
  readonly programs: Readonly<Record<string, string>>;
  readonly commands: readonly Command[];
}

export function readTutorial(): Tutorial {
  const text = readFileSync(tutorialFile, 'utf8');
  const programs: Record<string, string> = {};
  for (const [, program] of text.matchAll(/^```ebm\n(.*?)^```$/gms)) {
    const name = /^\/\/ (\w+\.ebm)$/m.exec(program!)?.[1];
    if (name === undefined) throw new Error(`no file name in\n${program}`);
    programs[name] = program!;
  }
  const commands = [...text.matchAll(consoleBlock)].flatMap(([, block]) => commandsOf(block!));
  return { text, programs, commands };
}

const consoleBlock = /^```console\n(.*?)^```$/gms;

function commandsOf(block: string): readonly Command[] {
  return block
    .split(/^(?=\$ )/m)
    .map((part) => ({ line: part.slice(2, part.indexOf('\n')), said: part.slice(part.indexOf('\n') + 1) }));
}

/** The tutorial with what each command prints now. */
export async function rewritten({ text }: Tutorial, print: (command: Command) => Promise<string>): Promise<string> {
  let result = '';
  let at = 0;
  for (const match of text.matchAll(consoleBlock)) {
    result += text.slice(at, match.index);
    at = match.index + match[0].length;
    const parts: string[] = [];
    for (const command of commandsOf(match[1]!)) parts.push(`$ ${command.line}\n${await print(command)}`);
    result += `\`\`\`console\n${parts.join('')}\`\`\``;
  }
  return result + text.slice(at);
}

export interface TutorialFolder {
  readonly path: string;
  /** What a command line prints there, where `ebmc` is the one that is tested. */
  run(line: string): Promise<string>;
}

/** A folder with the programs. */
export function tutorialFolder({ programs }: Tutorial): TutorialFolder {
  const cwd = mkdtempSync(join(tmpdir(), 'ebmc-tutorial-'));
  const bin = mkdtempSync(join(tmpdir(), 'ebmc-bin-'));
  symlinkSync(binary, join(bin, 'ebmc'));
  for (const [name, program] of Object.entries(programs)) writeFileSync(join(cwd, name), program);
  const env = { PATH: `${bin}:${process.env['PATH']}` };
  const line = async (text: string): Promise<string> => {
    const { stdout } = await run('sh', ['-c', `{ ${text}\n} 2>&1`], { cwd, env });
    return trimmed(stdout);
  };
  return { path: cwd, run: line };
}

/** With one line's end at its end. */
export function trimmed(text: string): string {
  return text === '' ? '' : `${text.trimEnd()}\n`;
}
