/** Splits and classes from the folders that pictures lie in. */
import type { SplitName } from './dataset.js';
import { randomBits, shuffleInPlace } from './shuffle.js';

const splitFolders: Readonly<Record<string, SplitName>> = {
  train: 'train',
  test: 'test',
  val: 'test',
  validation: 'test',
};
/** Fixed: the split must be the same in every run. */
const splitSeed = 20241;

export interface Labelled<Item> {
  readonly item: Item;
  readonly label: number | undefined;
}

export interface ByFolder<Item> {
  readonly splits: Readonly<Partial<Record<SplitName, readonly Labelled<Item>[]>>>;
  /** What the classes are called; absent where some item lies in no class folder. */
  readonly classes?: readonly string[];
}

/**
 * `train/cat/1.png` belongs to a split and a class, `cat/1.png` to a class. Classes are numbered in the order of their
 * names. Without split folders, the share `heldOut` of each class, drawn once and for all, is for testing.
 */
export function labelByFolder<Item extends { readonly path: string }>(
  items: readonly Item[],
  heldOut: number,
): ByFolder<Item> {
  const hasSplits = items.every(({ path }) => path.includes('/') && splitFolders[path.split('/')[0]!] !== undefined);
  const placed = items.map((item) => {
    const folders = item.path.split('/').slice(0, -1);
    const split = hasSplits ? splitFolders[folders.shift()!] : undefined;
    return { item, split, className: folders[0] };
  });
  const classes = [...new Set(placed.map(({ className }) => className ?? ''))].sort();
  const unlabelled = placed.some(({ className }) => className === undefined);
  const labelOf = (className: string | undefined): number | undefined =>
    unlabelled || className === undefined ? undefined : classes.indexOf(className);

  const named = unlabelled ? {} : { classes };
  const found: Partial<Record<SplitName, Labelled<Item>[]>> = {};
  const add = (split: SplitName, entry: (typeof placed)[number]): void => {
    found[split] ??= [];
    found[split].push({ item: entry.item, label: labelOf(entry.className) });
  };
  if (hasSplits) {
    for (const entry of placed) add(entry.split!, entry);
    return { splits: found, ...named };
  }
  classes.forEach((className, number) => {
    const members = placed.filter((entry) => (entry.className ?? '') === className);
    const order = shuffleInPlace(
      Array.from(members, (_, i) => i),
      randomBits(splitSeed, number),
    );
    const testCount = Math.round(members.length * heldOut);
    const isTest = new Set(order.slice(0, testCount));
    members.forEach((entry, i) => {
      add(isTest.has(i) ? 'test' : 'train', entry);
    });
  });
  return { splits: found, ...named };
}
