import { nativeFolder, setupNative } from '../../runtime/backends/index.js';
import type { CommandEntry } from '../command.js';
import { statuses } from '../statuses.js';

export const setupCommand: CommandEntry = {
  name: 'setup',
  summary: "Build the native backend from TensorFlow's Python package and tfjs-node (under a minute).",
  examples: [
    ['ebmc setup', 'build it, or say that it is there'],
    ['ebmc setup --gpu', 'the one for NVIDIA graphics cards'],
    ['ebmc setup --force', 'build it again'],
  ],
  define(command) {
    command
      .option('--gpu', 'with CUDA, for NVIDIA graphics cards (about 3 GB)')
      .option('--python <path>', 'the Python whose pip fetches TensorFlow (default: python3)')
      .option('--force', 'build even where a working one is there');
  },
  async run({ options, output }) {
    const { bold, green, dim } = output.paint;
    const gpu = options.flag('gpu');
    const start = performance.now();
    const seconds = () => (performance.now() - start) / 1000;
    output.line(`The native backend goes into ${nativeFolder(gpu)}`);
    const result = await setupNative({
      gpu,
      python: options.text('python'),
      force: options.flag('force'),
      say: (line) => output.line(`${dim(`${seconds().toFixed(0).padStart(4)} s`)}  ${line}`),
    });
    output.document({ ok: true, ...result, seconds: Number(seconds().toFixed(1)) });
    output.line(
      result.built
        ? `${green('Done')} in ${seconds().toFixed(0)} s: ${bold('--backend auto')} now takes it.`
        : `${green('Nothing to do')}: it is there and works.`,
    );
    return statuses.ok;
  },
};
