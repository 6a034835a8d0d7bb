/** Sessions that compile what they run, as on GPUs; here TensorFlow is told to do so on processors. */
import { mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { checkFile, compileModel, optimizeProgram } from '../../src/compiler/index.js';
import { emitTensorflow } from '../../src/compiler/targets/tensorflow/emit.js';
import { loadSavedModel } from '../../src/runtime/backends/load-saved-model.js';
import { FileLibrary } from '../../src/runtime/library.js';
import type { HostTensor } from '../../src/runtime/model.js';
import { tfjsNode, useBackend } from './backends.js';

// TensorFlow reads these when it first looks at a graph; what it decides is written there.
const dumped = mkdtempSync(join(tmpdir(), 'ebmc-'));
process.env['TF_DUMP_GRAPH_PREFIX'] = dumped;
process.env['TF_XLA_FLAGS'] = [
  '--tf_xla_auto_jit=2',
  '--tf_xla_cpu_global_jit',
  '--tf_xla_enable_lazy_compilation=false',
  '--tf_xla_clustering_debug',
].join(' ');

const native = tfjsNode();
const batch = 16;
const adamw = { name: 'adamw', settings: { rate: 1e-3, beta1: 0.9, beta2: 0.999, eps: 1e-8, decay: 0.01 } } as const;

function compiledProgram(microBatch?: number) {
  const path = 'examples/simclr.ebm';
  const checked = checkFile({ path, text: readFileSync(path, 'utf8') }, new FileLibrary(path), { train: { batch } });
  return optimizeProgram(
    compileModel(checked.models[0]!, { optimizer: adamw, microBatch }, 'tensorflow'),
    'tensorflow',
  );
}

const pictures: HostTensor = {
  shape: [batch, 28, 28, 1],
  data: Float32Array.from({ length: batch * 784 }, (_, i) => 0.5 + 0.5 * Math.sin(i * 0.013 * ((i % 5) + 1))),
};

/** The names of operations that TensorFlow has put into what it compiles, since the last call. */
const seen = new Set<string>();
function newlyCompiled(): readonly string[] {
  const files = readdirSync(dumped).filter((name) => name.startsWith('mark_for_compilation_annotated'));
  const fresh = files.filter((name) => !seen.has(name));
  for (const name of fresh) seen.add(name);
  return fresh.flatMap((name) =>
    readFileSync(join(dumped, name), 'utf8')
      .split('\nnode {')
      .filter((node) => node.includes('"_XlaCluster"'))
      .map((node) => /name: "(?:cluster_[\d_]+\/)?([^"]*)"/.exec(node)?.[1] ?? ''),
  );
}

describe.skipIf(native === undefined)('on the native backend', () => {
  beforeAll(() => useBackend('tensorflow'));

  test.each([undefined, 8])(
    'a long run compiles its steps and nothing else, with the same draws (micro-batch %s)',
    async (microBatch) => {
      const program = compiledProgram(microBatch);
      const output = emitTensorflow(program, { compiled: true });
      const losses: number[][] = [];
      for (const plannedSteps of [1999, 2000]) {
        const directory = mkdtempSync(join(tmpdir(), 'ebmc-'));
        const model = await loadSavedModel(program, output, native!, { directory });
        await model.init(3);
        model.plannedSteps = plannedSteps;
        const compiles = plannedSteps === 2000;
        expect(model.isYetToCompile).toBe(compiles);
        const own: number[] = [];
        for (let i = 0; i < 3; i++) own.push((await model.step({ x: pictures }, 1e-3))['loss']!);
        await model.represent({ x: pictures });
        expect(model.isYetToCompile).toBe(false);
        const compiled = newlyCompiled();
        expect(compiled.filter((name) => !name.startsWith('compiled/'))).toEqual([]);
        expect(compiled.some((name) => name.includes('Conv2DBackpropFilter'))).toBe(compiles);
        expect(compiled.filter((name) => name.includes('StatelessRandom'))).toEqual([]);
        losses.push(own);
        model.dispose();
      }
      const [plain = [], compiled = []] = losses;
      compiled.forEach((loss, i) => {
        expect(loss).toBeCloseTo(plain[i]!, 3);
      });
    },
  );
});
