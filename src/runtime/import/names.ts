/** Lists of names: what the states of an encoder are called in weights that were trained elsewhere. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { EbmcError, nearest, report } from '../../diagnostics/index.js';
import { standardFolder } from '../library.js';

/** How axes lie: `torch` has convolutions as [out, in, height, width] and linear layers as [out, in]. */
export type Layout = 'torch' | 'ebmc';

export interface NameList {
  readonly layout: Layout;
  /**
   * Name of a state below the encoder → name of the tensor, or of those that it is side by side. One `#` in both stands for the number of a repeated
   * block: counted from 1 in states, from 0 in tensors.
   */
  readonly states: Readonly<Record<string, string | readonly string[]>>;
  /** The same of embeddings, a row each, whose axes lie alike everywhere. */
  readonly tables?: Readonly<Record<string, string>> | undefined;
  /** What names of tensors may begin with in a file, the same for all: "" where absent. */
  readonly prefixes?: readonly string[] | undefined;
}

export interface TensorSource {
  readonly names: readonly string[];
  readonly isTable: boolean;
}

/** Where a state below the encoder comes from; undefined where the list does not say. */
export function sourceOf({ states, tables = {} }: NameList, state: string): TensorSource | undefined {
  for (const [list, isTable] of [
    [states, false],
    [tables, true],
  ] as const) {
    for (const [pattern, to] of Object.entries(list)) {
      const number = matched(pattern, state);
      if (number === undefined) continue;
      return { names: [to].flat().map((name) => name.replace('#', number)), isTable };
    }
  }
  return undefined;
}

/** The number that `#` stands for in a tensor's name, "" where the pattern has none; undefined where it is not this state. */
function matched(pattern: string, state: string): string | undefined {
  const [before = '', after] = pattern.split('#');
  if (after === undefined) return pattern === state ? '' : undefined;
  if (!state.startsWith(before) || !state.endsWith(after)) return undefined;
  const between = state.slice(before.length, state.length - after.length);
  return /^[1-9]\d*$/.test(between) ? String(Number(between) - 1) : undefined;
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
    const { layout, states, tables, prefixes } = list;
    if (!isRecordOf(states, (to) => isText(to) || isTexts(to))) throw new Error('its `states` are not names by name');
    if (tables !== undefined && !isRecordOf(tables, isText)) throw new Error('its `tables` are not names by name');
    if (prefixes !== undefined && !isTexts(prefixes)) throw new Error('its `prefixes` are no list of texts');
    return { layout, states, tables, prefixes };
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const known = knownLists();
    const problem = code === 'ENOENT' ? 'there is none' : message;
    throw new EbmcError([report('EBM5056', { name, problem, known, suggestion: nearest(name, known) })]);
  }
}

function isText(value: unknown): boolean {
  return typeof value === 'string';
}

function isTexts(value: unknown): boolean {
  return Array.isArray(value) && value.length > 0 && value.every(isText);
}

function isRecordOf<T>(value: T | undefined, test: (value: unknown) => boolean): value is T {
  return typeof value === 'object' && value !== null && Object.values(value).every(test);
}

function knownLists(): readonly string[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .map((name) => name.slice(0, -'.json'.length))
    .sort();
}
