/**
 * Can a constant representation minimise the objective, and if not, why not?
 * In: a typed model. Out: a diagnostic where it can, or one sentence on what keeps it from it. A reported objective has had every output tried here
 * at no less than its best constant one, with nothing asymmetric in how its gradient flows; an unreported one has an output, found here, that
 * is strictly lower, or such an asymmetry.
 */
import { type Diagnostic, report } from '../../diagnostics/index.js';
import { isCopy, type TypedModel } from '../check/typed-model.js';
import { topological } from '../graph/schedule.js';
import { findPredictor } from './asymmetry.js';
import { freeOutputs, type Output } from './free-outputs.js';
import { freeObjective, type Objective, TooLarge, wholeObjective } from './objective.js';
import { repeated } from './outputs.js';
import { fades } from './response.js';
import { compare, type Found, isClearlyBelow, lowestAlike, lowestConstant } from './search.js';

/** A term that a short descent over outputs brings this low has no lowest value. */
const endlesslyLow = -1e6;

export interface CollapseAnalysis {
  readonly diagnostics: readonly Diagnostic[];
  /** What keeps the representation from becoming constant, as a sentence; absent where nothing does or it was not found out. */
  readonly reason?: string;
}

export function analyseCollapse(model: TypedModel): CollapseAnalysis {
  const { roots, outputs, hasSlopes } = freeOutputs(model);
  if (outputs.length === 0)
    return {
      diagnostics: [],
      reason: 'no encoder output is compared with another: what is learned is fixed by the data',
    };
  if (model.groups.length > 1)
    return {
      diagnostics: [],
      reason: 'its groups of terms pull against each other: there is no one objective that a constant could minimise',
    };
  if (hasSlopes)
    return {
      diagnostics: [],
      reason: 'it shapes the slopes of an energy: a constant output has slope 0 everywhere, which fits no data',
    };
  try {
    const objective = freeObjective(model, outputs);
    const { constant, lower } = compare(objective);
    if (Number.isNaN(constant.value)) return { diagnostics: [isNoNumber(model, outputs, objective, constant)] };
    const values = objective.terms((lower ?? constant).outputs);
    const endless = model.terms.filter((_, k) => values[k]! < endlesslyLow);
    if (endless.length > 0) return { diagnostics: [hasNoLowest(endless, outputs)] };
    if (lower && fades(model, roots, outputs, objective, constant)) return { diagnostics: [canFade(model, outputs)] };
    if (lower) return { diagnostics: [], reason: termThatFalls(model, objective, constant, lower) };
    const predictor = findPredictor(model, roots);
    if (predictor) return { diagnostics: [], reason: predictor };
    const alike = lowestAlike(objective);
    if (alike && isClearlyBelow(constant.value, alike.value))
      return { diagnostics: [], reason: termThatTellsParts(model, objective, constant, alike) };
    return { diagnostics: [canCollapse(model, outputs, objective, constant)] };
  } catch (error) {
    if (!(error instanceof TooLarge)) throw error;
    return {
      diagnostics: [report('EBM3002', { model: model.name, reason: error.message }, { span: model.terms[0]!.span })],
    };
  }
}

/** The code that says that the objective may collapse; undefined where it was found not to, or not found out. */
export function collapseCodeOf({ diagnostics }: CollapseAnalysis): string | undefined {
  return diagnostics.map(({ code }) => code).find((code) => code === 'EBM3001' || code === 'EBM3003');
}

/**
 * Each term's value at the best constant representation with the batch of training, where a run that learns nothing stays: ln(2N - 1) for NT-Xent, ln N for InfoNCE.
 * Undefined where outputs alone do not say, or where it is too much to compute here.
 */
export function plateaus(model: TypedModel): Readonly<Record<string, number>> | undefined {
  const { outputs, hasSlopes } = freeOutputs(model);
  if (outputs.length === 0 || hasSlopes) return undefined;
  try {
    const objective = wholeObjective(model, outputs);
    if (!objective) return undefined;
    // The best constant is the same whatever the number of examples.
    const small = lowestConstant(freeObjective(model, outputs));
    const constant = small.outputs.map(({ shape, data }, k) =>
      repeated(objective.shapes[k]!, data.slice(0, data.length / shape[0]!)),
    );
    const values = objective.hold(constant).terms(constant);
    return Object.fromEntries(model.terms.map(({ name }, k) => [name, values[k]!]));
  } catch (error) {
    if (!(error instanceof TooLarge)) throw error;
    return undefined;
  }
}

