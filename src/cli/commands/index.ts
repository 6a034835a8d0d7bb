/** The table of commands, in the order of the help. */
import type { CommandEntry } from '../command.js';
import { checkCommand } from './check.js';
import { compareCommand } from './compare.js';
import { compileCommand } from './compile.js';
import { dataCommand } from './data.js';
import { diffCommand } from './diff.js';
import { doctorCommand } from './doctor.js';
import { evaluateCommand } from './evaluate.js';
import { explainCommand } from './explain.js';
import { exportCommand } from './export.js';
import { fmtCommand } from './fmt.js';
import { importCommand } from './import.js';
import { inferCommand } from './infer.js';
import { initCommand } from './init.js';
import { reportCommand } from './report.js';
import { setupCommand } from './setup.js';
import { tokenizerCommand } from './tokenizer.js';
import { trainCommand } from './train.js';

export const commands: readonly CommandEntry[] = [
  ...[initCommand, checkCommand, dataCommand, trainCommand, evaluateCommand, compareCommand, reportCommand],
  ...[diffCommand, inferCommand],
  ...[exportCommand, importCommand, compileCommand, tokenizerCommand, fmtCommand, explainCommand],
  ...[doctorCommand, setupCommand],
];
