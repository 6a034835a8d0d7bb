/** Finds the programs that setup needs, or says which package brings the missing one. */
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { EbmcError, report } from '../../../diagnostics/index.js';
import { runCommand } from '../command.js';

export interface Tools {
  readonly npm: readonly [string, ...string[]];
  readonly python: string;
  readonly compiler: string;
}

export async function findTools(wantedPython: string | undefined): Promise<Tools> {
  const [npm, python, compiler] = await Promise.allSettled([findNpm(), findPython(wantedPython), findCompiler()]);
  const missing = [npm, python, compiler].flatMap((found) => (found.status === 'rejected' ? [found.reason] : []));
  const faults = missing.filter((reason) => reason instanceof EbmcError);
  if (faults.length > 0) throw new EbmcError(faults.flatMap((fault) => fault.diagnostics));
  if (npm.status !== 'fulfilled' || python.status !== 'fulfilled' || compiler.status !== 'fulfilled') throw missing[0];
  return { npm: npm.value, python: python.value, compiler: compiler.value };
}

/** What setup would ask for on this machine: a line and the command that brings it. */
export async function missingTools(): Promise<readonly { message: string; remedy: string }[]> {
  try {
    await findTools(undefined);
    return [];
  } catch (error) {
    if (!(error instanceof EbmcError)) throw error;
    return error.diagnostics.map(({ message, help }) => ({ message, remedy: help[0] ?? '' }));
  }
}

async function findNpm(): Promise<[string, ...string[]]> {
  const script = process.env['npm_execpath'];
  if (script?.endsWith('npm-cli.js') && existsSync(script)) return [process.execPath, script];
  if ((await runCommand('npm', ['--version'])).status === 0) return ['npm'];
  throw missingTool('npm', 'to fetch the tfjs-node package', install('npm'));
}

async function findPython(wanted: string | undefined): Promise<string> {
  const chosen = wanted ?? process.env['EBMC_PYTHON'];
  const candidates = chosen ? [chosen] : ['python3', 'python'];
  let withoutPip: string | undefined;
  for (const python of candidates) {
    const version = await runCommand(python, ['-c', 'import sys, zipfile; assert sys.version_info >= (3, 7)']);
    if (version.status !== 0) continue;
    if ((await runCommand(python, ['-m', 'pip', '--version'])).status === 0) return python;
    withoutPip = python;
  }
  if (withoutPip) throw missingTool(`pip for ${withoutPip}`, "to fetch TensorFlow's libraries", install('python3-pip'));
  const which = chosen ? ` (${chosen} is not one)` : '';
  throw missingTool(
    `Python 3.7 or later${which}`,
    "to fetch TensorFlow's libraries",
    install('python3', 'python3-pip'),
  );
}

async function findCompiler(): Promise<string> {
  const chosen = process.env['CXX'];
  for (const compiler of chosen ? [chosen] : ['g++', 'clang++', 'c++']) {
    if ((await runCommand(compiler, ['--version'])).status === 0) return compiler;
  }
  const which = chosen ? ` (CXX is ${chosen}, which does not run)` : '';
  throw missingTool(`a C++17 compiler${which}`, "to build tfjs-node's binding", install('g++'));
}

function missingTool(tool: string, purpose: string, remedy: string): EbmcError {
  return new EbmcError([report('EBM6003', { tool, purpose, remedy })]);
}

/** The command of this system's package manager; Debian's names are the keys. */
function install(...names: string[]): string {
  const managers: readonly [string, string, Readonly<Record<string, string>>][] = [
    ['apt-get', 'apt-get install', {}],
    ['dnf', 'dnf install', { 'g++': 'gcc-c++' }],
    ['zypper', 'zypper install', { 'g++': 'gcc-c++' }],
    ['pacman', 'pacman -S', { 'g++': 'gcc', python3: 'python', 'python3-pip': 'python-pip' }],
  ];
  const found = managers.find(([program]) => onPath(program)) ?? managers[0]!;
  const [, command, renamed] = found;
  return `${command} ${names.map((name) => renamed[name] ?? name).join(' ')}`;
}

function onPath(program: string): boolean {
  return (process.env['PATH'] ?? '')
    .split(delimiter)
    .some((folder) => folder !== '' && existsSync(join(folder, program)));
}
