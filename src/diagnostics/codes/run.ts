/** Runs and their files: training that fails, checkpoints, output folders. */
import { code } from '../diagnostic.js';

export const runCodes = {
  EBM5001: code<{
    metric: string;
    value: string;
    step: number;
    operation: string | undefined;
    kept: number | undefined;
    precision: string;
  }>({
    severity: 'error',
    title: 'Training produced NaN or Infinity',
    message: ({ metric, value, step, operation }) =>
      `step ${step}: \`${metric}\` became ${value}${operation ? `; the first operation to produce it is ${operation}` : ''}`,
    help: ({ kept, precision }) => [
      ...(kept === undefined ? [] : [`the last good checkpoint, of step ${kept}, is kept`]),
      ...(precision === 'fp16' ? ['train with `precision: bf16` or `float32`, whose numbers do not end at 65504'] : []),
      'lower the rate, lengthen the warm-up, or guard the operation (a small constant under a root, logarithm or division)',
    ],
    explain: `A loss, a term, a gauge or a parameter is no longer a finite number, so no further step can be of use. Training stops at once and
the last good checkpoint stays.

The step is repeated from that checkpoint, operation by operation where the target can, to find the first operation whose result
is not finite although its arguments are. Typical causes: too large a rate, a root or logarithm of zero, the gradient of a norm at
zero, exp of a large number.

With \`precision: fp16\` a step whose gradients are not finite is left out as long as a smaller scale of the loss may help (\`gauge.skipped\` and
\`gauge.loss_scale\` in \`metrics.jsonl\`); training stops where that scale is 1 already.`,
    wrong: 'fn spread(z: [d]) = sqrt(sum(square(z)))   // the slope at 0 is infinite\n',
    right: 'fn spread(z: [d]) = sqrt(sum(square(z)) + 1e-6)\n',
  }),
  EBM5002: code<{ batch: number; megabytes: number | undefined; reason: string }>({
    severity: 'error',
    title: 'Out of memory',
    message: ({ batch, megabytes, reason }) =>
      `out of memory in a step of ${batch} examples${megabytes === undefined ? '' : `, which needs about ${Math.ceil(megabytes)} MB`} (${reason})`,
    help: ({ batch }) => [
      `lower \`batch\`${batch > 1 ? `, for example --set train.batch=${Math.max(1, Math.floor(batch / 2))}` : ''}`,
      'or keep the batch and let --memory (in GB) choose a micro-batch, on the native backend',
    ],
    explain: `The backend could not get the memory that one training step needs. The memory of a step grows with \`batch\`: halving it about
halves the need. The wasm backend cannot use more than 4 GB; the native one is limited by the machine. \`ebmc check --cost\` shows a
step's size before anything runs.`,
    wrong: '$ ebmc train simclr.ebm --batch 65536\n',
    right: '$ ebmc train simclr.ebm --batch 65536 --memory 6\n',
  }),
  EBM5003: code<{ step: number; steps: number; resume: string }>({
    severity: 'hint',
    title: 'Training was interrupted',
    message: ({ step, steps }) => `stopped after step ${step} of ${steps}; everything is saved`,
    help: ({ resume }) => [`continue with ${resume}`],
    explain: `Ctrl-C ends training after the current step and saves a checkpoint. \`--resume\` goes on from it exactly: the parameters, the
optimizer's state, the step's number (and so every random draw) and the position in the data are all saved.`,
    wrong: '$ ebmc train simclr.ebm    # Ctrl-C at step 200\n',
    right: '$ ebmc train simclr.ebm --resume\n',
  }),
  EBM5004: code<{ path: string }>({
    severity: 'error',
    title: 'Disk is full',
    message: ({ path }) => `no space left while writing ${path}`,
    help: () => ['free some space, or choose another folder with --out; then continue with --resume'],
    explain: `The disk (or a quota) is full. A checkpoint is written under a temporary name and takes its place only when it is complete,
so the previous checkpoint is still good. Nothing that was written before is lost.`,
    wrong: '$ ebmc train simclr.ebm --out /mnt/full/run\n',
    right: '$ ebmc train simclr.ebm --out /mnt/empty/run\n',
  }),
  EBM5005: code<{ path: string; reason: string }>({
    severity: 'error',
    title: 'Output cannot be written',
    message: ({ path, reason }) => `cannot write ${path}: ${reason}`,
    help: () => ['choose a folder that can be written with --out'],
    explain: `The run's folder cannot be created or written: it is read-only, belongs to somebody else, or its path leads through a file.
This is found before the first step, since the initial checkpoint is written before training begins.`,
    wrong: '$ ebmc train simclr.ebm --out /usr/runs/a   # belongs to somebody else\n',
    right: '$ ebmc train simclr.ebm --out runs/a\n',
  }),
  EBM5006: code<{ path: string; state: string; expected: string; found: string }>({
    severity: 'error',
    title: 'Checkpoint of another model',
    message: ({ path, state, expected, found }) =>
      `${path} belongs to another model: state \`${state}\` is ${expected} in the model and ${found} in the checkpoint`,
    help: () => ['use the program that made the checkpoint, or start a new run'],
    explain: `A checkpoint holds every state of a model by name: parameters, moving averages, the optimizer's slots. These differ from the
model's: the message names the first difference in the model's order with both shapes. Changing a layer's width, an
optimizer or the name of a network changes the states.`,
    wrong: '$ ebmc train simclr.ebm --out runs/a --resume   # `width: 16` is now `width: 32`\n',
    right: '$ ebmc train simclr.ebm --out runs/b\n',
  }),
  EBM5007: code<{ path: string; problem: string }>({
    severity: 'error',
    title: 'Damaged checkpoint',
    message: ({ path, problem }) => `${path} is damaged: ${problem}`,
    explain: `The file is not a complete safetensors file, its contents do not have the checksum that the manifest records, or the manifest
itself cannot be read. ebmc never leaves such a file behind: a checkpoint takes its name only when it is complete. A copy that was
cut short or a failing disk may. The previous checkpoint may still be in the folder.`,
    wrong: '$ scp host:runs/a/checkpoint-200.safetensors runs/a/   # cut short\n',
    right: '$ rsync -c host:runs/a/checkpoint-200.safetensors runs/a/\n',
  }),
  EBM5008: code<{ path: string; pid: number }>({
    severity: 'error',
    title: 'Folder is in use by another run',
    message: ({ path, pid }) => `another run (process ${pid}) is writing to ${path}`,
    help: () => ['wait for it, stop it, or choose another folder with --out'],
    explain: `Two runs in one folder would overwrite each other's checkpoints. The folder holds a file named \`lock\` with the number of the
process that owns it. A lock whose process no longer exists is ignored, so nothing has to be removed by hand after a crash.`,
    wrong: '$ ebmc train simclr.ebm --out runs/a & ebmc train simclr.ebm --out runs/a\n',
    right: '$ ebmc train simclr.ebm --out runs/a & ebmc train simclr.ebm --out runs/b\n',
  }),
  EBM5009: code<{ path: string }>({
    severity: 'error',
    title: 'No checkpoint here',
    message: ({ path }) => `there is no checkpoint in ${path}`,
    help: () => ['give the folder of a run: it holds manifest.json and a checkpoint-….safetensors file'],
    explain: `Resuming and evaluating start from a run's folder, which holds \`manifest.json\` and the checkpoint it names. A run that ended
before its first checkpoint has none: start it again without \`--resume\`.`,
    wrong: '$ ebmc train simclr.ebm --out runs/empty --resume\n',
    right: '$ ebmc train simclr.ebm --out runs/empty\n',
  }),
  EBM5010: code<{ setting: string; saved: string; now: string }>({
    severity: 'error',
    title: 'A resumed run has other settings',
    message: ({ setting, saved, now }) =>
      `cannot resume: the checkpoint was made with ${setting} ${saved}, now it is ${now}`,
    help: ({ setting, saved }) => [`set ${setting} back to ${saved}, or start a new run`],
    explain: `\`--resume\` continues a run as if it had never stopped. With another batch size, seed or data set the position in the data
and the random draws would no longer fit, so that is refused. The number of epochs and the rate may change; that is a warning (EBM5013).`,
    wrong: '$ ebmc train simclr.ebm --out runs/a --resume --batch 64   # it began with 128\n',
    right: '$ ebmc train simclr.ebm --out runs/a --resume\n',
  }),
  EBM5011: code<{ path: string; step: number | undefined }>({
    severity: 'error',
    title: 'Folder already holds a run',
    message: ({ path, step }) => `${path} already holds a run${step === undefined ? '' : ` (step ${step})`}`,
    help: () => ['continue it with --resume, replace it with --overwrite, or choose another folder with --out'],
    explain: `A new run would overwrite the checkpoint of an earlier one, so it has to be asked for.`,
    wrong: `$ ebmc train simclr.ebm --out runs/a
$ ebmc train simclr.ebm --out runs/a
`,
    right: `$ ebmc train simclr.ebm --out runs/a
$ ebmc train simclr.ebm --out runs/a --overwrite
`,
  }),
  EBM5012: code<{
    step: number;
    spread: number;
    rank: number;
    dimensions: number;
    reason?: string | undefined;
    foreseen?: { readonly said: string; readonly initial: number };
  }>({
    severity: 'warning',
    title: 'The representation is collapsing',
    message: ({ step, spread, rank, dimensions, foreseen }) =>
      `step ${step}: ${foreseen ? `as ${foreseen.said} said of this objective, the representation is collapsing: from ${foreseen.initial.toFixed(3)} at the start to` : 'the representation has almost collapsed:'} spread ${spread.toFixed(3)} (1 is healthy, 0 collapsed), effective rank ${rank.toFixed(1)} of ${dimensions}`,
    help: ({ reason }) =>
      reason === undefined
        ? [
            'add a contrastive, variance or covariance term, a moving-average target with stop-gradient, or lower the rate',
          ]
        : [
            `the objective does not ask for it: ${reason}`,
            'train longer, with another rate or a longer warm-up, or give that term more weight',
          ],
    explain: `Every few steps the representation of a fixed set of examples is measured. Spread is the standard deviation of each dimension
of the normalised representation times the root of the number of dimensions, averaged: 1 if the examples point everywhere, 0 if they
all point the same way. Effective rank (RankMe, Garrido et al. 2023) is the number of dimensions in use. Both near their minimum
mean that the encoder answers the same to everything, whatever the loss says. Where \`ebmc check --explain\` has a reason why the objective does not
collapse, the warning waits for two epochs without any growth of the spread, or for the end of the run; where it has reported that the objective may collapse (EBM3001,
EBM3003), it comes as soon as less than a quarter of the spread is left that there was before the first step.`,
    wrong: '$ ebmc train agree.ebm --allow EBM3001   # minimize { agree: E(a, b) }\n',
    right: '$ ebmc train agree.ebm                   # minimize { contrast: nt_xent(E, a, b) }\n',
  }),
  EBM5020: code<{ step: number; terms: readonly { name: string; value: number; plateau: number }[] }>({
    severity: 'warning',
    title: 'No term has left its plateau',
    message: ({ step, terms }) =>
      `step ${step}: nothing is learned yet: ${terms
        .map(
          ({ name, value, plateau }) =>
            `\`${name}\` is ${value.toFixed(4)}, and would be ${plateau.toFixed(4)} if all representations were equal`,
        )
        .join('; ')}`,
    help: () => [
      'lower the rate, or warm it up for longer; look at the views with `ebmc data`; check that temperatures and weights are as published',
    ],
    explain: `Each objective has a value that it takes when the representation of every example is the same: ln(2N - 1) for NT-Xent with N examples,
ln N for InfoNCE, ln K for K prototypes. A run that stays there has learned nothing, though its loss may look like any other number.
\`ebmc check --explain\` prints these values. The warning is given once, when all terms have stayed within 1 % of theirs and the loss has not
fallen by 2 %.`,
    wrong: '$ ebmc train simclr.ebm --set train.optimizer.rate=10\n',
    right: '$ ebmc train simclr.ebm --set train.optimizer.rate=4e-3\n',
  }),
  EBM5022: code<{ step: number; start: number; loss: number; constant: number }>({
    severity: 'warning',
    title: 'The loss has gone to what equal outputs give',
    message: ({ step, start, loss, constant }) =>
      `step ${step}: the loss went from ${start.toPrecision(4)} to ${loss.toPrecision(4)}, and is ${constant.toPrecision(4)} where all examples have the same output`,
    help: () => [
      'the objective is solved by telling nothing apart: `ebmc check --explain` says what could keep examples apart, and that nothing is known to',
    ],
    explain: `Where the compiler finds nothing that keeps an objective from collapsing (EBM3001, allowed), the loss is watched: if it comes within a tenth of
the way to its value at a constant representation, the objective is as good as solved by telling nothing apart, and asks for no difference between examples that is left. What lies before a
projection head may still differ for a while, so that the gauges of the representation do not tell. EBM5023 tells sooner where outputs become alike on the way.`,
    wrong: '$ ebmc train vicreg.ebm --allow EBM3001   # whose variance term was left out\n',
    right: '$ ebmc train vicreg.ebm\n',
  }),
  EBM5023: code<{
    step: number;
    said: string;
    start: number;
    loss: number;
    constant: number;
    before: { readonly spread: number; readonly rank: number };
    now: { readonly spread: number; readonly rank: number };
  }>({
    severity: 'warning',
    title: 'Outputs become alike, as was foreseen',
    message: ({ step, said, start, loss, constant, before, now }) =>
      `step ${step}: as ${said} said of this objective, outputs become alike: what the terms compare differs by ${differing(now)}, at the start by ${differing(before)}; the loss went from ${start.toPrecision(4)} to ${loss.toPrecision(4)}, and is ${constant.toPrecision(4)} where all examples have the same output`,
    help: () => ['stop here and mend the objective: `ebmc check` says what could keep examples apart'],
    explain: `Where the compiler has reported that an objective may collapse (EBM3001, allowed, or EBM3003), its steps also say how much the outputs of encoders that the terms compare
differ from example to example, in each batch: \`gauge.output_spread\` in \`metrics.jsonl\` is the root mean square of their differences from the mean as a share of their own, and
\`gauge.output_rank\` the number of directions in which they differ, the participation ratio (tr C)² / tr C² of their covariance. The warning comes, once, where the loss has gone half of the
way to its value at a constant representation and of what differed, the square of the spread times the rank, not half is left: long before the loss is there (EBM5022).

Less would not be enough to tell a collapse from learning, and of an objective that is not reported this is not asked: outputs of SimSiam, too, lie along two directions for a while.`,
    wrong: '$ ebmc train byol.ebm --allow EBM3001   # whose predictor was left out\n',
    right: '$ ebmc train byol.ebm\n',
  }),
  EBM5021: code<{
    step: number;
    term: string;
    own: readonly [before: number, after: number];
    plateau: number;
    others: readonly [before: number, after: number];
  }>({
    severity: 'warning',
    title: 'A term is outweighed',
    message: ({ step, term, own: [from, to], plateau, others: [before, after] }) =>
      `step ${step}: term \`${term}\` is outweighed: it went from ${from.toPrecision(3)} to ${to.toPrecision(3)}, and would be ${plateau.toPrecision(3)} if all representations were equal, while the other terms fell from ${before.toPrecision(3)} to ${after.toPrecision(3)}`,
    help: ({ term }) => [
      `give \`${term}\` more weight, or the others less; what weights do to one another, \`ebmc compare\` shows as the cosine between the gradients of terms`,
    ],
    explain: `The term is one that keeps examples apart: outputs that differ make it lower. It is within a tenth of what it is with the same output
for every example, although the rest of the objective falls: the encoder gets from the others nearly all of its gradient and goes where they are low, be it to a constant.
Typical causes: a weight forgotten or written for a sum where the term is a mean, a temperature under one of the terms, a schedule that begins at 0.

It is looked for at the end of each epoch, in the terms as they are logged, which costs nothing, and said once: after two epochs in a row, or at the end of the run.
Gradients of terms would tell less: where terms have come to a balance they cancel, whichever has more weight. With a tenth of its weight, the cosine between VICReg's variance term and the whole
is −0.65 in the first steps and 0.02 after two epochs, when the outputs hardly differ; with its published weight it is −0.3 and 0.03, when they do.`,
    wrong: `model M {
  minimize {
    invariance: 25 * E(a, b)
    variance: 0.5 * variance(h(f(a)))
  }
}
`,
    right: `model M {
  minimize {
    invariance: 25 * E(a, b)
    variance: 25 * variance(h(f(a)))
  }
}
`,
  }),
  EBM5013: code<{ changed: readonly string[] }>({
    severity: 'warning',
    title: 'The program changed since the checkpoint',
    message: ({ changed }) => `resuming with changes since the checkpoint: ${changed.join('; ')}`,
    help: () => ['the run goes on, but not as it would have without the interruption'],
    explain: `The checkpoint fits the model's states, so training can go on, but the model's text, the number of epochs, the rate or the
schedule is another than before. The result is not the one an uninterrupted run would give. The metrics keep both parts.`,
    wrong: '$ ebmc train simclr.ebm --out runs/a --resume --set train.optimizer.rate=1e-4   # it began with 4e-3\n',
    right: '$ ebmc train simclr.ebm --out runs/a --resume\n',
  }),
  EBM5014: code<{ dataset: string }>({
    severity: 'warning',
    title: 'No labels to evaluate with',
    message: ({ dataset }) => `data set \`${dataset}\` has no Class field: k-NN and linear probe are left out`,
    help: () => ['declare the labels as a field, for example `label: Class[10]`; training does not use them'],
    explain: `k-NN and the linear probe measure a representation by how well the classes can be read from it, and so need labels in both
splits. RankMe, spread and uniformity need none and are still computed.`,
    wrong: 'dataset digits = mnist() { x: Image[28, 28, 1] }\n',
    right: 'dataset digits = mnist() { x: Image[28, 28, 1], label: Class[10] }\n',
  }),
  EBM5015: code<{ dataset: string; labels: number; classes: number; examples: number }>({
    severity: 'warning',
    title: 'Fewer labels than classes',
    message: ({ dataset, labels, classes, examples }) =>
      `${labels * 100} % of \`${dataset}\` would be fewer than one label for each of its ${classes} classes; ${examples} labels are used, one for each class`,
    explain: `The linear probe is also trained on a part of the labels, drawn class by class. At least one example of each class is kept.`,
    wrong: 'evaluate M on small { labels: [0.1%] }   // 1000 examples, 10 classes\n',
    right: 'evaluate M on small { labels: [1%] }\n',
  }),
  EBM5033: code<{ row: string; measures: readonly string[]; reason: string }>({
    severity: 'warning',
    title: 'Measures that could not be taken',
    message: ({ row, measures, reason }) =>
      `of the ${row} representation there is no ${measures.join(', ')}: ${reason}`,
    explain: `Each measure needs something: labels of at least two classes, two views of an example, an energy of two arguments that depend on the example, pictures, and
representations that are finite numbers. Where that is not there, the measure is left out with its reason and the others are taken.`,
    wrong: 'evaluate M on digits { measures: [energy_gap] }   // `energy E(x)` has one argument\n',
    right: 'evaluate M on digits { measures: [knn, rankme] }\n',
  }),
  EBM5034: code<{ model: string; seed: number; reason: string }>({
    severity: 'warning',
    title: 'The energy could not be drawn',
    message: ({ model, seed, reason }) =>
      `there is no landscape of the energy of \`${model}\`, seed ${seed}: ${reason}`,
    explain: `A report draws the energy of a run over planes of one of its arguments. Where that goes wrong, the run keeps its figures and its other
pictures. Energies that are several numbers, and those whose last argument is whole numbers such as tokens, are left out without a word.`,
    wrong: '$ ebmc compare digits.ebm   # the landscape of one energy cannot be computed\n',
    right: '$ ebmc infer runs/compare-digits/runs/RUN score 0 1   # asks the same energy by itself\n',
  }),
  EBM5035: code<{ reason: string }>({
    severity: 'warning',
    title: 'What was measured is not kept',
    message: ({ reason }) => `what was measured is printed, but not kept beside the run: ${reason}`,
    help: () => ['`--json` prints it for a program; a copy of the run in a folder that can be written keeps it'],
    explain: `\`ebmc evaluate\` keeps what it measures as \`evaluation.json\` in the run's folder, where \`ebmc report\` finds it. A folder that is
read-only or belongs to somebody else cannot take it. The figures are printed all the same.`,
    wrong: '$ ebmc evaluate shared/runs/SimCLR   # a folder of somebody else\n',
    right: '$ cp -r shared/runs/SimCLR runs/ && ebmc evaluate runs/SimCLR\n',
  }),
  EBM5036: code<{ run: string; folder: string }>({
    severity: 'hint',
    title: 'Where a run looks for its data',
    message: ({ run, folder }) => `the data paths of ${run} start from ${folder}, where its program was`,
    help: () => ['if the run or its data was moved, `--data FOLDER` names the folder that they start from now'],
    explain: `A run remembers its program and, relative to itself, the folder in which that was: paths of data sets start from there. A run that is moved together
with its program and data finds them. If it was moved alone, or the data was, \`--data\` names the folder that paths start from. \`ebmc train --resume\` is given
the program, whose folder counts. Paths that begin with \`/\` stay what they are.`,
    wrong: '$ mv runs/SimCLR /archive/ && ebmc evaluate /archive/SimCLR\n',
    right: '$ mv runs/SimCLR /archive/ && ebmc evaluate /archive/SimCLR --data .\n',
  }),
  EBM5016: code<{ batch: number; limit: number; needed: number }>({
    severity: 'error',
    title: 'No micro-batch is small enough for the memory limit',
    message: ({ batch, limit, needed }) =>
      `a step of ${batch} examples needs about ${needed.toPrecision(2)} GB even one example at a time, and --memory allows ${limit} GB`,
    help: () => [
      'allow more memory, or lower `batch`',
      'with `statistics: micro` less is kept between the parts of a step where the model has batch normalisation',
    ],
    explain: `\`--memory\` chooses the largest micro-batch with which a training step stays within the limit. Parameters, the optimizer's
states and the values that are kept for all examples of the batch (what a contrast or a batch statistic reads) must fit in any case.
Batch normalisation over the whole batch keeps the input of every normalisation; \`statistics: micro\` in the \`train\` item takes its
statistics over each micro-batch instead, which is another (and common) definition of it.`,
    wrong: '$ ebmc train resnet.ebm --memory 0.1\n',
    right: '$ ebmc train resnet.ebm --memory 4\n',
  }),
};

function differing({ spread, rank }: { readonly spread: number; readonly rank: number }): string {
  return `${(100 * spread).toFixed(0)} % in ${rank.toFixed(1)} directions`;
}
