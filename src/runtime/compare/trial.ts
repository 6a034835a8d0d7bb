/** What trials of settings are judged by, on held-out training examples. */
import type { CompareDecl } from '../../compiler/declarations.js';
import type { MeasureName } from '../../compiler/measure-names.js';
import { decisiveValue, type MeasureSettings, measures, type Need } from '../evaluate/index.js';
import type { MeasureInfo } from './comparison.js';
import type { Job } from './job.js';

/** What is measured of an objective with its energies and heads, which an encoder that learned labels lacks. */
const ofObjective: ReadonlySet<Need> = new Set(['energy', 'pairs', 'terms']);

/** The best first: what the comparison is about where the file says so, and what every encoder has. */
function judges({ tunedBy }: CompareDecl, kind: Job['kind'], isLabelled: boolean): readonly MeasureName[] {
  const usual = isLabelled ? 'knn' : 'rankme';
  if (tunedBy === undefined || tunedBy === usual) return [usual];
  const isItsOwn = kind !== 'supervised' || !measures[tunedBy].needs.some((need) => ofObjective.has(need));
  return isItsOwn ? [tunedBy, usual] : [usual];
}

/** What a trial measures, with as many labels as the comparison's ranking has. */
export function trialSettings(decl: CompareDecl, kind: Job['kind'], isLabelled: boolean): MeasureSettings {
  const { evaluate, stages } = decl;
  const labels = evaluate.labels.length === 0 ? [] : [Math.max(...evaluate.labels)];
  return { ...evaluate, labels, stages, measures: judges(decl, kind, isLabelled) };
}

/** The values that decide, in the order of `judges`. */
export function trialMeasures(decl: CompareDecl, kind: Job['kind'], isLabelled: boolean): readonly MeasureInfo[] {
  const settings = trialSettings(decl, kind, isLabelled);
  return settings.measures.map((name) => decisiveValue(name, settings));
}
