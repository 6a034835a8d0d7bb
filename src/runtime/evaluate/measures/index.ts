/** The table of measures: a new one is a file here, a row below and its name in `src/compiler/measure-names.ts`. */
import { defaultRanking, type MeasureName } from '../../../compiler/measure-names.js';
import type { MeasureInfo } from '../../compare/comparison.js';
import { alignment } from './alignment.js';
import { calibration } from './calibration.js';
import { clusters } from './clusters.js';
import { energyGap } from './energy-gap.js';
import { fineTune } from './fine-tune.js';
import { forgetting } from './forgetting.js';
import { gradientConflict } from './gradient-conflict.js';
import { knn } from './knn.js';
import { lidar } from './lidar.js';
import { linear } from './linear.js';
import type { Measure, MeasureSettings } from './measure.js';
import { pairRetrieval } from './pair-retrieval.js';
import { rankme } from './rankme.js';
import { retrieval } from './retrieval.js';
import { robustness } from './robustness.js';
import { spread } from './spread.js';
import { transfer } from './transfer.js';
import { uniformity } from './uniformity.js';

export { fineTuneKey } from './fine-tune.js';
export { linearKey } from './linear.js';
export type { Measure, MeasureSettings, Need, Value } from './measure.js';

export const measures: { readonly [N in MeasureName]: Measure } = {
  knn,
  linear,
  fine_tune: fineTune,
  retrieval,
  clusters,
  robustness,
  transfer,
  forgetting,
  rankme,
  lidar,
  spread,
  alignment,
  uniformity,
  energy_gap: energyGap,
  pair_retrieval: pairRetrieval,
  calibration,
  gradient_conflict: gradientConflict,
};

/** Keys of what is the same for every seed where the features are. */
export function undrawnKeys(settings: MeasureSettings): string[] {
  return settings.measures.flatMap((name) => {
    const { infos, isDrawn = () => false } = measures[name];
    return infos(settings).flatMap(({ key }) => (isDrawn(key) ? [] : [key]));
  });
}

/** What the settings ask for, in their order; the one that ranks is the main one. */
export function measureInfos(settings: MeasureSettings): readonly MeasureInfo[] {
  const ranking = settings.rankedBy ?? defaultRanking(settings.measures);
  const main = ranking && decisiveValue(ranking, settings).key;
  const infos = settings.measures.flatMap((name) => measures[name].infos(settings));
  return infos.map((info) => (info.key === main ? { ...info, isMain: true } : info));
}

/** Of a measure's values the one that ranks and chooses. */
export function decisiveValue(name: MeasureName, settings: MeasureSettings): MeasureInfo {
  const { ranks, infos } = measures[name];
  const values = infos(settings);
  const key = ranks?.(settings);
  return values.find((value) => value.key === key) ?? values[0]!;
}
