/** The weights alone, by the names they have in the program: `f/linear_1/weight`. */
import { statesOf } from '../../../compiler/freeze/index.js';
import { encodeSafetensors } from '../../checkpoint/index.js';
import { metadataOf } from '../describe.js';
import type { ExportFormat } from '../format.js';
import { describe } from '../subject.js';

/** How ours lie in memory, for who puts them into another library's layers. */
const layout =
  'row-major; linear [in, out]; convolution [height, width, in, out]; embedding [vocabulary, dimensions]; images [height, width, channels]';

export const safetensorsFormat: ExportFormat = {
  name: 'safetensors',
  summary: 'the weights alone, by name',
  kind: 'file',
  export(subject) {
    const { model, states } = subject;
    const about = describe(
      subject,
      subject.batch,
      model.inputs.map(({ name }) => name),
    );
    const tensors = Object.fromEntries(statesOf(model, states));
    const chunks = encodeSafetensors({ tensors, metadata: { format: 'ebmc', ...metadataOf(about), layout } });
    return { about, files: [{ name: '', content: chunks }] };
  },
};
