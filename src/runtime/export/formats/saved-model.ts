/** A TensorFlow SavedModel with the weights inside. */
import { emitFrozen } from '../../../compiler/targets/tensorflow/emit-frozen.js';
import { freeBatch } from '../../../compiler/targets/tensorflow/free-batch.js';
import { constantTensor } from '../../../compiler/targets/tensorflow/graph-def.js';
import { encodeFrozen } from '../../../compiler/targets/tensorflow/saved-model.js';
import { readmeOf } from '../describe.js';
import type { ExportFormat } from '../format.js';
import { requireBelow2GB } from '../size.js';
import { describe, emitFor } from '../subject.js';

export const savedModelFormat: ExportFormat = {
  name: 'saved-model',
  summary: 'a TensorFlow SavedModel',
  kind: 'folder',
  export(subject) {
    const { emitted, batch } = emitFor(subject, emitFrozen, freeBatch);
    requireBelow2GB(
      'SavedModel',
      emitted.nodes.map((node) => constantTensor(node)?.tensorContent.length ?? 0),
    );
    const about = describe(
      subject,
      batch,
      emitted.inputs.map(({ name }) => name),
    );
    const model = encodeFrozen(emitted, `ebmc ${about.version} ${about.model}`);
    const given = about.inputs.map(({ name }) => `${name}=${name}`).join(', ');
    const use = `
import tensorflow as tf

represent = tf.saved_model.load(".").signatures["serving_default"]
features = represent(${given})["representation"]`;
    return {
      about,
      files: [
        { name: 'README.md', content: readmeOf(about, 'python', use) },
        { name: 'saved_model.pb', content: [model] },
      ],
    };
  },
};
