/** Nodes by what they do and to what: the hash-consing of a builder. */
import type { Node } from './types.js';

export class NodeTable {
  private readonly bySignature = new Map<string, Map<number | string, Node>>();

  get(signature: string, args: readonly Node[]): Node | undefined {
    return this.bySignature.get(signature)?.get(keyOf(args));
  }

  set(signature: string, args: readonly Node[], node: Node): void {
    let same = this.bySignature.get(signature);
    if (same === undefined) {
      same = new Map();
      this.bySignature.set(signature, same);
    }
    same.set(keyOf(args), node);
  }
}

/** Above the numbers of a builder's nodes, so that a key of two arguments is none of one. */
const manyNodes = 2 ** 26;

/** Of up to two arguments, as nearly all are, a number: a text would have to be put together and hashed each time. */
function keyOf(args: readonly Node[]): number | string {
  if (args.length === 0) return -1;
  const first = args[0]!.id;
  if (args.length === 1) return first;
  if (args.length === 2) return (first + 1) * manyNodes + args[1]!.id;
  let key = '';
  for (const { id } of args) key += `${id} `;
  return key;
}
