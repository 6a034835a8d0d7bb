/** A graph as straight-line tfjs calls: one constant an operation, each value disposed after its last use. */
import { positionAt } from '../../../../grammar/source.js';
import { narrowFormats, narrowOf } from '../../../graph/ops/narrow.js';
import type { Node } from '../../../graph/types.js';
import { findLiveness } from '../../../optimize/liveness.js';
import { type Expressions, lowerNodes } from './expressions.js';
import type { Names } from './names.js';

export interface BodyOptions {
  readonly names: Names;
  /** Text of an `input` or `state` node. */
  readonly source: (node: Node) => string;
  /** Whether a check for infinite and undefined numbers follows every operation. */
  readonly checks: boolean;
}

export interface Body {
  readonly lines: readonly string[];
  /** Expressions of the wanted values: each a tensor that whoever takes it owns. */
  readonly results: readonly string[];
  /** Helpers of the support module that the lines name. */
  readonly support: ReadonlySet<string>;
}

/** Computes `wanted`, which are reachable through `schedule`. */
export function lowerBody(schedule: readonly Node[], wanted: readonly Node[], options: BodyOptions): Body {
  const lowered = lowerNodes(schedule, wanted, options);
  const support = new Set(lowered.support);
  if (options.checks) support.add('checkFinite');
  const lines: string[] = [];
  let section: string | undefined;
  const dying = findDying(lowered, schedule, wanted);
  schedule.forEach((node, place) => {
    const statement = lowered.statements.get(node);
    if (statement !== undefined) {
      if (node.scope !== section && statement.kind === 'operation') {
        if (node.scope !== '') lines.push('', `// ${node.scope}`);
        section = node.scope;
      }
      const isChecked = options.checks && statement.kind === 'operation' && node.type.dtype === 'float32';
      const check = isChecked ? checkOf(node) : undefined;
      if (check && narrowOf(node)) lines.push(...node.args.map((arg) => check(lowered.text(arg))));
      lines.push(...statement.before);
      if (statement.name !== statement.expression) {
        lines.push(`const ${statement.name} = ${statement.expression};${shapeComment(node)}`);
      }
      if (check) lines.push(check(statement.name));
    }
    lines.push(...disposal([...(statement?.temporaries ?? []), ...(dying.get(place) ?? [])]));
  });
  if (lines.some((line) => line.includes('this.draws'))) support.add('Draws');
  return { lines, results: takeResults(lowered, wanted), support };
}

/** Names whose last use is at each place of the schedule. A value and those that are the same tensor die together. */
function findDying(lowered: Expressions, schedule: readonly Node[], wanted: readonly Node[]): Map<number, string[]> {
  const { lastUse } = findLiveness(schedule, []);
  const last = new Map<Node, number>();
  for (const [node, place] of lastUse) {
    const owner = lowered.owner(node);
    last.set(owner, Math.max(last.get(owner) ?? 0, place));
  }
  for (const node of wanted) last.delete(lowered.owner(node));
  const dying = new Map<number, string[]>();
  for (const [node, place] of last) {
    const statement = lowered.statements.get(node);
    if (statement?.kind === 'operation') dying.set(place, [...(dying.get(place) ?? []), statement.name]);
  }
  return dying;
}

/** The first to want a computed tensor gets it, whoever else wants it gets a clone, as of inputs and states. */
function takeResults(lowered: Expressions, wanted: readonly Node[]): string[] {
  const taken = new Set<Node>();
  return wanted.map((node) => {
    const owner = lowered.owner(node);
    const statement = lowered.statements.get(owner);
    const free = statement?.kind === 'operation' && !taken.has(owner);
    taken.add(owner);
    return free ? statement.name : `tf.clone(${lowered.text(node)})`;
  });
}

/** A check of a value that the operation takes or gives. */
function checkOf(node: Node): (name: string) => string {
  const type = narrowOf(node);
  const place = JSON.stringify(type ? `${placeOf(node)} on ${type} numbers` : placeOf(node));
  return (name) => `checkFinite(${[name, place, ...(type ? [narrowFormats[type].largest] : [])].join(', ')});`;
}

/** For people: "`sqrt` in f/norm (model.ebm:12:8)". */
function placeOf({ op, scope, span }: Node): string {
  const name = `\`${op}\`${scope === '' ? '' : ` in ${scope}`}`;
  if (span === undefined) return name;
  const { line, column } = positionAt(span.source, span.start);
  return `${name} (${span.source.path}:${line}:${column})`;
}

function shapeComment(node: Node): string {
  const shape = node.type.shape.join(', ');
  return node.args[0]?.type.shape.join(', ') === shape ? '' : ` // [${shape}]`;
}

function disposal(names: readonly string[]): string[] {
  if (names.length === 0) return [];
  return names.length === 1 ? [`${names[0]}.dispose();`] : [`tf.dispose([${names.join(', ')}]);`];
}
