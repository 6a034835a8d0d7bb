/** Which wheels of TensorFlow fit this machine. */
import { EbmcError, report } from '../../../diagnostics/index.js';
import { platformName, tensorflowVersion } from '../native-folder.js';

export interface Wheel {
  readonly requirement: string;
  /** pip's options that ask for the wheel of this machine, whichever Python runs pip: only its libraries are used. */
  readonly tags: readonly string[];
  readonly megabytes: number;
}

const oldestGlibc = 27;

export function wheelFor(gpu: boolean): Wheel {
  const arch = { x64: 'x86_64', arm64: 'aarch64' }[process.arch as string];
  if (process.platform !== 'linux' || arch === undefined) throw unsupported(platformName());
  const glibc = glibcVersion();
  if (glibc === undefined) throw unsupported(`${platformName()} without glibc`);
  if (glibc < oldestGlibc)
    throw unsupported(`${platformName()} with glibc 2.${glibc} (2.${oldestGlibc} or later is needed)`);
  if (gpu && arch !== 'x86_64') throw unsupported(`${platformName()} with --gpu`);
  const platforms = [`manylinux_2_${oldestGlibc}_${arch}`, `manylinux_2_17_${arch}`, `manylinux2014_${arch}`];
  return {
    // On arm64 the plain package is the one without CUDA.
    requirement: `${gpu || arch === 'aarch64' ? 'tensorflow' : 'tensorflow-cpu'}==${tensorflowVersion}`,
    tags: [
      '--only-binary=:all:',
      ...['--python-version', '3.11', '--implementation', 'cp', '--abi', 'cp311'],
      ...platforms.flatMap((tag) => ['--platform', tag]),
    ],
    megabytes: gpu ? 600 : 270,
  };
}

/** The 36 of glibc 2.36; undefined with another C library. */
function glibcVersion(): number | undefined {
  const { header } = process.report.getReport() as { header?: { glibcVersionRuntime?: string } };
  const minor = header?.glibcVersionRuntime?.split('.')[1];
  return minor === undefined ? undefined : Number(minor);
}

function unsupported(platform: string): EbmcError {
  return new EbmcError([report('EBM6005', { platform })]);
}
