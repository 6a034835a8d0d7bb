/** What an encoder has learned, as one vector: `parameters(f)`, and what differentiates by it, `grad(value, f)`. */
import type { Span } from '../../grammar/source.js';
import type { Node } from '../graph/types.js';
import type { Elaborator } from './elaborator.js';
import { copyRole } from './states.js';
import { isWeight } from './typed-model.js';
import { type LayerValue, missing, type Value } from './values.js';

/** The parameters of an encoder, or what a copy has for them, one after another in the order in which calling it makes them. */
export function parameterVector(e: Elaborator, layer: LayerValue, span: Span): Value {
  const nodes = parameterNodes(e, layer, span);
  const flat = nodes && flattened(e, nodes, span);
  return flat ? { kind: 'tensor', node: flat } : missing;
}

/** The same, each of its own shape; undefined after reporting that there are none. */
export function parameterNodes(e: Elaborator, { path, copy }: LayerValue, span: Span): readonly Node[] | undefined {
  if (path === undefined) return undefined;
  e.readWhole.add(path);
  const learner = copy?.source ?? path;
  const states = [...e.states.values()];
  const learned = states.filter((state) => state.name.startsWith(`${learner}/`) && isWeight({ states }, state));
  const nodes = learned.map(({ name, type, role, initial }) => {
    const own = path + name.slice(learner.length);
    const follows = e.copyOf(own);
    return e.state(own, follows ? copyRole(follows) : role, type.shape, span, () => initial, follows);
  });
  const found = nodes.flatMap((value) => (value.kind === 'tensor' ? [value.node] : []));
  if (found.length > 0) return found;
  e.fail('EBM2084', { encoder: learner }, span);
  return undefined;
}

export function flattened(e: Elaborator, nodes: readonly Node[], span: Span): Node | undefined {
  const rows = nodes.map((node) => {
    const size = node.type.shape.reduce<number>((product, side) => product * Number(side), 1);
    return e.node('reshape', [node], { shape: [size] }, span);
  });
  return rows.every((row) => row !== undefined) ? e.node('concat', rows, { axis: 0 }, span) : undefined;
}
