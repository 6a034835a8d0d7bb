/** The table of commands, in the order of the help. */
import type { CommandEntry } from '../command.js';
import { doctorCommand } from './doctor.js';
import { explainCommand } from './explain.js';
import { fmtCommand } from './fmt.js';
import { initCommand } from './init.js';
import { setupCommand } from './setup.js';

export const commands: readonly CommandEntry[] = [initCommand, fmtCommand, explainCommand, doctorCommand, setupCommand];
