import { nativeFolder, setupNative } from '../../runtime/backends/index.js';
import type { CommandCall } from '../command.js';
import { describeDiagnostic } from '../output.js';
import type { Status } from '../statuses.js';
import { statuses } from '../statuses.js';

export async function runSetup({ options, output }: CommandCall): Promise<Status> {
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
  output.diagnostics(result.warnings);
  output.document({
    ok: true,
    ...result,
    warnings: result.warnings.map(describeDiagnostic),
    seconds: Number(seconds().toFixed(1)),
  });
  output.line(
    result.built
      ? `${green('Done')} in ${seconds().toFixed(0)} s: ${bold('--backend auto')} now takes it.`
      : `${green('Nothing to do')}: it is there and works.`,
  );
  return statuses.ok;
}
