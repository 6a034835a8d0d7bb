/** Ids as a text for people. */
import type { TextTokenizer } from '../../tokenizers/index.js';

/** Without the padding after it; hidden tokens can be seen. */
export function readable({ special, decode }: TextTokenizer): (ids: ArrayLike<number>) => string {
  const { padding, end, mask } = special;
  return (ids) => {
    let length = ids.length;
    while (length > 0 && (ids[length - 1] === padding || ids[length - 1] === end)) length--;
    const runs: number[][] = [[]];
    for (let i = 0; i < length; i++) {
      if (ids[i] === mask) runs.push([]);
      else runs.at(-1)!.push(ids[i]!);
    }
    return runs
      .map((run) => decode(run))
      .join(' [MASK] ')
      .replaceAll('] [', '][')
      .trim();
  };
}
