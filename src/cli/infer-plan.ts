/** `ebmc infer RUN plan`: one argument of an energy, actions for example, chosen such that the energy is low, once or for each line of standard input. */
import { createInterface } from 'node:readline';
import { type ArgumentPlace, energyFunction } from '../compiler/energy-functions.js';
import { EbmcError, report } from '../diagnostics/index.js';
import { type Found, leastEnergy, type Numbers } from '../runtime/infer/cross-entropy.js';
import { evaluateEnergy, pickRows } from '../runtime/infer/energy-runner.js';
import { pointsFromJson } from '../runtime/infer/read-points.js';
import type { HostTensor } from '../runtime/model.js';
import type { CommandCall } from './command.js';
import { chosenArgument, type Given, together } from './infer-points.js';
import type { OpenRun } from './infer-run.js';

export async function plan(call: CommandCall, run: OpenRun, given: Given): Promise<void> {
  const { options, output } = call;
  const k = chosenArgument(call, run, given);
  const place = given.places[k]!;
  const model = await run.load(energyFunction(run.model, run.energy));
  const count = options.number('count') ?? 256;
  const rounds = options.number('steps') ?? 5;
  const settings = { rounds, count, seed: options.number('seed') ?? 0 };
  for await (const points of inTurn(given)) {
    const args = together({ ...given, points }, run);
    const found: Found[] = [];
    for (let i = 0; i < args[place.name]!.shape[0]!; i++) {
      const rows = new Array<number>(count).fill(i);
      const fixed = Object.fromEntries(Object.entries(args).map(([name, value]) => [name, pickRows(value, rows)]));
      const numbers = numbersOf(call, place, pickRows(args[place.name]!, [i]));
      const energies = async (drawn: HostTensor) =>
        (await evaluateEnergy(model, { ...fixed, [place.name]: drawn }, count)).energies;
      found.push(await leastEnergy(numbers, place.shape, settings, energies));
    }
    output.document({
      ok: true,
      ...{ energy: run.energy.name, over: place.name, energies: found.map(({ energy }) => energy) },
      points: found.map(({ point }) => [...point]),
    });
    for (const { energy, point } of found)
      output.line(`${run.energy.name} ${energy.toPrecision(6)}  ${place.name} ${[...point].join(' ')}`);
  }
}

/** The points as they are given, or with each line of standard input in their place. */
async function* inTurn({ places, points, streamed }: Given): AsyncGenerator<readonly HostTensor[]> {
  if (streamed === undefined) {
    yield points;
    return;
  }
  for await (const line of createInterface({ input: process.stdin })) {
    if (line.trim() !== '') yield points.with(streamed, pointsFromJson(places[streamed]!, line, line));
  }
}

function numbersOf({ options }: CommandCall, { name, shape, dtype, below }: ArgumentPlace, start: HostTensor): Numbers {
  if (dtype === 'float32') {
    const bounds = [options.number('low') ?? -Infinity, options.number('high') ?? Infinity] as const;
    return { kind: 'real', mean: Float32Array.from(start.data), deviation: options.number('noise') ?? 1, bounds };
  }
  if (below !== undefined) return { kind: 'whole', below };
  const problem = 'nothing says what its whole numbers are below';
  throw new EbmcError([report('EBM7031', { argument: name, shape, given: 'plan', problem })]);
}
