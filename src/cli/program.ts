/** Builds commander's program from the table of commands, and runs it. */
import { Command, CommanderError } from 'commander';
import { EbmcError } from '../diagnostics/index.js';
import { type CommandEntry, OptionValues } from './command.js';
import { commands } from './commands/index.js';
import { describeDiagnostic, Output } from './output.js';
import { type Status, statuses } from './statuses.js';
import { packageVersion } from './version.js';

const about = `Compiles and trains energy-based self-supervised models written as .ebm files.`;

const firstSteps = `
First steps:
  $ ebmc init                    write a small commented program
  $ ebmc train simclr.ebm        train and measure it

Exit statuses: 0 done, 1 a mistake in the program, data or machine, 2 wrong use of the command, 70 a fault of ebmc.`;

export async function runProgram(argv: readonly string[]): Promise<Status> {
  const outcome: { status: Status } = { status: statuses.ok };
  const program = buildProgram((status) => {
    outcome.status = status;
  });
  try {
    await program.parseAsync(argv, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    // Commander has printed its own faults already.
    if (error.code.startsWith('ebmc.')) process.stderr.write(`${error.message}\n`);
    return error.exitCode === 0 ? statuses.ok : statuses.misuse;
  }
  return outcome.status;
}

export function buildProgram(done: (status: Status) => void): Command {
  const program = new Command('ebmc')
    .description(about)
    .version(packageVersion(), '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .helpCommand('help [command]', 'print the help of a command')
    .addHelpText('after', firstSteps)
    .showHelpAfterError('run `ebmc --help` for the commands')
    .exitOverride();
  addOutputOptions(program);
  for (const entry of commands) addCommand(program, entry, done);
  return program;
}

function addCommand(program: Command, entry: CommandEntry, done: (status: Status) => void): void {
  const command = program
    .command(entry.name)
    .description(entry.summary)
    .helpOption('-h, --help', 'print this help')
    .showHelpAfterError(`run \`ebmc ${entry.name} --help\` for the options and examples`);
  entry.define(command);
  addOutputOptions(command);
  const width = Math.max(...entry.examples.map(([line]) => line.length));
  const examples = entry.examples.map(([line, meaning]) => `  $ ${line.padEnd(width)}   ${meaning}`);
  command.addHelpText('after', `\nExamples:\n${examples.join('\n')}`);
  command.action(async () => {
    const given = [program.opts(), command.opts()];
    const json = given.some((options) => options['json'] === true);
    const colour = given.every((options) => options['color'] !== false);
    const output = new Output({ json, colour });
    try {
      done(await entry.run({ args: command.args, options: new OptionValues(command.opts()), output }));
    } catch (error) {
      if (!(error instanceof EbmcError)) throw error;
      output.document({ ok: false, diagnostics: error.diagnostics.map(describeDiagnostic) });
      output.diagnostics(error.diagnostics);
      done(statuses.mistake);
    }
  });
}

function addOutputOptions(command: Command): void {
  command.option('--json', 'print the result as JSON').option('--no-color', 'print without colour');
}
