/**
 * The compact letter display of pairwise comparisons: two names share a letter if and only if no difference between them is shown.
 * By insert and absorb (Piepho 2004, "An algorithm for a letter-based representation of all-pairwise comparisons").
 */
export function groupLetters(
  names: readonly string[],
  isShown: (a: string, b: string) => boolean,
): ReadonlyMap<string, string> {
  let groups: readonly ReadonlySet<string>[] = [new Set(names)];
  names.forEach((a, i) => {
    for (const b of names.slice(i + 1)) if (isShown(a, b)) groups = separate(groups, a, b);
  });
  const place = new Map(names.map((name, i) => [name, i]));
  const places = (group: ReadonlySet<string>) => [...group].map((name) => place.get(name)!).sort((a, b) => a - b);
  const ordered = [...groups].sort((a, b) => compareLists(places(a), places(b)));
  return new Map(
    names.map((name) => [name, ordered.flatMap((group, i) => (group.has(name) ? [letter(i)] : [])).join('')]),
  );
}

/** As words are compared. */
function compareLists(a: readonly number[], b: readonly number[]): number {
  const i = a.findIndex((value, at) => value !== b[at]);
  return i < 0 ? a.length - b.length : a[i]! - (b[i] ?? Number.NEGATIVE_INFINITY);
}

/** No group holds both `a` and `b` afterwards; groups within others are dropped. */
function separate(groups: readonly ReadonlySet<string>[], a: string, b: string): readonly ReadonlySet<string>[] {
  const without = (group: ReadonlySet<string>, name: string) => new Set([...group].filter((other) => other !== name));
  const split = groups.flatMap((group) =>
    group.has(a) && group.has(b) ? [without(group, a), without(group, b)] : [group],
  );
  return split.filter(
    (group, i) => !split.some((other, j) => i !== j && isWithin(group, other) && (other.size > group.size || j < i)),
  );
}

function isWithin(group: ReadonlySet<string>, other: ReadonlySet<string>): boolean {
  return [...group].every((name) => other.has(name));
}

/** a, b, … z, aa, … : letters of one name are told apart since each is used in order. */
function letter(i: number): string {
  const last = String.fromCharCode(97 + (i % 26));
  return i < 26 ? last : letter(Math.floor(i / 26) - 1) + last;
}
