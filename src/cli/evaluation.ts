/** Measures a trained model, prints the table and keeps it in the run's folder. */
import { join } from 'node:path';
import type { EvaluateDecl } from '../compiler/declarations.js';
import type { Diagnostic } from '../diagnostics/index.js';
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
import type { Output } from './output.js';
import { formatTable } from './table.js';

export interface EvaluationCall {
  readonly model: LoadedModel;
  readonly states: Readonly<Record<string, HostTensor>>;
  readonly seed: number;
  readonly settings: EvaluateDecl;
  readonly dataset: Dataset;
  readonly transfers?: readonly Dataset[];
  /** The run's folder. */
  readonly folder: string;
  readonly warn: (diagnostic: Diagnostic) => void;
  readonly output: Output;
}

export async function evaluateAndPrint({ folder, output, ...call }: EvaluationCall): Promise<EvaluationResult> {
  const clear = () => {
    if (output.interactive) process.stderr.write('\r\x1b[K');
  };
  const result = await evaluate({
    ...call,
    algebra: tfjsAlgebra,
    onProgress: (message) => {
      clear();
      if (output.interactive) process.stderr.write(output.paint.dim(`measuring ${message} …`));
    },
    warn: (diagnostic) => {
      clear();
      call.warn(diagnostic);
    },
  });
  clear();
  writeWhole(join(folder, 'evaluation.json'), `${JSON.stringify(result, null, 2)}\n`);
  output.line(`\n${printEvaluation(result, output)}`);
  return result;
}

function printEvaluation(
  { dataset, trainExamples, testExamples, measures, rows }: EvaluationResult,
  output: Output,
): string {
  const shown = measures.filter(({ key }) => !rows.every(({ missing }) => missing[key] === noLabels));
  const heads = ['representation', ...shown.map(({ label }) => columnHead(label))];
  const table = formatTable(
    output,
    heads,
    rows.map((row) => printRow(row, shown, output)),
  );
  return `Accuracy on ${dataset}: ${testExamples} test examples, ${trainExamples} to learn from\n\n${table}`;
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
