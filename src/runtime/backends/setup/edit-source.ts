/** Changes to the text of tfjs-node's binding before it is compiled. */

export type Edit = readonly [before: RegExp, after: string];

/** The text after all edits; throws where one of them finds nothing, since then the text is not as known. */
export function editSource(text: string, edits: readonly Edit[]): string {
  return edits.reduce((before, [pattern, replacement]) => {
    if (!pattern.test(before))
      throw new Error("tfjs-node's tfjs_backend.cc is not the one that this version of ebmc builds");
    return before.replace(pattern, replacement);
  }, text);
}
