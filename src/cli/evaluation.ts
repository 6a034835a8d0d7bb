/** Measures a trained model, prints the table and keeps it in the run's folder. */
import { join } from 'node:path';
import type { EvaluateDecl, TrainDecl } from '../compiler/declarations.js';
import type { TypedModel } from '../compiler/index.js';
import { type Diagnostic, EbmcError, report } from '../diagnostics/index.js';
import { loadStageEnds } from '../runtime/checkpoint/index.js';
import type { MeasureInfo } from '../runtime/compare/comparison.js';
import type { Dataset } from '../runtime/data/index.js';
import {
  type EvaluationResult,
  type EvaluationRow,
  evaluate,
  noLabels,
  tfjsAlgebra,
} from '../runtime/evaluate/index.js';
import { writeWhole } from '../runtime/files/index.js';
import type { HostTensor, LoadedModel } from '../runtime/model.js';
import { loadProgram, type RunningProgram } from './load-program.js';
import type { Output } from './output.js';
import { pairModelOf } from './pair-model.js';
import { formatTable } from './table.js';

/** More measures than this are too wide for one line each representation. */
const widest = 8;

export interface EvaluationCall {
  readonly model: LoadedModel;
  /** The same as it was compiled from, and how. */
  readonly typed: TypedModel;
  readonly train: TrainDecl;
  readonly backend: string;
  readonly states: Readonly<Record<string, HostTensor>>;
  readonly seed: number;
  readonly settings: EvaluateDecl;
  readonly dataset: Dataset;
  readonly transfers?: readonly Dataset[];
  /** What it was trained on, stage by stage. */
  readonly trainedOn?: readonly Dataset[];
  /** The run's folder. */
  readonly folder: string;
  readonly warn: (diagnostic: Diagnostic) => void;
  readonly output: Output;
}

export async function evaluateAndPrint({
  folder,
  output,
  trainedOn = [],
  typed,
  train,
  backend,
  ...call
}: EvaluationCall): Promise<EvaluationResult> {
  const clear = () => {
    if (output.interactive) process.stderr.write('\r\x1b[K');
  };
  let derived: Promise<RunningProgram> | undefined;
  const pairModel = pairModelOf(typed, train, call.dataset, (...asked) => {
    derived ??= loadProgram(...asked, backend, output);
    return derived;
  });
  const result = await evaluate({
    ...call,
    pairModel,
    stages: trainedOn.length > 1 ? { data: trainedOn, ends: await loadStageEnds(folder) } : undefined,
    algebra: tfjsAlgebra,
    onProgress: (message) => {
      clear();
      if (output.interactive) process.stderr.write(output.paint.dim(`measuring ${message} …`));
    },
    warn: (diagnostic) => {
      clear();
      call.warn(diagnostic);
    },
  }).finally(async () => (await derived)?.close());
  clear();
  output.line(`\n${printEvaluation(result, output)}`);
  keep(join(folder, 'evaluation.json'), result, call.warn);
  return result;
}

/** What was measured has been told by then: a folder that cannot be written does not take it away. */
function keep(path: string, result: EvaluationResult, warn: EvaluationCall['warn']): void {
  try {
    writeWhole(path, `${JSON.stringify(result, null, 2)}\n`);
  } catch (error) {
    if (!(error instanceof EbmcError)) throw error;
    warn(report('EBM5035', { reason: error.diagnostics.map(({ message }) => message).join('; ') }));
  }
}

function printEvaluation(
  { dataset, trainExamples, testExamples, measures, rows }: EvaluationResult,
  output: Output,
): string {
  const summary = `Accuracy on ${dataset}: ${testExamples} test examples, ${trainExamples} to learn from\n\n`;
  const shown = measures.filter(({ key }) => !rows.every(({ missing }) => missing[key] === noLabels));
  if (shown.length > widest) return `${summary}${printByMeasure(shown, rows, output)}`;
  const heads = ['representation', ...shown.map(({ label }) => columnHead(label))];
  const table = formatTable(
    output,
    heads,
    rows.map((row) => printRow(row, shown, output)),
  );
  return `${summary}${table}`;
}

/** One line a measure, one column a representation. */
function printByMeasure(shown: readonly MeasureInfo[], rows: readonly EvaluationRow[], output: Output): string {
  const columns = rows.map((row) => printRow(row, shown, output));
  return formatTable(
    output,
    ['measure', ...rows.map(({ name }) => name)],
    shown.map(({ label }, i) => [label, ...columns.map((column) => column[i + 1]!)]),
  );
}

function printRow(row: EvaluationRow, shown: readonly MeasureInfo[], output: Output): string[] {
  const cells = shown.map(({ key, unit }) => {
    const value = row.measures[key];
    if (value === undefined) return '–';
    if (unit === 'share') return showAccuracy(value);
    // Of a rank the most that there can be says whether it is much.
    return key === 'rankme' ? `${value.toFixed(1)} of ${row.dimensions}` : value.toFixed(2);
  });
  const bold = (text: string) => (row.name === 'trained' ? output.paint.bold(text) : text);
  return [row.name, ...cells].map(bold);
}

/** "linear probe, 1 % of the labels" is too wide for a column. */
function columnHead(label: string): string {
  return label.replace('linear probe', 'linear').replace(' of the labels', ' labels');
}

function showAccuracy(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}
