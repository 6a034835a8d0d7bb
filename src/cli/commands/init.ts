import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { EbmcError, report } from '../../diagnostics/index.js';
import { writeWhole } from '../../runtime/files/index.js';
import type { CommandEntry } from '../command.js';
import { statuses } from '../statuses.js';

export const initCommand: CommandEntry = {
  name: 'init',
  summary: 'Write a first, commented program (SimCLR on handwritten digits); never over a file that exists.',
  examples: [
    ['ebmc init', 'into this folder'],
    ['ebmc init my-model', 'into a folder, made if needed'],
  ],
  define(command) {
    command.argument('[dir]', 'the folder', '.');
  },
  async run({ args, output }) {
    const path = join(args[0] ?? '.', 'simclr.ebm');
    if (existsSync(path)) throw new EbmcError([report('EBM7008', { path })]);
    writeWhole(path, firstProgram);
    output.document({ ok: true, file: path });
    output.line(`Wrote ${output.paint.bold(path)}. Next:

  ebmc check ${path}    look for mistakes
  ebmc train ${path}    train and measure it (a few minutes; less after \`ebmc setup\`)
  ebmc explain${' '.repeat(path.length)}    what each diagnostic means`);
    return statuses.ok;
  },
};

const firstProgram = `// SimCLR: two views of one picture are compatible, views of other pictures are not.
// Everything is written for one example; the compiler makes batches, gradients and the training step.
use std.networks { small_cnn }
use std.vision { simclr_views }
use std.heads { mlp }
use std.energies { cosine }
use std.regularizers { nt_xent }

model SimCLR(temperature = 0.2) {
  data x: Image[28, 28, 1]

  // Two random views of the same picture: crops and changes of contrast; no mirror images of digits.
  view a, b of x = simclr_views(size: 28, scale: 0.7..1.0, flips: 0)

  // f makes the representation; g is only used in training.
  encoder f = small_cnn(width: 16)
  encoder g = mlp(hidden: 128, out: 64)

  // Low for compatible pairs, high for the rest.
  energy E(x, y) = cosine(g(f(x)), g(f(y)))

  // Without the contrast with other pictures, a constant f would be a solution: \`ebmc check\` would say so.
  minimize { contrast: nt_xent(E, a, b, temperature) }

  representation f(x)
}

// 10,000 handwritten digits that come with ebmc. Your own pictures: images("photos/**").
dataset digits = mnist() { x: Image[28, 28, 1], label: Class[10] }

train SimCLR on digits.train {
  epochs: 2
  batch: 128
  optimizer: adamw(rate: 4e-3, decay: 1e-4)
  schedule: cosine(warmup: 0.5)
}

// How well the classes can be read from the representation, with few and with all labels.
evaluate SimCLR on digits {
  knn: 20
  labels: [1%, 10%, 100%]
}
`;
