import { join } from 'node:path';
import { CommanderError } from 'commander';
import { type ArgumentPlace, energyFunction, energyWidth } from '../../compiler/energy-functions.js';
import { EbmcError, report } from '../../diagnostics/index.js';
import type { SplitName } from '../../runtime/data/index.js';
import { contactSheet, isPicture } from '../../runtime/data/show/contact-sheet.js';
import { writeWhole } from '../../runtime/files/index.js';
import { descend } from '../../runtime/infer/descend.js';
import { evaluateEnergy, pickRows } from '../../runtime/infer/energy-runner.js';
import { freeNumbers, hidden, noisy } from '../../runtime/infer/start.js';
import type { HostTensor } from '../../runtime/model.js';
import type { CommandCall } from '../command.js';
import { plan } from '../infer-plan.js';
import { chosenArgument, type Given, given, rowsOf, together } from '../infer-points.js';
import { type OpenRun, openRun } from '../infer-run.js';
import type { Status } from '../statuses.js';
import { statuses } from '../statuses.js';
import { formatTable } from '../table.js';

const modes = ['score', 'rank', 'minimise', 'plan', 'sample'] as const;
type Mode = (typeof modes)[number];

export async function runInfer(call: CommandCall): Promise<Status> {
  const { args, options, output } = call;
  const [folder = '', mode = ''] = args;
  if (!isMode(mode))
    throw new CommanderError(statuses.misuse, 'ebmc.mode', `error: there is no mode '${mode}': ${modes.join(', ')}`);
  const run = await openRun(folder, options, output);
  try {
    const numbers = energyWidth(run.energy);
    if (mode !== 'score' && numbers !== 1)
      throw new EbmcError([report('EBM7035', { energy: run.energy.name, numbers, mode })]);
    await answers[mode](call, run, await given(call, run, mode === 'plan'));
    return statuses.ok;
  } finally {
    run.close();
  }
}

function isMode(text: string): text is Mode {
  return (modes as readonly string[]).includes(text);
}

type Answer = (call: CommandCall, run: OpenRun, given: Given) => Promise<void>;

const answers: Readonly<Record<Mode, Answer>> = {
  async score({ output }, run, points) {
    const args = together(points, run);
    const count = Object.values(args)[0]!.shape[0]!;
    const width = energyWidth(run.energy);
    const asked = await run.load(energyFunction(run.model, run.energy));
    const { energies } = await evaluateEnergy(asked, args, count, width);
    const values = rowsOf({ shape: [count, width], data: energies });
    const labels = points.rows.map((rows, k) => (i: number) => {
      const list = points.said[k] ?? rows;
      return String(list ? (list[i] ?? list[0]) : i);
    });
    output.document({
      ok: true,
      energy: run.energy.name,
      energies: width === 1 ? [...energies] : values,
      rows: points.rows,
      texts: points.said,
    });
    const heads = [...points.places.map(({ name }) => name), ...scoreHeads(run.energy.name, width)];
    const table = values.map((row, i) => [...labels.map((label) => label(i)), ...scoreCells(row)]);
    output.line(formatTable(output, heads, table));
  },

  async rank(call, run, points) {
    const { options, output } = call;
    const k = chosenArgument(call, run, points);
    const args = together(points, run);
    const count = points.points[k]!.shape[0]!;
    const { energies } = await evaluateEnergy(await run.load(energyFunction(run.model, run.energy)), args, count);
    const order = [...energies.keys()].sort((a, b) => energies[a]! - energies[b]! || a - b);
    const top = order.slice(0, options.number('top') ?? 10);
    const rows = points.rows[k];
    const classes =
      rows &&
      (await classesOf(
        run,
        points.split,
        top.map((i) => rows[i]!),
      ));
    const said = points.said[k];
    const found = top.map((i, at) => {
      const text = said === undefined ? {} : { text: said[i]! };
      return { candidate: rows?.[i] ?? i, ...text, energy: energies[i]!, class: classes?.[at] };
    });
    output.document({ ok: true, energy: run.energy.name, over: points.places[k]!.name, ranking: found });
    const heads = ['', points.places[k]!.name, run.energy.name, ...(classes ? ['class'] : [])];
    const table = found.map((f, i) => [
      ...[`${i + 1}`, f.text ?? `${f.candidate}`, f.energy.toPrecision(6)],
      ...(f.class === undefined ? [] : [f.class]),
    ]);
    output.line(formatTable(output, heads, table));
    const { out } = { out: options.text('out') };
    const picked = pickRows(points.points[k]!, top);
    if (out !== undefined) await write(call, out, points.places[k]!, [picked], { ranking: found });
  },

  minimise: (call, run, points) => move(call, run, points, false),
  plan,
  sample: (call, run, points) => move(call, run, points, true),
};

