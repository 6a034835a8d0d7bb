import { Option } from 'commander';

export const backendOption = () =>
  new Option('--backend <name>', 'what to compute on')
    .choices(['auto', 'tensorflow', 'webgpu', 'wasm', 'cpu'])
    .default('auto');
