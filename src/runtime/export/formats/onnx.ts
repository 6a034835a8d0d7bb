/** An ONNX model of opset 17. */
import { emitOnnx } from '../../../compiler/targets/onnx/emit.js';
import { encodeOnnx } from '../../../compiler/targets/onnx/encode.js';
import { freeBatch } from '../../../compiler/targets/onnx/free-batch.js';
import { describeInOneLine, metadataOf, showValue } from '../describe.js';
import type { ExportFormat } from '../format.js';
import { requireBelow2GB } from '../size.js';
import { describe, emitFor } from '../subject.js';

export const onnxFormat: ExportFormat = {
  name: 'onnx',
  summary: 'an ONNX model (opset 17)',
  kind: 'file',
  export(subject) {
    const { emitted, batch } = emitFor(subject, emitOnnx, freeBatch);
    requireBelow2GB(
      'onnx',
      [...emitted.constants.values()].map(({ data }) => 4 * data.length),
    );
    const about = describe(
      subject,
      batch,
      emitted.inputs.map(({ name }) => name),
    );
    const values = Object.fromEntries([...about.inputs, about.output].map((value) => [value.name, showValue(value)]));
    const bytes = encodeOnnx(emitted, {
      ...{ name: about.model, version: about.version, description: describeInOneLine(about) },
      ...{ values, metadata: metadataOf(about) },
    });
    return { about, files: [{ name: '', content: [bytes] }] };
  },
};
