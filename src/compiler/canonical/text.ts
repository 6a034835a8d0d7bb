/** The canonical form as lines for people, and as the texts that its hashes are of. */
import type { CanonicalGroup, CanonicalModel, CanonicalPipeline, CanonicalState, Formula } from './model.js';
import { showNumber } from './print.js';

/** Numbers of a pipeline that are shown; all count. */
const shownConstants = 24;

/** What hashes are taken of: equal texts, equal meaning. */
export interface CanonicalTexts {
  /** What is minimised: terms with their views, masks, states and moving averages; of encoders, which is called where. */
  readonly objective: string;
  /** Views and masks alone. */
  readonly views: string;
  /** What represents an example: the encoders it is made of, and how. */
  readonly representation: string;
}

export function canonicalTexts(model: CanonicalModel): CanonicalTexts {
  const pipelines = (list: readonly CanonicalPipeline[]): string[] =>
    list.flatMap(({ name, lines }) => [`${name}:`, ...lines]);
  const views = [...model.views, ...model.masks];
  const states = model.states.flatMap((state) => [...stateLines(state), ...state.initial, ...state.between]);
  const copies = model.encoders.flatMap(({ name, follows }) => (follows ? [`${name} = ${follows}`] : []));
  const data = model.data.map(({ name, type }) => `${name}: ${type}`);
  const objective = [...data, ...pipelines(views), ...copies, ...states, ...model.objective.flatMap(groupLines)];
  return {
    objective: objective.join('\n'),
    views: [...data, ...pipelines(views)].join('\n'),
    representation: representationText(model),
  };
}

/** Named by itself: in the objective, other encoders may come before those of the representation. */
function representationText({ representation, encoders }: CanonicalModel): string {
  const formula = [...representation.definitions, representation.text];
  const used = encoders
    .map(({ name, represented }) => ({ name, represented, place: formula.join('\n').search(wordOf(name)) }))
    .filter(({ place }) => place >= 0)
    .sort((a, b) => a.place - b.place);
  const counts = new Map<string, number>();
  const names = new Map<string, string>();
  const renamed = (text: string): string =>
    text.replace(/(?<![A-Za-z0-9_])([a-z])\d+(?![A-Za-z0-9_])/g, (name, letter: string) => {
      const known = names.get(name);
      if (known !== undefined) return known;
      const count = (counts.get(letter) ?? 0) + 1;
      counts.set(letter, count);
      names.set(name, `${letter}${count}`);
      return `${letter}${count}`;
    });
  return renamed([...formula, ...used.flatMap(({ name, represented }) => [`${name}:`, ...represented])].join('\n'));
}

/** For people: one line a data field, view, mask, encoder, state, energy and addend. */
export function printCanonicalModel(model: CanonicalModel): string {
  const lines = [
    ...model.data.map(({ name, type }) => `data ${name}: ${type}`),
    ...model.views.map((view) => `view ${showPipeline(view)}`),
    ...model.masks.map((mask) => `mask ${showPipeline(mask)}`),
    ...model.encoders.map(
      ({ name, parameters, layers, follows }) =>
        `encoder ${name}: ${parameters} parameters; ${follows ?? layers.join(', ')}`,
    ),
    ...model.states.flatMap(stateLines),
    ...model.energies.flatMap(({ parameters, value }) => {
      const given = parameters.map(({ name, shape }) => `${name}: ${shape}`).join(', ');
      return [...value.definitions.map((line) => `  ${line}`), `energy of (${given}) = ${value.text}`];
    }),
    ...model.objective.flatMap(groupLines),
    ...formulaLines('representation = ', model.representation),
  ];
  return `${lines.join('\n')}\n`;
}

export function groupLines({ over, definitions, addends, constant }: CanonicalGroup): string[] {
  return [
    `minimise${over ? ` by ${over.join(', ')}` : ''}, mean over ${'N'} examples:`,
    ...definitions.map((line) => `    where ${line}`),
    ...addends.map(({ weight, text }) => `  ${weight < 0 ? '-' : '+'} ${showWeight(weight)}${text}`),
    ...(constant === 0 ? [] : [`  ${constant < 0 ? '-' : '+'} ${showNumber(Math.abs(constant))}`]),
  ];
}

function showWeight(weight: number): string {
  return Math.abs(weight) === 1 ? '' : `${showNumber(Math.abs(weight))} · `;
}

function stateLines({ name, shape, isTrained, update, between }: CanonicalState): string[] {
  const changes = between.length > 1 ? `; before an epoch ${between.length} operations` : (between[0] ?? '');
  const head = `${isTrained ? 'parameter' : 'state'} ${name}: ${shape}${between.length === 1 ? `; ${changes}` : changes}`;
  return update ? formulaLines(`${head}; after a step `, update) : [head];
}

function formulaLines(head: string, { definitions, text }: Formula): string[] {
  return [...definitions.map((line) => `    where ${line}`), `${head}${text}`];
}

function showPipeline({ name, of, shapes, operations, draws, constants }: CanonicalPipeline): string {
  const shown = constants.slice(0, shownConstants).map(showNumber).join(' ');
  const more = constants.length > shownConstants ? ` … ${constants.length - shownConstants} more` : '';
  return `${name} of ${of.join(', ')}: ${shapes.join(', ')}; ${operations} operations, ${draws} draws; numbers ${shown}${more}`;
}

function wordOf(name: string): RegExp {
  return new RegExp(`(?<![A-Za-z0-9_])${name}(?![A-Za-z0-9_])`);
}
