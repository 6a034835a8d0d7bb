/** Data sets: what is missing, damaged or of another shape than declared. */
import { code } from '../diagnostic.js';
import { didYouMean } from './did-you-mean.js';

/** The first few of many. */
function listed(items: readonly string[]): string {
  const most = 20;
  return `${items.slice(0, most).join(', ')}${items.length > most ? ` and ${items.length - most} more` : ''}`;
}

export interface SkippedSlots {
  readonly dataset: string;
  readonly what: string;
  readonly count: number;
  readonly total: number;
  /** Of them those that lack nothing but this label. */
  readonly unlabelled: readonly { readonly field: string; readonly rows: number }[];
}

function unlabelledHelp(what: string, unlabelled: SkippedSlots['unlabelled']): string[] {
  return unlabelled.map(
    ({ field, rows }) =>
      `${rows} of the ${what} lack only the label \`${field}\`, which training does not read: a data set of the same source declared without \`${field}\` has them to train on`,
  );
}

export const dataCodes = {
  EBM4001: code<{ dataset: string; path: string; suggestion: string | undefined }>({
    severity: 'error',
    title: 'Data folder not found',
    message: ({ dataset, path }) => `the folder of data set \`${dataset}\` does not exist: ${path}`,
    help: ({ suggestion }) => [
      ...didYouMean(suggestion),
      'paths in a file are relative to the folder that holds the file; give a path that exists or create the folder',
    ],
    explain: `A data set names a folder (\`idx("data/fashion")\`, \`images("photos/**")\`) that is not there.

Paths are relative to the folder of the \`.ebm\` file, not to the folder the command was started in. The message shows the
full path that was tried. A path that leads to a file instead of a folder is reported the same way.`,
    wrong: 'dataset digits = idx("data/digts") { x: Image[28, 28, 1], label: Class[10] }\n',
    right: 'dataset digits = idx("data/digits") { x: Image[28, 28, 1], label: Class[10] }\n',
  }),
  EBM4002: code<{ dataset: string; path: string; wanted: string }>({
    severity: 'error',
    title: 'No data in the folder',
    message: ({ dataset, path, wanted }) => `data set \`${dataset}\` found no ${wanted} in ${path}`,
    explain: `The folder exists, but nothing in it is what the loader reads.

- \`idx(folder)\` looks for \`train-images-idx3-ubyte\`, \`train-labels-idx1-ubyte\`, \`t10k-images-idx3-ubyte\` and
  \`t10k-labels-idx1-ubyte\`, each plain or with \`.gz\`.
- \`images(pattern)\` looks for files that end in \`.png\`, \`.jpg\`, \`.jpeg\` or \`.webp\`, in any case, and match the pattern.
  \`photos/*\` matches only files directly in \`photos\`; \`photos/**\` also matches those in folders below.`,
    wrong: 'dataset photos = images("photos/*.pgn") { x: Image[64, 64, 3] }\n',
    right: 'dataset photos = images("photos/*.png") { x: Image[64, 64, 3] }\n',
  }),
  EBM4003: code<{ dataset: string; field: string; declared: string; actual: string }>({
    severity: 'error',
    title: 'A field does not have the shape of the data',
    message: ({ dataset, field, declared, actual }) =>
      `field \`${field}\` of data set \`${dataset}\` is declared as ${declared}, but the data is ${actual}`,
    help: ({ field, actual }) => [`declare \`${field}: ${actual}\`, or take another data set`],
    explain: `The shape in the declaration of a data set has to be the shape of its data, because the model's shapes, and so its
compiled code, follow from it. An image's shape is height, width, channels. \`Tensor[n]\` may name the same number of values in
another arrangement: 28 × 28 × 1 pictures can be read as \`Tensor[784]\`.`,
    wrong: 'dataset digits = mnist() { x: Image[32, 32, 1], label: Class[10] }\n',
    right: 'dataset digits = mnist() { x: Image[28, 28, 1], label: Class[10] }\n',
  }),
  EBM4004: code<{ dataset: string; loader: string; known: readonly string[]; suggestion: string | undefined }>({
    severity: 'error',
    title: 'Unknown loader',
    message: ({ dataset, loader }) => `data set \`${dataset}\` uses a loader that does not exist: \`${loader}\``,
    help: ({ known, suggestion }) => [
      ...didYouMean(suggestion),
      `loaders: ${known.map((name) => `\`${name}\``).join(', ')}`,
    ],
    explain: `A data set is declared as \`dataset NAME = LOADER(arguments) { fields }\`. The loaders are

- \`mnist()\`: 10,000 handwritten digits that come with ebmc,
- \`idx("folder")\`: the four IDX files of MNIST, Fashion-MNIST and their relatives,
- \`images("folder/**")\`: pictures, with the first folder below as the class.`,
    wrong: 'dataset digits = mnits() { x: Image[28, 28, 1], label: Class[10] }\n',
    right: 'dataset digits = mnist() { x: Image[28, 28, 1], label: Class[10] }\n',
  }),
  EBM4005: code<{
    loader: string;
    argument: string;
    problem: string;
    /** What it takes, where it got something else. */
    known?: readonly string[];
    suggestion?: string | undefined;
  }>({
    severity: 'error',
    title: 'Wrong argument to a loader',
    message: ({ loader, argument, problem }) => `\`${loader}\`: ${argument} ${problem}`,
    help: ({ loader, known, suggestion }) => [
      ...didYouMean(suggestion),
      ...(known ? [`\`${loader}\` takes ${known.map((name) => `\`${name}\``).join(', ')}`] : []),
    ],
    explain: `A loader got an argument it does not take, lacks one it needs, or got one of another type.

\`\`\`
mnist()
idx("folder")
images("folder/**", resize: true, test: 0.2, keep: true)
\`\`\`

\`resize\` scales and crops each picture to the declared shape; \`test\` is the share of pictures that is held out when the folder
has no \`train\` and \`test\` folders of its own. \`keep\` says whether all pictures are decoded at the start and stay in memory (what
happens up to 1 GiB), or each one again whenever it is needed, ahead of the step.`,
    wrong: 'dataset digits = idx() { x: Image[28, 28, 1], label: Class[10] }\n',
    right: 'dataset digits = idx("data/digits") { x: Image[28, 28, 1], label: Class[10] }\n',
  }),
  EBM4006: code<{ file: string; expected: string; found: string }>({
    severity: 'error',
    title: 'Not an IDX file of the right kind',
    message: ({ file, expected, found }) =>
      `${file} is not the expected IDX file: it should begin with ${expected}, found ${found}`,
    help: () => ['download the file again; check that images and labels are not exchanged'],
    explain: `An IDX file begins with four bytes: two zeros, the element type (08 for bytes) and the number of dimensions: 03 for
images, 01 for labels. Another beginning usually means an error page saved under the file's name, or images and labels exchanged.`,
    wrong: `$ gunzip -l data/digits/*-ubyte.gz
data/digits/train-images-idx3-ubyte.gz   # the labels, renamed: begins with 00 00 08 01
`,
    right: `$ gunzip -l data/digits/*-ubyte.gz
data/digits/train-images-idx3-ubyte.gz   # begins with 00 00 08 03
data/digits/train-labels-idx1-ubyte.gz   # begins with 00 00 08 01
`,
  }),
  EBM4007: code<{ file: string; expected: number; found: number }>({
    severity: 'error',
    title: 'File is cut off',
    message: ({ file, expected, found }) =>
      found < expected
        ? `${file} is truncated: expected ${expected} bytes, found ${found}`
        : `${file} is longer than its header says: expected ${expected} bytes, found more`,
    help: () => ['download or copy the file again'],
    explain: `The header of the file says how many examples follow, and the file does not have as many bytes. A broken download is the
usual cause. For a \`.gz\` file the numbers count bytes after decompression. Nothing is read from such a file: half a data set
would train without complaint and give wrong results.`,
    wrong: `$ ls -l data/digits
 9912422 train-images-idx3-ubyte   # 47040016 bytes by its header: a download that stopped
`,
    right: `$ ls -l data/digits
47040016 train-images-idx3-ubyte
`,
  }),
  EBM4008: code<{ count: number; total: number; files: readonly string[] }>({
    severity: 'warning',
    title: 'Damaged pictures were skipped',
    message: ({ count, total, files }) =>
      `skipped ${count} of ${total} pictures that cannot be decoded: ${files.join(', ')}${count > files.length ? ', …' : ''}`,
    help: () => ['repair or delete them, or use --strict to refuse them'],
    explain: `Some files have the name of a picture but cannot be decoded. They are named (the first ten), counted and left out; everything
else is used. With \`--strict\` this is an error (EBM4009). The reason for each is in the notes.`,
    wrong: `$ file photos/*.jpg
photos/1.jpg: JPEG image data
photos/2.jpg: HTML document   # an error page, saved as a picture
`,
    right: `$ file photos/*.jpg
photos/1.jpg: JPEG image data
photos/2.jpg: JPEG image data
`,
  }),
  EBM4009: code<{ count: number; total: number; files: readonly string[] }>({
    severity: 'error',
    title: 'Damaged pictures',
    message: ({ count, total, files }) =>
      `${count === total ? `none of the ${total} pictures can` : `${count} of ${total} pictures cannot`} be decoded: ${files.join(', ')}${count > files.length ? ', …' : ''}`,
    explain: `Pictures cannot be decoded, and either \`--strict\` asks for all of them to be good or none is. The reason for each of the first
ten is in the notes. Without \`--strict\` damaged pictures among good ones are skipped with a warning (EBM4008).`,
    wrong: '$ ebmc train photos.ebm --strict   # one picture of a thousand is damaged\n',
    right: '$ ebmc train photos.ebm            # the damaged one is skipped, with a warning\n',
  }),
  EBM4010: code<{ file: string; declared: string; found: string; others: number }>({
    severity: 'error',
    title: 'A picture has another size',
    message: ({ file, declared, found, others }) =>
      `${file} is ${found}, but the field is declared as ${declared}${others > 0 ? ` (and ${others} more pictures differ)` : ''}`,
    help: ({ declared }) => [`write \`resize: true\` in the loader to scale and crop every picture to ${declared}`],
    explain: `Pictures are not resized silently. If they have different sizes, say so: \`images("folder/**", resize: true)\` scales each so
that it covers the declared height and width and cuts off what exceeds them around the centre. Numbers of channels need no setting:
1 reads grey, 3 reads red, green and blue, 4 adds opacity.`,
    wrong: 'dataset photos = images("photos/*") { x: Image[64, 64, 3] }\n',
    right: 'dataset photos = images("photos/*", resize: true) { x: Image[64, 64, 3] }\n',
  }),
  EBM4011: code<{ dataset: string; field: string; classes: number; label: number }>({
    severity: 'error',
    title: 'More classes in the data than declared',
    message: ({ dataset, field, classes, label }) =>
      `field \`${field}\` of data set \`${dataset}\` is declared as Class[${classes}], but the data has class ${label}`,
    help: ({ field, label }) => [`declare \`${field}: Class[${label + 1}]\``],
    explain: `Classes are counted from 0, so \`Class[10]\` holds the classes 0 to 9. The data contains a class that does not fit.`,
    wrong: 'dataset digits = mnist() { x: Image[28, 28, 1], label: Class[9] }\n',
    right: 'dataset digits = mnist() { x: Image[28, 28, 1], label: Class[10] }\n',
  }),
  EBM4012: code<{
    dataset: string;
    field: string;
    type: string;
    loader: string;
    reason: string;
    columns: readonly string[];
    suggestion: string | undefined;
  }>({
    severity: 'error',
    title: 'The data has nothing for this field',
    message: ({ dataset, field, type, loader, reason }) =>
      `field \`${field}: ${type}\` of data set \`${dataset}\` has no source: \`${loader}\` ${reason}`,
    help: ({ columns, suggestion, loader, field }) => [
      ...didYouMean(suggestion),
      ...(columns.length > 0 ? [`the data has ${listed(columns)}`] : []),
      ...(columns.length > 0 ? [`say which it is: \`${loader}(…, columns: from(${field}: …))\``] : []),
    ],
    explain: `A field is filled by the column of its name: a header of a CSV file, a key of a JSON line, an array of an NPZ file, an ending
in a tar. Where there is none, its type decides if only one column can be meant: \`Image\` takes the only pictures, \`Class\` the only
labels. The data here has no such column; what it has is listed. \`columns: from(x: [width, height], label: species)\` among the
loader's arguments says which columns fill which field. Labels that are missing can be left out for training, which needs
none.`,
    wrong: 'dataset table = csv("plants.csv") { x: [4], kind: Class[3] }   // its header: a,b,c,d,species\n',
    right: 'dataset table = csv("plants.csv") { x: [4], species: Class[3] }\n',
  }),
  EBM4013: code<{ dataset: string; split: string; size: number; batch: number }>({
    severity: 'error',
    title: 'Fewer examples than one batch',
    message: ({ dataset, split, size, batch }) =>
      `\`${dataset}.${split}\` has ${size} examples, fewer than one batch of ${batch}`,
    help: ({ size }) => [`set \`batch\` to at most ${size}`],
    explain: `Every step takes exactly one full batch, and the last incomplete batch of an epoch is dropped. With fewer examples than one
batch there would be no step at all.`,
    wrong: `train M on small.train {   // 100 examples
  batch: 128
}
`,
    right: `train M on small.train {
  batch: 64
}
`,
  }),
  EBM4014: code<{ dataset: string; split: string; known: readonly string[] }>({
    severity: 'error',
    title: 'No such split',
    message: ({ dataset, split, known }) =>
      `data set \`${dataset}\` has no split \`${split}\`: it has ${known.map((name) => `\`${name}\``).join(' and ')}`,
    help: ({ dataset, split, known }) =>
      split === 'test' && known.length === 1
        ? [
            `\`split: 0.9\` among the arguments of \`${dataset}\`'s loader holds a tenth of the examples out as \`test\``,
          ]
        : [],
    explain: `A data set has the splits that its loader finds, usually \`train\` and \`test\`. For IDX files \`test\` exists only if the
\`t10k\` files do.`,
    wrong: 'train M on digits.validation { epochs: 1 }\n',
    right: 'train M on digits.train { epochs: 1 }\n',
  }),
  EBM4015: code<{ file: string; reason: string }>({
    severity: 'error',
    title: 'File cannot be read',
    message: ({ file, reason }) => `cannot read ${file}: ${reason}`,
    explain: `The file is there but reading it failed: no permission, a damaged \`.gz\` file, or an error of the disk. The system's own words
are in the message.`,
    wrong: `$ ls -l data.csv
---------- 1 root root 5120 data.csv
`,
    right: '$ chmod u+r data.csv\n',
  }),
  EBM4016: code<{ images: string; labels: string; imageCount: number; labelCount: number }>({
    severity: 'error',
    title: 'Different numbers of images and labels',
    message: ({ images, labels, imageCount, labelCount }) =>
      `${images} has ${imageCount} images, but ${labels} has ${labelCount} labels`,
    explain: `Each image needs one label. The two files belong to different data sets or one is incomplete.`,
    wrong: `$ ls data/digits
train-images-idx3-ubyte   # 60000 images
train-labels-idx1-ubyte   # 10000 labels: those of the test set
`,
    right: `$ ls data/digits
train-images-idx3-ubyte   # 60000 images
train-labels-idx1-ubyte   # 60000 labels
`,
  }),
  EBM4017: code<{ dataset: string; input: string; wanted: string; problem: string }>({
    severity: 'error',
    title: 'The data set does not fit the model',
    message: ({ dataset, input, wanted, problem }) =>
      `the model reads \`${input}\` (${wanted}), but data set \`${dataset}\` ${problem}`,
    help: ({ input }) => [`give the data set a field \`${input}\` of that shape, or train on another data set`],
    explain: `A model's \`data\` declarations are filled by the data set's fields of the same name, and both must have the same shape.`,
    wrong: `model M {
  data picture: Image[28, 28, 1]
  representation picture
}
dataset digits = mnist() { x: Image[28, 28, 1] }
`,
    right: `model M {
  data x: Image[28, 28, 1]
  representation x
}
dataset digits = mnist() { x: Image[28, 28, 1] }
`,
  }),
  EBM4018: code<{ file: string; reason: string }>({
    severity: 'error',
    title: 'A damaged example while training',
    message: ({ file, reason }) => `cannot read ${file} while training: ${reason}`,
    help: () => [
      'repair or delete it, or go on with --resume and without --strict: another example then stands in for it',
    ],
    explain: `Pictures that do not fit in memory, or are declared with \`keep: false\`, are decoded when a step needs them. At the start only
their headers are read, so damage further on, or a file that changed since, is found in the middle of training. With \`--strict\` that
ends the run, whose last checkpoint is kept; without, the next good example stands in for the damaged one (EBM4023).`,
    wrong: '$ ebmc train photos.ebm --strict   # a file was overwritten after the run began\n',
    right: '$ ebmc train photos.ebm            # another example stands in, with a warning\n',
  }),
  EBM4019: code<{ dataset: string; known: readonly string[] }>({
    severity: 'error',
    title: 'The data has splits of its own',
    message: ({ dataset, known }) =>
      `data set \`${dataset}\` is not split by \`split\`: it comes as ${known.map((name) => `\`${name}\``).join(' and ')}`,
    help: () => ['leave `split` out'],
    explain: `\`split: 0.9\` takes that share of the examples for \`train\` and the rest for \`test\` where the source has no splits. This one has:
dividing it again would mix what its authors keep apart.`,
    wrong: 'dataset digits = mnist(split: 0.9) { x: Image[28, 28, 1], label: Class[10] }   // has train and test\n',
    right: 'dataset digits = mnist() { x: Image[28, 28, 1], label: Class[10] }\n',
  }),
  EBM4020: code<{ dataset: string; split: string }>({
    severity: 'error',
    title: 'No example is left',
    message: ({ dataset, split }) =>
      `no example of \`${dataset}.${split}\` is left after \`split\`, \`filter\`, \`balance\` and \`limit\``,
    explain: `The arguments that choose among examples leave none. \`filter\` keeps those that satisfy its condition; \`split\` needs a few examples
(of each class) to divide.`,
    wrong: 'dataset few = mnist(filter: label > 9) { x: Image[28, 28, 1], label: Class[10] }   // classes are 0 to 9\n',
    right: 'dataset few = mnist(filter: label > 7) { x: Image[28, 28, 1], label: Class[10] }\n',
  }),
  EBM4021: code<{ dataset: string }>({
    severity: 'error',
    title: 'Nothing to balance',
    message: ({ dataset }) => `data set \`${dataset}\` has no field of classes to balance`,
    help: () => ['declare the labels as a field, for example `label: Class[10]`'],
    explain: `\`balance: under\` leaves out examples of the larger classes, \`balance: over\` repeats those of the smaller ones in \`train\`. Both need to know the
classes: a field of type \`Class\`.`,
    wrong: 'dataset digits = mnist(balance: under) { x: Image[28, 28, 1] }\n',
    right: 'dataset digits = mnist(balance: under) { x: Image[28, 28, 1], label: Class[10] }\n',
  }),
  EBM4022: code<{
    dataset: string;
    field: string;
    word: string;
    known: readonly string[];
    suggestion: string | undefined;
  }>({
    severity: 'error',
    title: 'No class of that name',
    message: ({ dataset, field, word, known }) =>
      known.length === 0
        ? `the filter of data set \`${dataset}\` compares with "${word}", but nothing there has names`
        : `field \`${field}\` of data set \`${dataset}\` has no class "${word}"`,
    help: ({ known, suggestion }) => [
      ...(suggestion ? [`did you mean "${suggestion}"?`] : []),
      known.length > 0 ? `its classes are ${listed(known)}` : 'compare with a number: classes are counted from 0',
    ],
    explain: `In a filter a word stands for the class of that name: \`filter: species == "setosa"\`. Names are known where the source has them: folders, words
in a table, class labels of a Parquet file.`,
    wrong: 'dataset plants = csv("plants.csv", filter: species == "setossa") { x: [4], species: Class[3] }\n',
    right: 'dataset plants = csv("plants.csv", filter: species == "setosa") { x: [4], species: Class[3] }\n',
  }),
  EBM4023: code<{ file: string; reason: string }>({
    severity: 'warning',
    title: 'A damaged example is replaced',
    message: ({ file, reason }) =>
      `cannot read ${file}: ${reason}; from here on the next good example stands in for each like it`,
    help: () => ['repair or delete it, or use --strict to refuse it'],
    explain: `One damaged example among many does not end a run. The one that follows it in the data stands in for it whenever it is drawn, in each
epoch and after each resume, so that batches stay reproducible. The first one is named when it is found, all are counted at the end
(EBM4024). With \`--strict\` the first one ends the run (EBM4018).`,
    wrong: '$ ebmc train photos.ebm   # photos/7.jpg is cut off\n',
    right: '$ rm photos/7.jpg && ebmc train photos.ebm\n',
  }),
  EBM4024: code<{ dataset: string; count: number; files: readonly string[] }>({
    severity: 'warning',
    title: 'Damaged examples were replaced',
    message: ({ dataset, count, files }) =>
      `${count} ${count === 1 ? 'example' : 'examples'} of data set \`${dataset}\` could not be read, and others stood in: ${files.join(', ')}${count > files.length ? ', …' : ''}`,
    help: () => ['repair or delete them, or use --strict to refuse them'],
    explain:
      'Examples that could not be read while training (EBM4023), counted at the end; the first ten are named, with the reason for each in the notes.',
    wrong: '$ ebmc train photos.ebm   # three files are cut off\n',
    right: '$ ebmc train photos.ebm   # after they were fetched again\n',
  }),
  EBM4025: code<SkippedSlots>({
    severity: 'warning',
    title: 'Damaged rows were skipped',
    message: ({ dataset, what, count, total }) =>
      `data set \`${dataset}\`: skipped ${count} of ${total} ${what} that cannot be used`,
    help: ({ unlabelled, what }) => [
      ...unlabelledHelp(what, unlabelled),
      'repair or delete them, or use --strict to refuse them',
    ],
    explain: `Some rows of a table, or members of an archive, cannot be used: a cell that is no number in a column of numbers, a missing value, a line
that is not JSON, a member without its partners. The first ten are named in the notes, all are counted and left out. With
\`--strict\` this is an error (EBM4026). Rows without a label are of use all the same: training reads none. A data set of the same source that
is declared without the label has all of them.

\`\`\`ebm
dataset all = csv("plants.csv") { x: [2] }
dataset labelled = csv("plants.csv", split: 0.7) { x: [2], species: Class[3] }

train M on all.train { epochs: 20 }
evaluate M on labelled { knn: 5 }
\`\`\``,
    wrong: `$ cat plants.csv
a,b,species
5.1,3.5,setosa
4.9,?,setosa    # no number: the row is skipped
`,
    right: `$ cat plants.csv
a,b,species
5.1,3.5,setosa
4.9,3.0,setosa
`,
  }),
  EBM4026: code<SkippedSlots>({
    severity: 'error',
    title: 'Damaged rows',
    message: ({ dataset, what, count, total }) =>
      `data set \`${dataset}\`: ${count === total ? `none of the ${total} ${what} can` : `${count} of ${total} ${what} cannot`} be used`,
    help: ({ unlabelled, what }) => unlabelledHelp(what, unlabelled),
    explain: `Rows or members cannot be used, and either \`--strict\` asks for all of them to be good or none is. The first ten are named in the notes,
with the reason for each.`,
    wrong: '$ ebmc train plants.ebm --strict   # a row of plants.csv has no number in a column of numbers\n',
    right: '$ ebmc train plants.ebm            # the row is skipped, with a warning\n',
  }),
  EBM4027: code<{ dataset: string; split: string; size: number; wanted: number }>({
    severity: 'error',
    title: 'Fewer examples than an epoch begins with',
    message: ({ dataset, split, size, wanted }) =>
      `\`before epoch\` takes ${wanted} examples, and \`${dataset}.${split}\` has ${size}`,
    help: ({ size }) => [`ask for at most ${size}: \`examples(..., ${size})\``],
    explain: `\`examples(f(x), 4096)\` in \`before epoch\` is the value for 4096 different examples of the data that is trained on. Its shape is known
when the model is compiled, so there must be that many.`,
    wrong: `model M {
  before epoch { centres = k_means(examples(f(x), 20000), centres) }   // 10000 examples in the data
}
`,
    right: `model M {
  before epoch { centres = k_means(examples(f(x), 4096), centres) }
}
`,
  }),
  EBM4050: code<{ dataset: string; count: number; total: number }>({
    severity: 'warning',
    title: 'Keys without a partner',
    message: ({ dataset, count, total }) =>
      `data set \`${dataset}\`: ${count} of ${total} keys have no partner and are left out`,
    explain: `A \`join\` makes an example of what several sources have under the same key. Some keys are not in all of them: they are counted, and the first
ten are named in the notes with the source that lacks them. Wrong (codes in capitals, files in small letters):

\`\`\`
join(photo: images("img/**"), words: json("data.json"), on: code)
\`\`\`

right:

\`\`\`
join(photo: images("img/**"), words: json("data.json"), on: code, ignore_case: true)
\`\`\``,
    wrong: `$ ls img && cat data.json
A.png  B.png  C.png
[{"code": "a", "words": "cat"}, {"code": "b", "words": "dog"}]   # C has no words
`,
    right: `$ ls img && cat data.json
A.png  B.png
[{"code": "A", "words": "cat"}, {"code": "B", "words": "dog"}]
`,
  }),
  EBM4051: code<{ dataset: string; total: number; examples: readonly (readonly [source: string, key: string])[] }>({
    severity: 'error',
    title: 'No keys in common',
    message: ({ dataset, total }) => `data set \`${dataset}\`: none of the ${total} keys is in all sources of the join`,
    help: ({ examples }) => examples.map(([source, key]) => `\`${source}\` has keys such as "${key}"`),
    explain: `The sources of a \`join\` share no key. Compare what the keys look like: the name of a file without its ending on one side, a column on the
other. Wrong (the column \`name\` holds words, the files are called by codes):

\`\`\`
join(photo: images("img/**"), words: json("data.json"), on: name)
\`\`\`

right:

\`\`\`
join(photo: images("img/**"), words: json("data.json"), on: code)
\`\`\``,
    wrong: `$ ls img && cat data.json
1.png  2.png
[{"code": "one", "words": "cat"}, {"code": "two", "words": "dog"}]
`,
    right: `$ ls img && cat data.json
1.png  2.png
[{"code": "1", "words": "cat"}, {"code": "2", "words": "dog"}]
`,
  }),
  EBM4052: code<{ dataset: string; what: string; kinds: readonly { ending: string; count: number }[] }>({
    severity: 'warning',
    title: 'Files of kinds that are not read',
    message: ({ dataset, what, kinds }) =>
      `data set \`${dataset}\`: ${kinds.map(({ ending, count }) => `${count} ${ending}`).join(', ')} ${kinds.length === 1 && kinds[0]?.count === 1 ? 'is' : 'are'} left out: these kinds of ${what} are not read`,
    help: ({ what }) => [
      what === 'pictures'
        ? 'convert them to PNG, JPEG or WebP (ImageMagick: `mogrify -format png *.bmp`), or move them elsewhere'
        : 'convert them to WAV, FLAC, Ogg Vorbis or MP3 (`ffmpeg -i clip.m4a clip.flac`), or move them elsewhere',
    ],
    explain: `A folder of pictures or sounds also holds files of kinds that ebmc does not read, such as GIF, TIFF or HEIC, M4A or AIFF. They are left out. Files that
are neither pictures nor sounds, such as notes, are left out without a word.`,
    wrong: `$ ls photos/cats
1.jpg  2.jpg  3.heic
`,
    right: `$ ls photos/cats
1.jpg  2.jpg  3.png
`,
  }),
  EBM4028: code<{ dataset: string; file: string; suggestion: string | undefined }>({
    severity: 'error',
    title: 'Data file not found',
    message: ({ dataset, file }) => `data set \`${dataset}\` names a file that does not exist: ${file}`,
    help: ({ suggestion }) => [
      ...didYouMean(suggestion),
      'paths in a file are relative to the folder that holds the file',
    ],
    explain: `A data set names a file that is not there. Of a range such as \`shard-{000..099}.tar\` every file has to exist: a missing shard would
otherwise go unnoticed. Paths are relative to the folder of the \`.ebm\` file; the message shows the full path that was tried.`,
    wrong: 'dataset plants = csv("plant.csv") { x: [4] }\n',
    right: 'dataset plants = csv("plants.csv") { x: [4] }\n',
  }),
  EBM4029: code<{ file: string; count: number }>({
    severity: 'error',
    title: 'Too many columns',
    message: ({ file, count }) => `${file} has ${count} columns, more than 65536`,
    help: () => ['keep many numbers in one column of arrays, or in a .npy file'],
    explain: `A table with so many columns is usually a damaged or transposed file. Describing each column would take more memory than the data itself,
so it is refused. Long rows of numbers belong in one column of arrays (JSON Lines, Parquet) or in a \`.npy\` file.`,
    wrong: `$ head -1 table.csv | tr ',' '\\n' | wc -l
100000
`,
    right:
      "$ python -c \"import numpy as np; np.savez('table.npz', x=np.loadtxt('table.csv', delimiter=','))\"   # then npz(\"table.npz\")\n",
  }),
  EBM4030: code<{ dataset: string; arrays: readonly string[] }>({
    severity: 'error',
    title: 'Arrays of different lengths',
    message: ({ dataset, arrays }) =>
      `the arrays of data set \`${dataset}\` differ in their number of examples: ${listed(arrays)}`,
    help: () => ['save arrays that belong together in one file, or name them `x_train`, `x_test` and so on'],
    explain: `The first axis of an array counts examples, so that all arrays of a split need the same length there. Arrays whose names all end in \`_train\` or
\`_test\` are divided into splits.`,
    wrong: '$ python -c "import numpy as np; np.savez(\'d.npz\', x=np.zeros((100, 4)), label=np.zeros(99, int))"\n',
    right: '$ python -c "import numpy as np; np.savez(\'d.npz\', x=np.zeros((100, 4)), label=np.zeros(100, int))"\n',
  }),
  EBM4031: code<{ url: string; reason: string; path: string; md5: string }>({
    severity: 'error',
    title: 'A published data set cannot be fetched',
    message: ({ url, reason }) => `cannot fetch ${url}: ${reason}`,
    help: ({ url, path, md5 }) => [
      `get ${url} some other way and put it at ${path} (its MD5 is ${md5})`,
      'EBMC_DATA_DIR names another folder for data sets, EBMC_DATA_MIRROR another server',
    ],
    explain: `Data sets with names, such as \`fashion_mnist()\` or \`cifar10()\`, are fetched from where their authors publish them, compared with the
published checksum and kept in your cache folder. This machine cannot reach the place, or what came is something else. Put the file
where the message says, and it is found there. \`fashion_mnist()\` also finds Debian's package \`dataset-fashion-mnist\`.`,
    wrong: '$ ebmc train cifar.ebm   # on a machine without a network\n',
    right: `$ cp cifar-10-binary.tar.gz ~/.cache/ebmc/   # the path that the message names; then
$ ebmc train cifar.ebm
`,
  }),
};
