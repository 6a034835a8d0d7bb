/**
 * Names for what formulas do not look into, by the part that each plays, whatever they are declared as: colour refinement (Weisfeiler and
 * Leman 1968) over all formulas; of what stays alike, one is set apart and refinement goes on. Where alike ones can be exchanged, as the two views of
 * a symmetric objective, any choice gives the same form. Ones that refinement cannot tell apart but that cannot be exchanged would
 * be named by their order in the file; no objective is known that has such.
 */
import type { TypedModel } from '../check/typed-model.js';
import { showShape } from '../graph/dim.js';
import { childrenOf, compareParts, hashText, type Leaf, type LeafKind, type Part } from './expression.js';
import { type Forms, formsOf } from './forms.js';
import type { Structures } from './structures.js';

type Colours = ReadonlyMap<Leaf, number>;

const letters: Readonly<Record<LeafKind, string>> = {
  data: 'x',
  view: 'v',
  mask: 'm',
  encoder: 'f',
  parameter: 'p',
  state: 's',
  draw: 'r',
  argument: 'y',
};

export function canonicalNames(model: TypedModel, structures: Structures): ReadonlyMap<Leaf, string> {
  const { leaves, bodies } = structures;
  const made = (colours: Colours): Forms => formsOf(model, leaves, (leaf) => String(colours.get(leaf)));
  let colours: Map<Leaf, number> = new Map(
    leaves.all.map((leaf) => [leaf, hashText(startOf(model, structures, leaf))]),
  );
  let forms = made(colours);
  colours = refined(forms, structures, colours);
  // Signs and the names of indices depend on the colours that formulas are made with: they are made again where that may tell more apart.
  for (let classes = 0; tied(leaves.all, colours) && countOf(colours) > classes; ) {
    classes = countOf(colours);
    forms = made(colours);
    colours = refined(forms, structures, once(forms, structures, colours, finely(forms)));
  }
  // What a network is decides only where its part does not.
  if (tied(leaves.all, colours)) {
    for (const [leaf, own] of bodies)
      colours.set(
        leaf,
        hashText(
          `${colours.get(leaf)} ${own
            .map(({ lines }) => lines.join('\n'))
            .sort()
            .join('\n')}`,
        ),
      );
    colours = refined(forms, structures, colours);
  }
  for (let apart = tied(leaves.all, colours); apart; apart = tied(leaves.all, colours)) {
    colours.set(apart, hashText(`${colours.get(apart)} first`));
    colours = refined(forms, structures, colours);
  }
  return inOrderOfUse(made(colours), structures, colours);
}

function countOf(colours: Colours): number {
  return new Set(colours.values()).size;
}

function startOf(model: TypedModel, { leaves, pipelines }: Structures, leaf: Leaf): string {
  const input = leaf.kind === 'data' ? model.inputs.find(({ name }) => name === leaf.declared) : undefined;
  const type = input ? `${input.type.dtype} ${showShape(input.type.shape)} below ${input.below}` : '';
  // An energy's arguments have an order.
  const place = leaves.parameters.map((own) => own.indexOf(leaf)).find((k) => k >= 0) ?? '';
  const lines = pipelines.get(leaf)?.map((structure) => structure.lines.join('\n')) ?? [];
  return [`${leaf.kind} ${place}`, type, ...lines].join('\n');
}

/** A leaf of the smallest group of leaves that nothing tells apart. */
function tied(all: readonly Leaf[], colours: Colours): Leaf | undefined {
  const byColour = new Map<number, Leaf[]>();
  for (const leaf of all) byColour.set(colours.get(leaf)!, [...(byColour.get(colours.get(leaf)!) ?? []), leaf]);
  const alike = [...byColour].filter(([, members]) => members.length > 1).sort(([a], [b]) => a - b);
  return alike[0]?.[1][0];
}

function refined(forms: Forms, structures: Structures, start: Map<Leaf, number>): Map<Leaf, number> {
  let colours = start;
  for (let classes = 0; ; ) {
    const now = countOf(colours);
    if (now === classes || now === structures.leaves.all.length) return colours;
    classes = now;
    colours = once(forms, structures, colours, coarsely(forms, colours));
  }
}

/** Which parts of formulas are alike, and how a part stands in a whole. */
interface Likeness {
  of(part: Part): number;
  role(role: string): string;
}

function finely(_forms: Forms): Likeness {
  return { of: (part) => part.hash, role: (role) => role };
}

/** Whatever the signs of terms and the names of indices, which colours that were not known yet might have made others. */
function coarsely(forms: Forms, colours: Colours): Likeness {
  const hashes = new Map<Part, number>();
  const role = (text: string): string => text.replace('-', '');
  const parts = [...reachable(rootsOf(forms, colours).map(([root]) => root))].sort((a, b) => a.id - b.id);
  // Formulas of energies are made apart, with numbers of their own: parts are taken in an order that fits both.
  const visit = (part: Part): number => {
    const known = hashes.get(part);
    if (known !== undefined) return known;
    const children = childrenOf(part).map(([child, how]) => `${role(how)} ${visit(child)}`);
    const isOrdered = part.kind === 'at' || part.kind === 'tensor';
    const hash = hashText(`${labelOf(part, colours)} ${(isOrdered ? children : children.sort()).join()}`);
    hashes.set(part, hash);
    return hash;
  };
  for (const part of parts) visit(part);
  return { of: (part) => hashes.get(part)!, role };
}

