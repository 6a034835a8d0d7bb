/** The finding in a few sentences. */
import type { Comparison, MeasureInfo } from '../../compare/comparison.js';
import { count, formatInterval, formatValue, listOf } from '../format.js';
import { mainMeasure, measureLike, oppositePairs, rankBy } from '../ranking.js';

/** Sentences for the head of every format: who leads, what is not shown, what failed, where measures disagree. */
export function summarize(comparison: Comparison): readonly string[] {
  const main = mainMeasure(comparison);
  return [
    ...(main ? leaders(comparison, main) : ['Nothing was measured yet.']),
    ...disagreement(comparison),
    ...faults(comparison),
  ];
}

function leaders(comparison: Comparison, main: MeasureInfo): readonly string[] {
  const rows = rankBy(comparison, main);
  const first = rows.find(({ rank }) => rank === 1);
  const by = main.label;
  if (!first) return [`No objective has a value of ${by} yet.`];
  const lead = `${first.competitor.name}: ${formatValue(first.summary.mean, main.unit)} (95 % interval ${formatInterval(first.summary, main.unit)})`;
  const ranked = rows.filter(({ rank }) => rank !== undefined);
  if (ranked.length === 1) return [`By ${by}, ${lead}.`, ...beside(comparison, main, first.competitor.name)];
  const equal = ranked.slice(1).filter(({ letters }) => [...letters].some((letter) => first.letters.includes(letter)));
  const equals =
    first.letters === ''
      ? 'Differences were not tested.'
      : equal.length === 0
        ? 'It differs from every other objective.'
        : `No difference shown between it and ${listOf(equal.map(({ competitor }) => competitor.name))}.`;
  return [
    `By ${by}, ${lead} is the first of the objectives.`,
    equals,
    ...beside(comparison, main, first.competitor.name),
  ];
}

/** A leader that a baseline beats, or that is not shown to be better than one, is no success: said in so many words. */
function beside(
  { contrasts, competitors }: Comparison,
  { key, better }: MeasureInfo,
  leader: string,
): readonly string[] {
  const baselines = competitors.filter(({ kind }) => kind === 'untrained' || kind === 'raw').map(({ name }) => name);
  const sign = better === 'lower' ? -1 : 1;
  // Of each baseline, how far it is ahead of the leader: undefined where no difference is shown.
  const leads = contrasts.flatMap(({ measure, a, b, difference, isShown }) => {
    const other = a === leader ? b : a;
    if (measure !== key || (a !== leader && b !== leader) || !baselines.includes(other)) return [];
    return [{ other, lead: isShown ? sign * (a === leader ? -difference : difference) : undefined }];
  });
  const named = (which: (lead: number | undefined) => boolean): string =>
    listOf(leads.filter(({ lead }) => which(lead)).map(({ other }) => other));
  const undecided = named((lead) => lead === undefined);
  const ahead = named((lead) => lead !== undefined && lead > 0);
  return [
    ...(undecided ? [`No difference shown between it and ${undecided}.`] : []),
    ...(ahead ? [`It is behind ${ahead}.`] : []),
  ];
}

function disagreement(comparison: Comparison): readonly string[] {
  const knn = measureLike(comparison, 'knn');
  const tuned = measureLike(comparison, 'finetune', 'fine_tune', 'fine-tune', 'finetuned');
  if (!knn || !tuned) return [];
  const opposite = oppositePairs(comparison, knn, tuned);
  if (opposite.length === 0) return [`${knn.label} and ${tuned.label} put all objectives in the same order.`];
  const [a, b] = opposite[0]!;
  if (opposite.length === 1) return [`${knn.label} and ${tuned.label} put ${a} and ${b} in opposite orders.`];
  return [
    `${knn.label} and ${tuned.label} put ${count(opposite.length, 'pair')} of objectives in opposite orders, ${a} and ${b} for one.`,
  ];
}

const sound = ['no fault found', 'baseline', 'waiting'];

function faults({ competitors }: Comparison): readonly string[] {
  const faulty = competitors.filter(({ verdict }) => !sound.includes(verdict.kind));
  const runs = competitors.flatMap((competitor) => competitor.runs);
  const waiting = runs.filter(({ status }) => status === 'waiting').length;
  return [
    ...(faulty.length === 0
      ? []
      : [`Faults: ${faulty.map(({ name, verdict }) => `${name} (${verdict.kind})`).join(', ')}.`]),
    ...(waiting === 0
      ? []
      : [`${waiting} of ${count(runs.length, 'run')} ${waiting === 1 ? 'is' : 'are'} waiting or running.`]),
  ];
}
