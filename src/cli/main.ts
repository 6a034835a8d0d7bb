/** The process around the commands: broken pipes, faults of our own, and the exit status. */
import { lastWords } from './output.js';
import { statuses } from './statuses.js';

for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    // The reader went away (`ebmc … | head`): nothing is left to say.
    if (error.code === 'EPIPE') process.exit(statuses.ok);
    reportFault(error);
  });
}
process.on('uncaughtException', reportFault);
process.on('unhandledRejection', reportFault);

try {
  const { runProgram } = await import('./program.js');
  process.exitCode = await runProgram(process.argv.slice(2));
} catch (error) {
  reportFault(error);
}

function reportFault(error: unknown): never {
  const message = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  const debug = process.env['EBMC_DEBUG'] === '1';
  lastWords(
    [
      `ebmc: this is a fault of ebmc, not of your program: ${message}`,
      ...(debug && error instanceof Error ? [error.stack ?? ''] : []),
      `Please report it with the command line, the program${debug ? '' : ' and what EBMC_DEBUG=1 prints'}.`,
    ].join('\n'),
  );
  process.exit(statuses.fault);
}
