// Runs a benchmark written in TypeScript: node bench/run.js step wasm tensorflow
import { runnerImport } from 'vite';

const [name = 'step', ...args] = process.argv.slice(2);
const { module } = await runnerImport(new URL(`./${name}.ts`, import.meta.url).pathname);
await module.run(args);
