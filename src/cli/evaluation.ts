/** Measures a trained model, prints the table and keeps it in the run's folder. */
import { join } from 'node:path';
import type { EvaluateDecl } from '../compiler/declarations.js';
import type { Diagnostic } from '../diagnostics/index.js';
import type { Dataset } from '../runtime/data/index.js';
import { type EvaluationResult, type EvaluationRow, evaluate, tfjsAlgebra } from '../runtime/evaluate/index.js';
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

function printEvaluation({ dataset, neighbours, trainExamples, testExamples, rows }: EvaluationResult, output: Output) {
  const shares = rows[0]?.linear.map(({ labels }) => labels) ?? [];
  const labelled = rows.some(({ knn }) => knn !== undefined);
  const heads = [
    'representation',
    ...(labelled ? [`k-NN (k ${neighbours})`] : []),
    ...shares.map((share) => `linear, ${showPercent(share)} labels`),
    ...['RankMe', 'spread', 'alignment', 'uniformity'],
  ];
  const table = formatTable(
    output,
    heads,
    rows.map((row) => printRow(row, output)),
  );
  return `Accuracy on ${dataset}: ${testExamples} test examples, ${trainExamples} to learn from\n\n${table}`;
}

function printRow(
  { name, dimensions, knn, linear, rankme, spread, alignment, uniformity }: EvaluationRow,
  output: Output,
): string[] {
  const cells = [
    ...(knn === undefined ? [] : [showAccuracy(knn)]),
    ...linear.map(({ accuracy }) => showAccuracy(accuracy)),
    `${rankme.toFixed(1)} of ${dimensions}`,
    spread.toFixed(2),
    alignment === undefined ? '–' : alignment.toFixed(2),
    uniformity.toFixed(2),
  ];
  const bold = (text: string) => (name === 'trained' ? output.paint.bold(text) : text);
  return [name, ...cells].map(bold);
}

function showAccuracy(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}

function showPercent(share: number): string {
  return `${Number((100 * share).toPrecision(3))} %`;
}
