/** `ebmc check --cost`: what each model of a file costs, as tables and as data. */
import { costOfModel, costOfStep, type EncoderCost, type ModelCost, type StepCost } from '../compiler/analyse/cost.js';
import type { Precision } from '../compiler/graph/types.js';
import {
  type CheckedFile,
  compileModel,
  defaultOptimizer,
  optimizeProgram,
  type StepSettings,
  type TargetName,
  type TypedModel,
} from '../compiler/index.js';
import type { Output } from './output.js';
import { formatTable } from './table.js';

interface StepRow extends StepCost {
  readonly backend: string;
  readonly precision: Precision;
}

export interface FileCost extends ModelCost {
  readonly microBatch: number | undefined;
  readonly steps: readonly StepRow[];
}

export function costOf({ models, trains }: CheckedFile): FileCost[] {
  return models.map((model) => {
    const settings: StepSettings = trains.find((train) => train.model === model.name) ?? {
      optimizer: defaultOptimizer,
    };
    return { ...costOfModel(model), microBatch: settings.microBatch, steps: stepsOf(model, settings) };
  });
}

/** A row for each way that a step can be computed: micro-batches and numbers of 16 bits are the native backend's alone. */
function stepsOf(model: TypedModel, settings: StepSettings): StepRow[] {
  const row = (target: TargetName, precision: StepRow['precision']): StepRow => {
    const program = optimizeProgram(compileModel(model, { ...settings, precision }, target), target);
    return { backend: target === 'tensorflow' ? 'tensorflow' : 'wasm, cpu', precision, ...costOfStep(program) };
  };
  const precisions: readonly Precision[] = ['float32', 'bf16', 'fp16'];
  const rows = precisions.map((precision) => row('tensorflow', precision));
  return settings.microBatch === undefined ? [...rows, row('tfjs', 'float32')] : rows;
}

export function printCost(output: Output, cost: FileCost): void {
  const { encoders, parameters } = cost;
  const inEncoders = encoders.reduce((sum, encoder) => sum + encoder.parameters, 0);
  const heads = ['', 'parameters', 'FLOPs an example, forward', 'of them products'];
  const rows = [
    ...encoders.map(encoderRow),
    ...(parameters > inEncoders ? [['elsewhere', String(parameters - inEncoders), '', '']] : []),
    ['total', String(parameters), '', ''],
  ];
  const micro = cost.microBatch === undefined ? '' : ` in micro-batches of ${cost.microBatch}`;
  output.line();
  output.line(`${cost.model}, a step of ${cost.batch} examples${micro}`);
  output.line(formatTable(output, heads, rows));
  output.line();
  output.line(
    formatTable(
      output,
      ['step on', 'precision', 'FLOPs', 'of them products', 'in 16 bits', 'memory'],
      cost.steps.map(({ backend, precision, flops, narrow, bytes }) => {
        const counts = [flops.products + flops.other, flops.products, narrow].map(large);
        return [backend, precision, ...counts, `${large(bytes)}B`];
      }),
    ),
  );
}

function encoderRow({ name, parameters, forward }: EncoderCost): string[] {
  return [name, String(parameters), large(forward.products + forward.other), large(forward.products)];
}

/** 19100000000 → "19.1 G". */
function large(value: number): string {
  const [unit, scale] = (
    [
      ['T', 1e12],
      ['G', 1e9],
      ['M', 1e6],
      ['k', 1e3],
    ] as const
  ).find(([, at]) => value >= at) ?? ['', 1];
  return `${Number((value / scale).toPrecision(3))} ${unit}`.trimEnd();
}
