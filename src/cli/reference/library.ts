/** The standard library as its files say it: modules, sections, definitions with their signatures and doc comments. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { type DefinitionItem, parseModule, printSignature } from '../../grammar/index.js';
import type { Comment, Item, Module } from '../../grammar/syntax-tree.js';
import { standardFolder } from '../../runtime/library.js';
import { readSource } from '../../runtime/read-source.js';

export interface LibraryModule {
  /** `energies` of `std.energies`. */
  readonly name: string;
  readonly doc: string;
  readonly sections: readonly LibrarySection[];
}

export interface LibrarySection {
  /** Of the comment `// ── Crops ──` above; the first section may have none. */
  readonly title: string | undefined;
  readonly definitions: readonly LibraryDefinition[];
}

export interface LibraryDefinition {
  readonly name: string;
  readonly kind: 'fn' | 'net' | 'regularizer';
  readonly signature: string;
  readonly doc: string;
}

export function readLibrary(folder = standardFolder): readonly LibraryModule[] {
  const files = readdirSync(folder).filter((file) => file.endsWith('.ebm'));
  return files.sort().map((file) => {
    const { module } = parseModule(readSource(join(folder, file)));
    return { name: file.slice(0, -'.ebm'.length), doc: headOf(module), sections: sectionsOf(module) };
  });
}

/** The doc comment at the top, down to the first blank line. */
function headOf({ comments, source }: Module): string {
  const lines: Comment[] = [];
  for (const comment of comments) {
    const before = lines.at(-1);
    const gap = source.text.slice(before?.span.end ?? 0, comment.span.start);
    if (!comment.isDoc || gap.trim() !== '' || gap.split('\n').length > 2) break;
    lines.push(comment);
  }
  return joined(lines.map(({ text }) => text.replace(/^\/\/\/ ?/, '')));
}

function sectionsOf({ items, comments }: Module): readonly LibrarySection[] {
  const titles = comments.flatMap(({ text, span }) => {
    const title = /^\/\/ ── (.+?) ─+$/.exec(text)?.[1];
    return title === undefined ? [] : [{ title, at: span.start }];
  });
  const bounds = [{ title: undefined, at: 0 }, ...titles];
  return bounds.flatMap(({ title, at }, i) => {
    const end = bounds[i + 1]?.at ?? Number.POSITIVE_INFINITY;
    const inside = items.filter((item) => item.span.start >= at && item.span.start < end);
    const definitions = inside.filter(isDefinition).map(
      (item): LibraryDefinition => ({
        name: item.name.text,
        kind: item.kind,
        signature: printSignature(item),
        doc: joined(item.doc),
      }),
    );
    return definitions.length === 0 ? [] : [{ title, definitions }];
  });
}

function isDefinition(item: Item): item is DefinitionItem {
  return item.kind === 'fn' || item.kind === 'net' || item.kind === 'regularizer';
}

const joined = (lines: readonly string[]): string => lines.join(' ').trim();
