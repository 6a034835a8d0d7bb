/** The steps of setup; each works inside the folder that is being built and throws EBM6004 when its command fails. */
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { EbmcError, report } from '../../../diagnostics/index.js';
import { makeFolder } from '../../files/index.js';
import { type CommandOptions, runCommand } from '../command.js';
import {
  bindingVersion,
  manifestName,
  type NativeManifest,
  platformName,
  tensorflowVersion,
  tfjsNodePackage,
  tfjsNodeVersion,
} from '../native-folder.js';
import { withHostTensors } from './host-tensors.js';
import { withOwnMemory } from './own-memory.js';
import { withPlainSessions } from './plain-sessions.js';
import type { Wheel } from './platform.js';
import { quietModuleName, quietSource } from './quiet-stderr.js';
import type { Tools } from './tools.js';

const wheelFolder = 'wheel';
const bindingPath = (gpu: boolean) => join('node_modules', tfjsNodePackage(gpu), 'lib', 'napi-v8', 'tfjs_binding.node');
const libraries = ['libtensorflow_cc.so.2', 'libtensorflow_framework.so.2'];

export async function installTfjsNode(folder: string, gpu: boolean, tools: Tools): Promise<void> {
  writeFileSync(join(folder, 'package.json'), '{ "private": true }\n');
  const [program, ...before] = tools.npm;
  const quiet = ['--no-save', '--no-package-lock', '--no-audit', '--no-fund', '--loglevel=error'];
  const args = [
    'install',
    '--ignore-scripts',
    ...quiet,
    '--prefix',
    folder,
    `${tfjsNodePackage(gpu)}@${tfjsNodeVersion}`,
  ];
  // An npm that runs us (npm test, npx) passes its own settings down; --global and workspaces must not reach this install.
  const env = { npm_config_global: 'false', npm_config_workspaces: '', npm_config_dry_run: 'false' };
  await step('fetch tfjs-node with npm', program, [...before, ...args], { cwd: folder, env });
}

export async function downloadWheel(folder: string, wheel: Wheel, tools: Tools): Promise<string> {
  const to = join(folder, 'download');
  mkdirSync(to);
  const args = ['download', '--no-deps', ...wheel.tags, '--progress-bar', 'off', '--dest', to, wheel.requirement];
  await step("fetch TensorFlow's libraries with pip", tools.python, pip(args), { cwd: folder });
  const file = readdirSync(to).find((name) => name.endsWith('.whl'));
  if (file === undefined)
    throw failed("fetch TensorFlow's libraries with pip", 'pip download', 'no wheel was downloaded');
  return join(to, file);
}

/** Takes the two libraries and the C interface's headers out of the wheel; the rest of it (Python code) is not needed. */
export async function unpackWheel(folder: string, wheelFile: string, tools: Tools): Promise<void> {
  const headers = ['tensorflow/c/', 'tensorflow/core/platform/', 'tsl/', 'xla/tsl/'];
  const wanted = [
    ...headers.map((path) => `tensorflow/include/${path}`),
    ...libraries.map((name) => `tensorflow/${name}`),
  ];
  const script = `
import sys, zipfile
wheel, to, *wanted = sys.argv[1:]
with zipfile.ZipFile(wheel) as archive:
    for name in archive.namelist():
        if name.startswith(tuple(wanted)):
            archive.extract(name, to)
`;
  const args = ['-c', script, wheelFile, join(folder, wheelFolder), ...wanted];
  await step("unpack TensorFlow's libraries", tools.python, args, { cwd: folder });
}

/** The CUDA libraries that the wheel names under its extra \`and-cuda\`, laid beside tensorflow/ where it looks for them. */
export async function installCuda(folder: string, wheelFile: string, wheel: Wheel, tools: Tools): Promise<void> {
  const script = `
import sys, zipfile
with zipfile.ZipFile(sys.argv[1]) as archive:
    metadata = next(name for name in archive.namelist() if name.endswith('.dist-info/METADATA'))
    for line in archive.read(metadata).decode().splitlines():
        if line.startswith('Requires-Dist:') and 'and-cuda' in line:
            print(line.split(':', 1)[1].split(';')[0].strip())
`;
  const listed = await step('read what CUDA libraries TensorFlow needs', tools.python, ['-c', script, wheelFile]);
  const requirements = listed.trim().split('\n');
  const target = ['--target', join(folder, wheelFolder)];
  const args = [
    'install',
    '--no-deps',
    '--no-compile',
    ...target,
    ...wheel.tags,
    '--progress-bar',
    'off',
    ...requirements,
  ];
  await step('fetch the CUDA libraries with pip', tools.python, pip(args), { cwd: folder });
  linkForgotten(join(folder, wheelFolder, 'nvidia'));
}

