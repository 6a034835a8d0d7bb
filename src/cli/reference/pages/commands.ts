/** The commands with their arguments, options and examples, as the table of commands has them. */

import { commands } from '../../commands/index.js';
import { buildProgram } from '../../program.js';
import { fenced, page, prose, table } from '../markdown.js';

export function commandsPage(): string {
  const program = buildProgram(() => undefined);
  const parts = commands.flatMap(({ name, summary, examples }) => {
    const command = program.commands.find((candidate) => candidate.name() === name)!;
    const given = command.registeredArguments.map((argument) => [
      `\`${argument.required ? `<${argument.name()}>` : `[${argument.name()}]`}\``,
      prose(argument.description),
    ]);
    const options = command.options.map((option) => [`\`${option.flags}\``, prose(option.description)]);
    return [
      `## ebmc ${name}`,
      prose(summary),
      table(['argument or option', 'meaning'], [...given, ...options]),
      fenced('sh', examples.map(([line, meaning]) => `${line}   # ${meaning}`).join('\n')),
    ];
  });
  return page('Commands', parts);
}