/** The terms that are clearly lower at outputs that differ than at the best constant ones; none where that was not found out. */
export function termsApart(model: TypedModel): readonly string[] {
  const { outputs, hasSlopes } = freeOutputs(model);
  if (outputs.length === 0 || hasSlopes || model.groups.length > 1) return [];
  try {
    const objective = freeObjective(model, outputs);
    const { constant, lower } = compare(objective);
    if (!lower) return [];
    const [before, after] = [objective.terms(constant.outputs), objective.terms(lower.outputs)];
    return model.terms.flatMap(({ name }, k) => (isClearlyBelow(after[k]!, before[k]!) ? [name] : []));
  } catch (error) {
    if (!(error instanceof TooLarge)) throw error;
    return [];
  }
}

/** The term that gains most from some outputs to others. */
function mostFallen(model: TypedModel, objective: Objective, from: Found, to: Found) {
  const [before, after] = [objective.terms(from.outputs), objective.terms(to.outputs)];
  const falls = model.terms.map(({ name }, k) => ({ name, before: before[k]!, after: after[k]! }));
  return falls.reduce((best, term) => (term.before - term.after > best.before - best.after ? term : best));
}

function termThatTellsParts(model: TypedModel, objective: Objective, constant: Found, alike: Found): string {
  const { name, before, after } = mostFallen(model, objective, alike, constant);
  return `term \`${name}\` tells the parts of one example apart: ${round(after)} where they differ, against ${round(before)} where all are alike; that examples differ from one another follows only if parts are told by what is in them, not by where they are`;
}

function termThatFalls(model: TypedModel, objective: Objective, constant: Found, lower: Found): string {
  const most = mostFallen(model, objective, constant, lower);
  const [examples] = objective.shapes[0]!;
  return `term \`${most.name}\` is lower where examples differ: ${round(most.after)} in a batch of ${examples}, against ${round(most.before)} at the best constant representation`;
}

function hasNoLowest(terms: TypedModel['terms'], outputs: readonly Output[]): Diagnostic {
  const encoders = [...new Set(outputs.map(({ encoder }) => encoder))];
  const listed = (names: readonly string[]): string => names.map((name) => `\`${name}\``).join(', ');
  return report(
    'EBM3005',
    { terms: listed(terms.map(({ name }) => name)), encoders: listed(encoders) },
    { span: terms[0]!.span },
  );
}

function isNoNumber(model: TypedModel, outputs: readonly Output[], objective: Objective, constant: Found): Diagnostic {
  const values = objective.terms(constant.outputs);
  const terms = model.terms.filter((_, k) => Number.isNaN(values[k]!));
  const listed = (names: readonly string[]): string => [...new Set(names)].map((name) => `\`${name}\``).join(', ');
  return report(
    'EBM3006',
    { terms: listed(terms.map(({ name }) => name)), encoders: listed(outputs.map(({ encoder }) => encoder)) },
    { span: (terms[0] ?? model.terms[0]!).span },
  );
}

function canFade(model: TypedModel, outputs: readonly Output[]): Diagnostic {
  const learning = model.encoders.filter(({ name }) => !isCopy(model, name));
  const encoders = learning.filter(({ name }) => outputs.some(({ encoder }) => encoder === name));
  return report(
    'EBM3003',
    { encoders: encoders.map(({ name }) => `encoder \`${name}\``).join(' and ') },
    {
      span: model.terms[0]!.span,
      related: encoders.map(({ span }) => ({ span, message: 'its output may become constant' })),
    },
  );
}

function canCollapse(model: TypedModel, outputs: readonly Output[], objective: Objective, constant: Found): Diagnostic {
  const encoders = [...new Set(outputs.map((o) => o.encoder))];
  const upstream = model.encoders.map((e) => e.name).filter((name) => !encoders.includes(name));
  const named = [...upstream, ...encoders].map((name) => `encoder \`${name}\``).join(' and ');
  const terms = objective.terms(constant.outputs);
  const values = model.terms.map((t, k) => `${t.name} ${round(terms[k]!)}`).join(', ');
  return report(
    'EBM3001',
    { encoders: named },
    {
      span: model.terms[0]!.span,
      related: model.encoders
        .filter((e) => encoders.includes(e.name))
        .map((e) => ({ span: e.span, message: 'its output may become constant' })),
      notes: [
        `with the output of ${encoders.map((name) => `\`${name}\``).join(', ')} the same for every example, the terms are: ${values}`,
        `nothing lower was found among outputs that differ from example to example (total ${round(constant.value)})`,
        ...(stops(model)
          ? [
              'a stopped gradient or a moving average alone does not keep it from there: no predictor stands on one side only',
            ]
          : []),
      ],
    },
  );
}

function round(x: number): string {
  return String(Number(x.toPrecision(3)));
}

function stops(model: TypedModel): boolean {
  const hasStop = topological(model.terms.map(({ node }) => node)).some(({ op }) => op === 'stop_gradient');
  return hasStop || model.states.some(({ copy }) => copy);
}
