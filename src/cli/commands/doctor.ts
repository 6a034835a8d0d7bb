import type { CommandEntry } from '../command.js';

export const doctorCommand: CommandEntry = {
  name: 'doctor',
  summary: 'Say what is installed, what is missing and the command that brings it.',
  examples: [
    ['ebmc doctor', 'look at this machine'],
    ['ebmc doctor --json', 'the same for a program'],
  ],
  define() {},
  run: async (call) => (await import('../actions/doctor.js')).runDoctor(call),
};
