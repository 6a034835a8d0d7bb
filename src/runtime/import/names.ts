/** Lists of names: what the states of an encoder are called in weights that were trained elsewhere. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { EbmcError, nearest, report } from '../../diagnostics/index.js';
import { standardFolder } from '../library.js';

/** How axes lie: `torch` has convolutions as [out, in, height, width] and linear layers as [out, in]. */
export type Layout = 'torch' | 'ebmc';

export interface NameList {
  readonly layout: Layout;
  /** Name of a state below the encoder → name of the tensor. */
  readonly states: Readonly<Record<string, string>>;
}

const folder = join(standardFolder, 'weights');

/** A list that comes with ebmc, by its name, or one of the user's, by its path. Throws EBM5056. */
export function readNames(name: string): NameList {
  const own = join(folder, `${name}.json`);
  const path = /^\w+$/.test(name) && existsSync(own) ? own : name;
  try {
    const list = JSON.parse(readFileSync(path, 'utf8')) as Partial<NameList>;
    if (list.layout !== 'torch' && list.layout !== 'ebmc')
      throw new Error('its `layout` is neither "torch" nor "ebmc"');
    if (typeof list.states !== 'object' || !Object.values(list.states).every((to) => typeof to === 'string'))
      throw new Error('its `states` are not names by name');
    return { layout: list.layout, states: list.states };
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const known = knownLists();
    const problem = code === 'ENOENT' ? 'there is none' : message;
    throw new EbmcError([report('EBM5056', { name, problem, known, suggestion: nearest(name, known) })]);
  }
}

function knownLists(): readonly string[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .map((name) => name.slice(0, -'.json'.length))
    .sort();
}
