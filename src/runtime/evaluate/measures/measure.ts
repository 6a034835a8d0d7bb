/** What an entry of the table of measures is. */
import type { MeasureName, RankingMeasure } from '../../../compiler/measure-names.js';
import type { MeasureInfo } from '../../compare/comparison.js';
import type { Subject } from '../subject.js';

export interface MeasureSettings {
  readonly measures: readonly MeasureName[];
  /** k of k-NN. */
  readonly neighbours: number;
  /** Shares of the labels that the linear probe gets. */
  readonly labels: readonly number[];
  /** Names of the data sets that are transferred to. */
  readonly transfers?: readonly string[] | undefined;
  /** Names of the data sets of the stages of training. */
  readonly stages?: readonly string[] | undefined;
  /** What ranks; by default what `defaultRanking` says. */
  readonly rankedBy?: RankingMeasure | undefined;
}

/** What must be there for a measure to be taken; `features`: representations that are finite numbers. */
export type Need =
  | 'features'
  | 'labels'
  | 'views'
  | 'energy'
  | 'pairs'
  | 'pictures'
  | 'transfer'
  | 'training'
  | 'terms'
  | 'stages';

export interface Value {
  readonly value: number;
  /** One for each test example (in the split's order), whose mean is the value: what intervals are resampled from. */
  readonly scores?: Uint8Array | Float32Array;
}

export interface Measure {
  readonly needs: readonly Need[];
  /** Of every value that `compute` gives, in the order in which they are shown. */
  infos(settings: MeasureSettings): readonly MeasureInfo[];
  /** The key of the value that ranks; the first one's where absent. */
  readonly ranks?: (settings: MeasureSettings) => string;
  /** Whether a value depends on the seed even where features do not; never where absent. */
  readonly isDrawn?: (key: string) => boolean;
  /** Key → value; a key that is left out could not be measured. Those not in `wanted` need not be there. */
  compute(
    subject: Subject,
    settings: MeasureSettings,
    wanted: ReadonlySet<string>,
  ): Promise<Readonly<Record<string, Value>>>;
}

export function showShare(share: number): string {
  return `${Number((100 * share).toPrecision(3))} %`;
}
