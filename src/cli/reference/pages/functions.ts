/** The functions of the language that are not written in it. */
import { builtinGroups } from '../../../compiler/index.js';
import { fenced, page, prose } from '../markdown.js';

export function functionsPage(): string {
  const parts = Object.entries(builtinGroups).flatMap(([title, group]) => [
    `## ${title}`,
    ...Object.entries(group).flatMap(([name, { parameters, doc }]) => [
      `### ${name}`,
      fenced('ebm', callOf(name, parameters)),
      prose(doc),
    ]),
  ]);
  return page(
    'Functions of the language',
    `They need no \`use\`. A parameter with \`?\` may be left out, \`…\` takes any number; parameters are given by place or by name. Elementwise functions broadcast
like NumPy, aligned at the last axis, and are computed when compiled where their arguments are numbers. Everything else is written in the language:
the [standard library](../reference.md).`,
    parts,
  );
}

/** `sum(x, axis?, keep?, keepdims?)` of `x axis? keep? keepdims?`. */
export function callOf(name: string, parameters: string): string {
  return `${name}(${parameters.replaceAll('...', '…').split(' ').filter(Boolean).join(', ')})`;
}
