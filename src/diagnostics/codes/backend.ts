/** Backends and `ebmc setup`. */
import { code } from '../diagnostic.js';

export const backendCodes = {
  EBM6001: code<{ backend: string; why: string; remedy: string | undefined }>({
    severity: 'error',
    title: 'This backend cannot be used here',
    message: ({ backend, why }) => `the ${backend} backend cannot be used: ${why}`,
    help: ({ remedy }) => [
      ...(remedy === undefined ? [] : [`run \`${remedy}\``]),
      'leave out --backend to take the best one that works; `ebmc doctor` lists them',
    ],
    explain: `\`--backend NAME\` asked for a backend that is not installed, is damaged, or has no device on this machine. With an
explicit name ebmc never takes another one silently. Without \`--backend\` (or with \`--backend auto\`) it takes the first that
works of tensorflow, webgpu, wasm and cpu. \`ebmc doctor\` says what is there, what is missing and the command that brings it.`,
    wrong: '$ ebmc train simclr.ebm --backend tensorflow   # before `ebmc setup`\n',
    right: '$ ebmc setup && ebmc train simclr.ebm --backend tensorflow\n',
  }),

  EBM6002: code<{ backend: string; why: string; remedy: string | undefined }>({
    severity: 'warning',
    title: 'A backend is installed but damaged, so the next one is used',
    message: ({ backend, why }) =>
      `the ${backend} backend is installed but does not work (${why}); going on with the next one`,
    help: ({ remedy }) => (remedy === undefined ? [] : [`run \`${remedy}\` to build it again`]),
    explain: `The native library was built by \`ebmc setup\` but a file of it is missing, has another size than when it was built, or
cannot be loaded (for example after a disk filled up, or after a move to another processor). With \`--backend auto\` ebmc goes on with
the next backend, more slowly. Run \`ebmc setup\` again: it builds into a new folder and replaces the damaged one.`,
    wrong: '$ ebmc train simclr.ebm   # after node was updated: what was built no longer loads\n',
    right: '$ ebmc setup --force && ebmc train simclr.ebm\n',
  }),

  EBM6003: code<{ tool: string; purpose: string; remedy: string }>({
    severity: 'error',
    title: 'A tool that setup needs is missing',
    message: ({ tool, purpose }) => `\`ebmc setup\` needs ${tool} ${purpose}`,
    help: ({ remedy }) => [`run \`${remedy}\``, 'without the native backend everything runs on wasm, only more slowly'],
    explain: `\`ebmc setup\` builds the native TensorFlow backend. It needs npm (comes with Node), Python 3 with pip (to fetch TensorFlow's
libraries; any Python 3.7 or later, it is not linked against) and a C++17 compiler (g++ or clang++) for a few seconds of compiling.
On Debian and Ubuntu: \`apt-get install g++ python3 python3-pip\`. On Fedora: \`dnf install gcc-c++ python3 python3-pip\`.
\`--python PATH\` and the environment variables EBMC_PYTHON and CXX choose other ones.`,
    wrong: '$ ebmc setup   # where there is no C++ compiler\n',
    right: '$ apt-get install g++ && ebmc setup\n',
  }),

  EBM6004: code<{ step: string; command: string; output: string }>({
    severity: 'error',
    title: 'A step of setup failed',
    message: ({ step }) => `\`ebmc setup\` could not ${step}`,
    help: ({ command, output }) => [`the command was: ${command}`, ...(output === '' ? [] : [`it said:\n${output}`])],
    explain: `A command that \`ebmc setup\` runs (npm, pip, the C++ compiler) ended with an error; its last lines are shown. The usual causes
are no connection to the package registry (set npm's and pip's registry or proxy as for any other package), a full disk, or a compiler
older than C++17. Nothing was changed: setup builds in a temporary folder and renames it only when the result works.`,
    wrong: '$ ebmc setup   # while pip reaches no package index\n',
    right: '$ PIP_INDEX_URL=https://your.mirror/simple ebmc setup\n',
  }),

  EBM6005: code<{ platform: string }>({
    severity: 'error',
    title: 'The native backend is not available for this platform',
    message: ({ platform }) => `the native backend cannot be built for ${platform}`,
    help: () => ['wasm is the default here and needs no setup'],
    explain: `The native backend uses the libraries of TensorFlow's Python package, which exist for Linux with glibc on x86-64 and arm64.
Elsewhere (Windows, macOS, Alpine's musl) the wasm backend is used.`,
    wrong: "$ ebmc setup                                 # on a platform without TensorFlow's package\n",
    right: '$ ebmc train simclr.ebm --backend wasm\n',
  }),

  EBM6006: code<{ name: string; known: readonly string[] }>({
    severity: 'error',
    title: 'There is no such backend',
    message: ({ name }) => `there is no backend \`${name}\``,
    help: ({ known }) => [`choose one of auto, ${known.join(', ')}`],
    explain: `\`--backend\` takes \`auto\` or the name of a backend: tensorflow (native, through tfjs-node), webgpu, wasm or cpu.`,
    wrong: '$ ebmc train simclr.ebm --backend cuda\n',
    right: '$ ebmc setup --gpu && ebmc train simclr.ebm --backend tensorflow\n',
  }),

  EBM6007: code<{ why: string; output: string }>({
    severity: 'error',
    title: 'The native backend was built but does not work',
    message: ({ why }) => `the native backend was built but ${why}`,
    help: ({ output }) => [
      ...(output === '' ? [] : [`it said:\n${output}`]),
      'nothing was changed: a working native backend from before is still there',
    ],
    explain: `After building, \`ebmc setup\` loads the library in a process of its own and multiplies two matrices. That process failed or
its result was wrong, so the build was thrown away. The usual cause is a processor without AVX, or too little memory.`,
    wrong: '$ ebmc setup   # built against another version of TensorFlow\n',
    right: '$ ebmc setup --force\n',
  }),

  EBM6008: code<{ folder: string; neededMiB: number; freeMiB: number }>({
    severity: 'error',
    title: 'There is too little disk space for setup',
    message: ({ folder, neededMiB, freeMiB }) =>
      `\`ebmc setup\` needs ${neededMiB} MiB in ${folder}, where ${freeMiB} MiB are free`,
    help: () => ['set EBMC_NATIVE_DIR to a folder on a larger disk'],
    explain: `The native backend takes about 1.5 GB (8 GB with \`--gpu\`) while it is built and a little less afterwards.
EBMC_NATIVE_DIR names another folder for it; set it for the later runs too.`,
    wrong: '$ ebmc setup   # 500 MiB free in the home folder\n',
    right: '$ XDG_DATA_HOME=/mnt/large ebmc setup\n',
  }),

  EBM6009: code<{ folder: string; why: string }>({
    severity: 'error',
    title: 'The folder for the native backend cannot be written',
    message: ({ folder, why }) => `\`ebmc setup\` cannot write to ${folder}: ${why}`,
    help: () => ['set EBMC_NATIVE_DIR to a folder that you may write to'],
    explain: `\`ebmc setup\` puts the native backend into your user data folder (XDG_DATA_HOME or ~/.local/share), or into EBMC_NATIVE_DIR.
That folder could not be made or written.`,
    wrong: '$ XDG_DATA_HOME=/usr/share ebmc setup\n',
    right: '$ XDG_DATA_HOME=~/.local/share ebmc setup\n',
  }),

  EBM6010: code<{ backend: string }>({
    severity: 'error',
    title: 'Micro-batches need the native backend',
    message: ({ backend }) => `the ${backend} backend takes no steps in micro-batches`,
    help: () => ['`ebmc setup` builds the native backend', 'or train with a smaller `batch` and without `micro_batch`'],
    explain: `A step in micro-batches keeps values of the whole batch in a native TensorFlow session between its parts. The other backends
compute a step at once.`,
    wrong: '$ ebmc train simclr.ebm --micro-batch 64 --backend wasm\n',
    right: '$ ebmc train simclr.ebm --micro-batch 64 --backend tensorflow\n',
  }),

  EBM6011: code<{ backend: string; type: string }>({
    severity: 'error',
    title: 'Numbers of 16 bits need the native backend',
    message: ({ backend, type }) => `the ${backend} backend has no ${type}`,
    help: () => ['`ebmc setup` builds the native backend', 'or train with `precision: float32`'],
    explain: `With \`precision: bf16\` or \`fp16\` the products inside layers take bfloat16 or float16 factors; parameters, statistics, losses and
sums stay in float32. Only the native backend has the kernels; whether they are faster than those of float32 depends on the processor (for
bfloat16 AMX or AVX-512 with bf16) or the GPU.`,
    wrong: '$ ebmc train simclr.ebm --set train.precision=bf16 --backend wasm\n',
    right: '$ ebmc train simclr.ebm --set train.precision=bf16 --backend tensorflow\n',
  }),

  EBM6012: code<{ processor: string; type: string }>({
    severity: 'warning',
    title: 'Numbers of 16 bits are slower here',
    message: ({ processor, type }) => `this processor (${processor}) does not multiply ${type} numbers`,
    help: () => ['train with `precision: float32`, which is faster here'],
    explain: `With \`precision: bf16\` or \`fp16\` the products inside layers take bfloat16 or float16 factors. Where the processor has no
instructions for them (for bfloat16 AMX or AVX-512 with bf16, for float16 AVX-512 with fp16; \`ebmc doctor\` shows what it has), each
product is made of converted numbers, and a step takes several times as long as in float32. The numbers are those of a processor or a GPU
that has them. \`fp16\` is meant for GPUs.`,
    wrong: '$ ebmc train simclr.ebm --set train.precision=bf16   # a processor without AMX or AVX-512 with bf16\n',
    right: '$ ebmc train simclr.ebm\n',
  }),

  EBM6013: code<Record<never, never>>({
    severity: 'warning',
    title: 'The native backend is one for GPUs, and finds none',
    message: () => 'no GPU was found: the native backend computes on processors',
    help: () => [
      'run `nvidia-smi`: it lists the GPUs that the driver sees',
      'run `TF_CPP_MIN_LOG_LEVEL=0 ebmc doctor`: TensorFlow says which library it did not find',
    ],
    explain: `The native backend was built with \`ebmc setup --gpu\`, but TensorFlow finds no NVIDIA GPU to compute on, so it takes the processors, and
steps take many times as long. The usual causes are a machine or a container without a GPU, a driver older than CUDA 12.5 wants (555), or
\`CUDA_VISIBLE_DEVICES\`. On a machine without a GPU \`ebmc setup\` builds a smaller backend, which does not warn.`,
    wrong: '$ CUDA_VISIBLE_DEVICES= ebmc train simclr.ebm\n',
    right: '$ ebmc train simclr.ebm\n',
  }),
};
