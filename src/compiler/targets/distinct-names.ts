/** Names in another form, `E_8` for `E(8)`, each its own where the form makes two alike. */
export function distinctNames(names: readonly string[], form: (name: string) => string): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  const taken = new Set<string>();
  for (const name of names) {
    const plain = form(name);
    let own = plain;
    for (let k = 2; taken.has(own); k++) own = `${plain}_${k}`;
    taken.add(own);
    found.set(name, own);
  }
  return found;
}