/** So many numbers of one energy have a column each; of more the lowest and the highest are shown with their places. */
const mostColumns = 8;
const extremes = 3;

function scoreHeads(energy: string, numbers: number): string[] {
  if (numbers === 1) return [energy];
  if (numbers > mostColumns) return [`${energy}: ${numbers} numbers, the lowest`, 'the highest'];
  return Array.from({ length: numbers }, (_, i) => `${energy}[${i}]`);
}

function scoreCells(row: readonly number[]): string[] {
  const short = (value: number): string => value.toPrecision(row.length === 1 ? 6 : 4);
  if (row.length <= mostColumns) return row.map(short);
  const order = [...row.keys()].sort((a, b) => row[a]! - row[b]! || a - b);
  const show = (places: readonly number[]): string => places.map((k) => `[${k}] ${short(row[k]!)}`).join(', ');
  return [show(order.slice(0, extremes)), show(order.slice(-extremes).reverse())];
}

async function move(call: CommandCall, run: OpenRun, points: Given, draws: boolean): Promise<void> {
  const { options, output } = call;
  const k = chosenArgument(call, run, points);
  const place = points.places[k]!;
  if (place.dtype !== 'float32')
    throw new EbmcError([report('EBM7034', { energy: run.energy.name, argument: place.name })]);
  const args = together(points, run);
  const seed = options.number('seed') ?? 0;
  const hide = options.text('hide');
  const free = hide === undefined ? undefined : freeNumbers(place, hide);
  const clean = args[place.name]!;
  const noise = options.number('noise') ?? (draws ? 0.005 : 0);
  const start = hidden(draws ? clean : noisy(clean, noise, seed), free);
  const bounds = [
    options.number('low') ?? (isPicture(place.shape) ? 0 : -Infinity),
    options.number('high') ?? (isPicture(place.shape) ? 1 : Infinity),
  ] as const;
  const model = await run.load(energyFunction(run.model, run.energy, k));
  const settings = { steps: options.number('steps') ?? 50, rate: options.number('rate') ?? 0.1, seed, bounds, free };
  const found = await descend(model, { ...args, [place.name]: start }, place.name, {
    ...settings,
    noise: draws ? noise : 0,
  });
  const [before, after] = [[...found.before], [...found.after]];
  const errors = draws
    ? undefined
    : [distance(start.data, clean.data, before.length), distance(found.points, clean.data, before.length)];
  const moved = { ...start, data: found.points };
  const written = options.text('out');
  const result = { energy: run.energy.name, over: place.name, steps: settings.steps, before, after, distance: errors };
  const files =
    written === undefined ? [] : await write(call, written, place, draws ? [moved] : [clean, start, moved], result);
  output.document({
    ok: true,
    ...result,
    points: found.points.length <= 1e5 ? rowsOf(moved) : undefined,
    written: files,
  });
  const heads = ['', `${run.energy.name} before`, 'after', ...(errors ? ['distance before', 'after'] : [])];
  const table = before.map((value, i) => [
    ...[`${i}`, value.toPrecision(6), after[i]!.toPrecision(6)],
    ...(errors ?? []).map((list) => list[i]!.toPrecision(4)),
  ]);
  output.line(formatTable(output, heads, table));
}

/** The root of the mean square of the difference, a point. */
function distance(a: ArrayLike<number>, b: ArrayLike<number>, points: number): number[] {
  const size = a.length / points;
  return Array.from({ length: points }, (_, i) => {
    let sum = 0;
    for (let j = i * size; j < (i + 1) * size; j++) sum += (a[j]! - b[j]!) ** 2;
    return Math.sqrt(sum / size);
  });
}

async function classesOf(
  { dataset }: OpenRun,
  split: SplitName,
  rows: readonly number[],
): Promise<string[] | undefined> {
  const field = dataset.fields.find(({ type }) => type === 'Class');
  if (!field) return undefined;
  const { data } = (await dataset.read(split, rows, [field.name]))[field.name]!;
  const names = dataset.classNames?.get(field.name);
  return Array.from(data, (c) => names?.[c] ?? String(c));
}

/** A row of the sheet for each of `lists`, and the last as numbers. */
async function write(
  { output }: CommandCall,
  out: string,
  place: ArgumentPlace,
  lists: readonly HostTensor[],
  result: object,
): Promise<string[]> {
  const written = [join(out, 'points.json')];
  writeWhole(written[0]!, `${JSON.stringify({ ...result, shape: place.shape, points: rowsOf(lists.at(-1)!) })}\n`);
  if (isPicture(place.shape)) {
    const sheet = await contactSheet(
      lists.map((list) => rowsOf(list).map((values) => ({ shape: place.shape, values }))),
    );
    written.push(join(out, 'points.png'));
    writeWhole(written[1]!, [sheet]);
  }
  for (const path of written) output.line(`wrote ${path}`);
  return written;
}
