/** `ebmc export` and `ebmc import`. */
import { code } from '../diagnostic.js';
import { didYouMean } from './did-you-mean.js';

export const exportCodes = {
  EBM5050: code<{ op: string; scope: string; format: string | undefined }>({
    severity: 'error',
    title: 'The representation has an operation that cannot be exported',
    message: ({ op, scope, format }) =>
      `\`${op}\`${scope === '' ? '' : ` in ${scope}`} cannot be exported${format === undefined ? '' : ` to ${format}`}`,
    help: ({ format }) => [
      format === undefined
        ? 'make the `representation` a function of the data alone: without views, masks and draws'
        : 'choose another format: `saved-model` knows every operation, `safetensors` holds the weights alone',
    ],
    explain: `An exported representation is a function of its inputs and nothing else, made of what the format knows. Two things stand in the way:

- it draws random numbers (\`random_uniform\`, \`random_normal\`, \`random_permutation\`): no other runtime draws ours, and a representation in
  use should not differ from call to call. Represent the data, not a view of it; of a distribution take its mean.
- an operation that only gradients need (a representation found by descent, \`argmin … by gradient\`, has them), which ONNX or tfjs's graph
  models have no counterpart for.

\`\`\`ebm
representation f(x)        // not f(a), where a is a view
\`\`\``,
    wrong:
      '$ ebmc export runs/WMSE --format onnx --out f.onnx          # its representation whitens: a Cholesky factor\n',
    right: '$ ebmc export runs/WMSE --format safetensors --out f.safetensors\n',
  }),

  EBM5051: code<{ path: string }>({
    severity: 'error',
    title: 'An export is there already',
    message: ({ path }) => `${path} is there already and was left as it is`,
    help: () => ['replace it with --overwrite, or choose another path with --out'],
    explain: `\`ebmc export\` writes to a file (\`safetensors\`, \`onnx\`) or a folder (\`saved-model\`, \`tfjs\`) that is new or empty. With
\`--overwrite\` it replaces an earlier export; other files of a folder stay.`,
    wrong: `$ ebmc export runs/SimCLR --format onnx --out f.onnx
$ ebmc export runs/SimCLR --format onnx --out f.onnx
`,
    right: `$ ebmc export runs/SimCLR --format onnx --out f.onnx
$ ebmc export runs/SimCLR --format onnx --out f.onnx --overwrite
`,
  }),

  EBM5052: code<{ format: string; bytes: number }>({
    severity: 'error',
    title: 'The weights are too large for one file',
    message: ({ format, bytes }) =>
      `the weights are ${(bytes / 1e9).toFixed(1)} GB, and a ${format} file holds less than 2 GB`,
    help: () => ['choose `safetensors` or `tfjs`, which have no such limit'],
    explain: `ONNX models and SavedModels with their weights inside are Protocol Buffers messages, which cannot be larger than 2 GB.`,
    wrong: '$ ebmc export runs/Huge --format onnx --out f.onnx   # 3 GB of weights\n',
    right: '$ ebmc export runs/Huge --format safetensors --out f.safetensors\n',
  }),

  EBM5053: code<{ name: string; known: readonly string[]; suggestion: string | undefined }>({
    severity: 'error',
    title: 'There is no such export format',
    message: ({ name }) => `there is no export format \`${name}\``,
    help: ({ known, suggestion }) => [...didYouMean(suggestion), `choose one of ${known.join(', ')}`],
    explain: `\`ebmc export RUN --format NAME\` knows \`safetensors\` (the weights alone), \`onnx\`, \`saved-model\` (TensorFlow) and \`tfjs\` (a graph
model for browsers and Node).`,
    wrong: '$ ebmc export runs/SimCLR --format pytorch --out f.pt\n',
    right: '$ ebmc export runs/SimCLR --format safetensors --out f.safetensors\n',
  }),

  EBM5054: code<{ encoder: string; known: readonly string[]; suggestion: string | undefined }>({
    severity: 'error',
    title: 'There is no encoder to import into',
    message: ({ encoder }) => `the model has no encoder \`${encoder}\` with weights`,
    help: ({ known, suggestion }) => [...didYouMean(suggestion), `encoders: ${known.join(', ')}`],
    explain: `\`ebmc import FILE --weights ENCODER=WEIGHTS\` names an \`encoder\` of the model, whose weights the file holds.`,
    wrong: '$ ebmc import resnet.ebm --weights encoder=resnet18.safetensors --names torch_resnet18 --out runs/R\n',
    right:
      '$ ebmc import resnet.ebm --weights f=resnet18.safetensors --names torch_resnet18 --out runs/R   # encoder f = resnet18()\n',
  }),

  EBM5055: code<{ path: string; problem: string }>({
    severity: 'error',
    title: 'Weights do not fit the encoder',
    message: ({ path, problem }) => `${path} does not fit: ${problem}`,
    help: () => [
      'the encoder must have the architecture, width and input channels of the one that was trained elsewhere',
    ],
    explain: `Every parameter and moving average of the encoder is looked up under the name that the list of names (\`--names\`) gives it, and must
have the same shape there, once axes are in our order (convolutions height, width, in, out; linear layers in, out). The message names the
first that is missing or of another shape. Tensors that the encoder has no use for, such as a classifier's last layer, are left alone.`,
    wrong: '$ ebmc import resnet.ebm --weights f=resnet50.safetensors --names torch_resnet18 --out runs/R\n',
    right: '$ ebmc import resnet.ebm --weights f=resnet18.safetensors --names torch_resnet18 --out runs/R\n',
  }),

  EBM5056: code<{ name: string; problem: string; known: readonly string[]; suggestion: string | undefined }>({
    severity: 'error',
    title: 'No such list of names',
    message: ({ name, problem }) => `the list of names \`${name}\` cannot be used: ${problem}`,
    help: ({ known, suggestion }) => [
      ...didYouMean(suggestion),
      `choose one of ${known.join(', ')}, or a file of your own`,
    ],
    explain: `\`--names\` says what each state of the encoder is called in the file of weights: the name of a list that comes with ebmc
(\`std/weights\`), or the path of one: a JSON object with \`layout\` ("torch", or "ebmc" for our own order of axes) and \`states\`, from our names below the
encoder to theirs: \`{ "layout": "torch", "states": { "conv_1/weight": "conv1.weight" } }\`; docs/export.md has the rest.`,
    wrong: '$ ebmc import resnet.ebm --weights f=resnet18.safetensors --names resnet --out runs/R\n',
    right: '$ ebmc import resnet.ebm --weights f=resnet18.safetensors --names torch_resnet18 --out runs/R\n',
  }),
};