function labelOf(part: Part, colours: Colours): string {
  switch (part.kind) {
    case 'number':
      return `${part.value}`.replace('-', '');
    case 'variable':
      return `index ${part.shown}`;
    case 'sum':
      return `sum ${part.constant}`.replace('-', '');
    case 'reduce':
      return `${part.by} ${part.over.map(({ shown }) => shown).join()}`;
    case 'call':
      return part.name;
    case 'tensor':
      return `${part.leaf ? colours.get(part.leaf) : ''} ${part.operation} ${part.attributes}`;
    default:
      return part.kind;
  }
}

/** Each leaf's colour and the places where it stands. */
function once(forms: Forms, structures: Structures, colours: Colours, likeness: Likeness): Map<Leaf, number> {
  const { leaves } = structures;
  const met = new Map<Leaf, number[]>(leaves.all.map((leaf) => [leaf, []]));
  const meet = (leaf: Leaf, text: string): void => void met.get(leaf)?.push(hashText(text));
  visitContexts(rootsOf(forms, colours), likeness, (leaf, context) => meet(leaf, `used ${context}`));
  for (const { over, objective } of forms.groups)
    for (const leaf of over ?? []) meet(leaf, `over ${likeness.of(objective)}`);
  for (const { state, value } of forms.updates) meet(state, `becomes ${likeness.of(value)}`);
  for (const { copy, source, decay, since } of forms.copies) {
    const how = decay ? likeness.of(decay) : since;
    meet(copy, `follows ${colours.get(source)} ${how}`);
    meet(source, `followed by ${colours.get(copy)} ${how}`);
  }
  for (const [leaf, pipelines] of structures.pipelines)
    for (const { boundary } of pipelines)
      for (const [k, node] of boundary.entries()) {
        const other = leaves.cuts.get(node)?.leaf ?? leaves.of(node);
        if (!other) continue;
        meet(leaf, `of ${k} ${colours.get(other)}`);
        meet(other, `in ${k} ${colours.get(leaf)}`);
      }
  return new Map(
    leaves.all.map((leaf) => [
      leaf,
      hashText(
        `${colours.get(leaf)} ${met
          .get(leaf)!
          .sort((a, b) => a - b)
          .join()}`,
      ),
    ]),
  );
}

function rootsOf(forms: Forms, colours: Colours): (readonly [Part, string])[] {
  return [
    ...forms.groups.map(({ objective }) => [objective, 'minimised'] as const),
    ...forms.updates.map(({ state, value }) => [value, `after ${colours.get(state)}`] as const),
    [forms.representation, 'representation'],
    ...forms.energies.map(({ value }) => [value, 'energy'] as const),
    ...forms.copies.flatMap(({ copy, decay }) => (decay ? [[decay, `decay ${colours.get(copy)}`] as const] : [])),
  ];
}

/** Calls back with each place where a leaf stands, told by everything above it. */
function visitContexts(
  roots: readonly (readonly [Part, string])[],
  likeness: Likeness,
  found: (leaf: Leaf, context: number) => void,
): void {
  const contexts = new Map<Part, string[]>();
  const push = (part: Part, text: string): void => {
    const list = contexts.get(part);
    if (list) list.push(text);
    else contexts.set(part, [text]);
  };
  for (const [root, label] of roots) push(root, label);
  const parts = [...reachable(roots.map(([root]) => root))].sort((a, b) => b.id - a.id);
  for (const part of parts) {
    const context = hashText(contexts.get(part)!.sort().join());
    if (part.kind === 'tensor' && part.leaf) found(part.leaf, hashText(`${context} ${likeness.of(part)}`));
    for (const [child, role] of childrenOf(part)) push(child, `${context} ${likeness.of(part)} ${likeness.role(role)}`);
  }
}

function reachable(roots: readonly Part[]): ReadonlySet<Part> {
  const seen = new Set<Part>();
  const stack = [...roots];
  while (stack.length > 0) {
    const part = stack.pop()!;
    if (seen.has(part)) continue;
    seen.add(part);
    for (const [child] of childrenOf(part)) stack.push(child);
  }
  return seen;
}

/** Numbered as the formulas are read. */
function inOrderOfUse(forms: Forms, structures: Structures, colours: Colours): ReadonlyMap<Leaf, string> {
  const names = new Map<Leaf, string>();
  const counts = new Map<string, number>();
  const name = (leaf: Leaf): void => {
    if (names.has(leaf)) return;
    const letter = letters[leaf.kind];
    counts.set(letter, (counts.get(letter) ?? 0) + 1);
    names.set(leaf, `${letter}${counts.get(letter)}`);
    for (const { boundary } of structures.pipelines.get(leaf) ?? [])
      for (const node of boundary) {
        const other = structures.leaves.cuts.get(node)?.leaf ?? structures.leaves.of(node);
        if (other) name(other);
      }
  };
  const seen = new Set<Part>();
  const read = (part: Part): void => {
    if (seen.has(part)) return;
    seen.add(part);
    if (part.kind === 'tensor' && part.leaf) name(part.leaf);
    for (const child of childrenOf(part)
      .map(([c]) => c)
      .sort(part.kind === 'sum' || part.kind === 'product' ? compareParts : () => 0))
      read(child);
  };
  const byHash = <T>(items: readonly T[], hash: (item: T) => number): T[] =>
    [...items].sort((a, b) => hash(a) - hash(b));
  for (const { objective } of byHash(forms.groups, ({ objective: o }) => o.hash)) read(objective);
  read(forms.representation);
  for (const { value } of byHash(forms.updates, ({ state }) => colours.get(state)!)) read(value);
  for (const { parameters, value } of byHash(forms.energies, ({ value: v }) => v.hash)) {
    for (const { leaf } of parameters) name(leaf);
    read(value);
  }
  for (const leaf of byHash(structures.leaves.all, (l) => colours.get(l)!)) name(leaf);
  return names;
}
