/**
 * Mutants against measurement: each is trained on digits for two epochs, and so are the examples it was made from. Printed: what the analysis says, where
 * the loss went between its start and its value at a constant representation, and the spread of the representation.
 */
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { checkFile, compileModel, optimizeProgram, plateaus } from '../../src/compiler/index.js';
import { emitTensorflow } from '../../src/compiler/targets/tensorflow/emit.js';
import { loadSavedModel } from '../../src/runtime/backends/load-saved-model.js';
import { openDataset } from '../../src/runtime/data/index.js';
import { spread } from '../../src/runtime/evaluate/spread.js';
import { FileLibrary } from '../../src/runtime/library.js';
import { mutants } from '../programs/mutants.js';
import { tfjsNode, useBackend } from '../targets/backends.js';

const native = tfjsNode();
const healthy = ['vicreg', 'simclr', 'simsiam', 'byol', 'dino', 'swav', 'tico', 'lejepa', 'w_mse', 'moco'];
const steps = 124;

interface Row {
  readonly name: string;
  readonly reported: boolean;
  /** How much of the way from its first loss to that of a constant representation the loss has gone; 1 is all of it. */
  readonly way: number;
  readonly spreads: readonly [number, number];
}

async function measure(name: string, text: string): Promise<Row> {
  const path = 'examples/mutant.ebm';
  const allow = ['EBM3001'];
  const { models, trains, datasets, diagnostics } = checkFile({ path, text }, new FileLibrary(path), { allow });
  const [model, train] = [models[0]!, trains[0]!];
  const program = optimizeProgram(compileModel(model, train, 'tensorflow'), 'tensorflow');
  const directory = mkdtempSync(join(tmpdir(), 'ebmc-'));
  const loaded = await loadSavedModel(program, emitTensorflow(program), native!, { directory });
  const data = await openDataset(datasets[0]!, { baseDirectory: 'examples', strict: true, warn: () => {} });
  const indices = (step: number): number[] =>
    Array.from({ length: train.batch }, (_, i) => (step * train.batch + i) % data.size('train'));
  const spreadNow = async (): Promise<number> => {
    const { data: values, shape } = await loaded.represent(await data.read('train', indices(0), ['x']));
    const columns = values.length / shape[0]!;
    return spread({ rows: shape[0]!, columns, data: Float32Array.from(values) }).mean;
  };
  await loaded.init(1);
  loaded.plannedSteps = steps;
  const before = await spreadNow();
  const losses: number[] = [];
  for (let step = 0; step < steps; step++)
    losses.push(
      (await loaded.step(await data.read('train', indices(step), ['x']), train.optimizer.settings['rate']!))['loss']!,
    );
  const after = await spreadNow();
  loaded.dispose();
  const constant = Object.values(plateaus(model) ?? {}).reduce((sum, value) => sum + value, 0);
  const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [first, last] = [mean(losses.slice(0, 3)), mean(losses.slice(-10))];
  const reported = diagnostics.some(({ code }) => code === 'EBM3001');
  return { name, reported, way: (first - last) / (first - constant), spreads: [before, after] };
}

test.skipIf(native === undefined)(
  'mutants, and what they were made from',
  async () => {
    await useBackend('tensorflow');
    const made = mutants
      .filter(({ code }) => code === undefined || code === 'EBM3001')
      .map(({ name, text }) => [name, text] as const);
    const whole = healthy.map((name) => [name, readFileSync(`examples/${name}.ebm`, 'utf8')] as const);
    const rows: Row[] = [];
    for (const [name, text] of [...made, ...whole]) {
      const row = await measure(name, text);
      rows.push(row);
      const [before, after] = row.spreads.map((value) => value.toFixed(3));
      const said = row.reported ? 'reported' : '-       ';
      console.log(
        `${name.padEnd(44)} ${said} ${row.way.toFixed(2).padStart(7)} of the way to a constant, spread ${before} -> ${after}`,
      );
    }
    // Every reported one goes most of the way to what a constant representation gives.
    for (const { name, reported, way } of rows) if (reported) expect(way, name).toBeGreaterThan(0.5);
  },
  1_800_000,
);
