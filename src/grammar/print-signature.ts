/** How a definition is called: its text up to the body. */
import { concat, type Doc, render } from './layout.js';
import { parametersDoc, typeDoc } from './print-expr.js';
import type { FnItem, NetItem, RegularizerItem } from './syntax-tree.js';

export type DefinitionItem = FnItem | NetItem | RegularizerItem;

/** `net linear(out: int, bias = true, gain = 1.0)(x: [..., d]) -> [..., out]`, on several lines where it is long. */
export function printSignature(item: DefinitionItem): string {
  return render(signatureDoc(item), 0, 0);
}

export function signatureDoc(item: DefinitionItem): Doc {
  const { kind, name, result } = item;
  const arrow: Doc = result ? concat(' -> ', typeDoc(result)) : '';
  switch (kind) {
    case 'fn':
      return concat(`fn ${name.text}`, parametersDoc(item.parameters), arrow);
    case 'net':
      return concat(`net ${name.text}`, parametersDoc(item.settings), parametersDoc(item.inputs), arrow);
    case 'regularizer': {
      const family = item.family ? `${item.family} ` : '';
      return concat(`${family}regularizer ${name.text}`, parametersDoc(item.parameters), arrow);
    }
    default:
      return item satisfies never;
  }
}