/** TensorFlow 2.21 looks for the CUDA libraries in the folders beside it, but not in cuSOLVER's, and takes no GPU without that: a link where it looks. */
function linkForgotten(nvidia: string): void {
  const from = join(nvidia, 'cusolver', 'lib');
  const to = join(nvidia, 'cublas', 'lib');
  const forgotten = existsSync(from) ? readdirSync(from).filter((name) => name.startsWith('libcusolver.so.')) : [];
  for (const name of forgotten) symlinkSync(join('..', '..', 'cusolver', 'lib', name), join(to, name));
}

export async function compileBinding(folder: string, gpu: boolean, tools: Tools): Promise<void> {
  const source = join(folder, 'node_modules', tfjsNodePackage(gpu));
  const output = join(folder, bindingPath(gpu));
  makeFolder(dirname(output));
  const nodeApi = join(dirname(createRequire(import.meta.url).resolve('node-api-headers/package.json')), 'include');
  const tensorflow = join(folder, wheelFolder, 'tensorflow');
  const backend = join(source, 'binding', 'tfjs_backend_own_memory.cc');
  const text = withOwnMemory(readFileSync(join(source, 'binding', 'tfjs_backend.cc'), 'utf8'));
  writeFileSync(backend, withPlainSessions(gpu ? withHostTensors(text) : text));
  const args = [
    ...['-std=c++17', '-O2', '-fPIC', '-shared', '-DNAPI_VERSION=8'],
    ...[join(tensorflow, 'include'), nodeApi].map((path) => `-I${path}`),
    ...[backend, join(source, 'binding', 'tfjs_binding.cc'), `-I${join(source, 'binding')}`],
    ...['-o', output, `-L${tensorflow}`, ...libraries.map((name) => `-l:${name}`)],
    // From the binding's place up to the folder and down again, so that the folder can be renamed and moved.
    `-Wl,-rpath,$ORIGIN/../../../../../${wheelFolder}/tensorflow`,
  ];
  await step("compile tfjs-node's binding", tools.compiler, args, { cwd: folder });
  const quiet = join(folder, 'quiet_stderr.cc');
  writeFileSync(quiet, quietSource);
  const shared = ['-std=c++17', '-O2', '-fPIC', '-shared', '-DNAPI_VERSION=8', `-I${nodeApi}`];
  const undefinedLater = process.platform === 'darwin' ? ['-undefined', 'dynamic_lookup'] : [];
  const quietModule = join(folder, quietModuleName);
  await step('compile a helper', tools.compiler, [...shared, ...undefinedLater, quiet, '-o', quietModule], {
    cwd: folder,
  });
}

export function writeManifest(folder: string, gpu: boolean): void {
  const needed = [
    bindingPath(gpu),
    quietModuleName,
    ...libraries.map((name) => join(wheelFolder, 'tensorflow', name)),
    join('node_modules', tfjsNodePackage(gpu), 'dist', 'index.js'),
  ];
  const manifest: NativeManifest = {
    tensorflow: tensorflowVersion,
    tfjsNode: tfjsNodeVersion,
    binding: bindingVersion,
    gpu,
    platform: platformName(),
    files: Object.fromEntries(needed.map((path) => [path, statSync(join(folder, path)).size])),
  };
  rmSync(join(folder, 'download'), { recursive: true, force: true });
  writeFileSync(join(folder, manifestName), `${JSON.stringify(manifest, null, 2)}\n`);
}

function pip(args: readonly string[]): string[] {
  return ['-m', 'pip', '--disable-pip-version-check', '--no-input', ...args];
}

async function step(
  what: string,
  program: string,
  args: readonly string[],
  options: CommandOptions = {},
): Promise<string> {
  const result = await runCommand(program, args, options);
  if (result.status === 0) return result.stdout;
  const command = [program, ...args].map((arg) => (arg.includes('\n') ? '…' : arg)).join(' ');
  throw failed(what, command, result.tail || (result.signal ? `ended by ${result.signal}` : ''));
}

function failed(what: string, command: string, output: string): EbmcError {
  return new EbmcError([report('EBM6004', { step: what, command, output })]);
}
