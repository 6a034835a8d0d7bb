/** A frozen graph as a SavedModel of one function, under two names: what Serving asks for when nobody names one, and ours. */
import type { FrozenGraph, FrozenTensor } from './emit-frozen.js';
import { dataType, shapeProto } from './graph-def.js';
import { encodeSavedModel } from './proto.js';
import { predictMethod, producer, servingTag } from './signatures.js';

export const frozenSignatures = ['serving_default', 'represent'] as const;

/** `saved_model.pb`; there are neither variables nor assets. */
export function encodeFrozen({ nodes, inputs, outputs }: FrozenGraph, version: string): Uint8Array {
  const signature = signatureOf({ inputs, outputs });
  return encodeSavedModel({
    savedModelSchemaVersion: 1,
    metaGraphs: [
      {
        metaInfoDef: { metaGraphVersion: version, tags: [servingTag], tensorflowVersion: '2.11.0' },
        graphDef: { node: nodes, versions: { producer, minConsumer: 0 } },
        signatureDef: Object.fromEntries(frozenSignatures.map((name) => [name, signature])),
      },
    ],
  });
}

/** As a SignatureDef in plain objects. */
export function signatureOf({ inputs, outputs }: Pick<FrozenGraph, 'inputs' | 'outputs'>): object {
  const infos = (tensors: readonly FrozenTensor[]): object =>
    Object.fromEntries(
      tensors.map(({ name, node, dtype, shape }) => [
        name,
        { name: `${node}:0`, dtype: dataType(dtype), tensorShape: shapeProto(shape) },
      ]),
    );
  return { inputs: infos(inputs), outputs: infos(outputs), methodName: predictMethod };
}
