/** `ebmc setup`: builds the native TensorFlow backend from packages of npm and PyPI, in a folder that is renamed when it works. */
import { rmSync } from 'node:fs';
import { type Diagnostic, EbmcError, report } from '../../../diagnostics/index.js';
import { bindingVersion, inspectNative, nativeFolder, tensorflowVersion, tfjsNodeVersion } from '../native-folder.js';
import { type Trial, tryBackend } from '../try-backend.js';
import { exchange, makeBuildFolder } from './folder.js';
import { wheelFor } from './platform.js';
import { compileBinding, downloadWheel, installCuda, installTfjsNode, unpackWheel, writeManifest } from './steps.js';
import { findTools } from './tools.js';

export interface SetupOptions {
  readonly gpu: boolean;
  readonly python: string | undefined;
  /** Builds even where a working one is there. */
  readonly force: boolean;
  /** Told one line a step. */
  say(line: string): void;
}

export interface SetupResult {
  readonly folder: string;
  /** False where a working one was there already. */
  readonly built: boolean;
  readonly warnings: readonly Diagnostic[];
}

export async function setupNative(options: SetupOptions): Promise<SetupResult> {
  const target = nativeFolder(options.gpu);
  const wheel = wheelFor(options.gpu);
  if (!options.force && (await isHealthy(target, options.gpu))) return { folder: target, built: false, warnings: [] };
  const tools = await findTools(options.python);
  const folder = makeBuildFolder(target, options.gpu ? 8192 : 1536);
  const remove = () => rmSync(folder, { recursive: true, force: true });
  const stop = () => {
    remove();
    process.exit(130);
  };
  process.once('SIGINT', stop).once('SIGTERM', stop);
  try {
    options.say(
      `fetching tfjs-node ${tfjsNodeVersion} and TensorFlow ${tensorflowVersion} (about ${wheel.megabytes} MB)`,
    );
    const [npm, pip] = await Promise.allSettled([
      installTfjsNode(folder, options.gpu, tools),
      downloadWheel(folder, wheel, tools),
    ]);
    if (npm.status === 'rejected') throw npm.reason;
    if (pip.status === 'rejected') throw pip.reason;
    options.say('unpacking');
    await unpackWheel(folder, pip.value, tools);
    if (options.gpu) {
      options.say('fetching the CUDA libraries (about 2500 MB)');
      await installCuda(folder, pip.value, wheel, tools);
    }
    options.say(`compiling the binding with ${tools.compiler}`);
    await compileBinding(folder, options.gpu, tools);
    options.say('checking it');
    writeManifest(folder, options.gpu);
    const trial = await tryFolder(folder);
    if (!trial.works) throw new EbmcError([report('EBM6007', { why: trial.why, output: trial.output })]);
    exchange(folder, target);
    return { folder: target, built: true, warnings: options.gpu && !trial.gpu ? [report('EBM6013', {})] : [] };
  } finally {
    process.off('SIGINT', stop).off('SIGTERM', stop);
    remove();
  }
}

async function isHealthy(folder: string, gpu: boolean): Promise<boolean> {
  const native = inspectNative(folder);
  if (native.state !== 'ready') return false;
  const { manifest } = native;
  const versions = manifest.tensorflow === tensorflowVersion && manifest.tfjsNode === tfjsNodeVersion;
  const current = versions && manifest.binding === bindingVersion;
  return current && manifest.gpu === gpu && (await tryFolder(folder)).works;
}

function tryFolder(folder: string): Promise<Trial> {
  return tryBackend('tensorflow', { EBMC_NATIVE_DIR: folder });
}
