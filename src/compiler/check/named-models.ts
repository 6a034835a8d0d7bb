/** The models that a file is about: its own, and those of other files that it trains or evaluates. */
import type { Module, Name } from '../../grammar/syntax-tree.js';

/** In the order of the text. Whether what is brought in by `use` is a model is not known yet. */
export function namedModels({ items }: Module): readonly Name[] {
  const own = items.flatMap((item) => (item.kind === 'model' ? [item.name] : []));
  const known = new Set(own.map(({ text }) => text));
  const used = new Set(items.flatMap((item) => (item.kind === 'use' ? item.names.map(({ text }) => text) : [])));
  const borrowed = items.flatMap((item) => {
    if ((item.kind !== 'train' && item.kind !== 'evaluate') || known.has(item.model.text)) return [];
    if (!used.has(item.model.text)) return [];
    known.add(item.model.text);
    return [item.model];
  });
  return [...own, ...borrowed];
}
