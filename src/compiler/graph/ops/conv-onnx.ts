/** Convolution among ONNX's operations, which have channels before height and width. */
import type { ConvAttrs } from './conv.js';
import type { OnnxContext } from './op.js';
import { reshapeValue, transposeValue } from './shape.js';
import { staticShape } from './shapes.js';

export function convValue(c: OnnxContext, { stride, pad, dilation }: ConvAttrs): string {
  const [x, w] = c.argTypes.map((type) => staticShape(type.shape)) as [readonly number[], readonly number[]];
  const images = x.length === 3 ? reshapeValue(c, c.args[0]!, [1, ...x]) : c.args[0]!;
  const [top, bottom, left, right] = pad as readonly [number, number, number, number];
  const channelsFirst = c.op(
    'Conv',
    [transposeValue(c, images, [0, 3, 1, 2]), transposeValue(c, c.args[1]!, [3, 2, 0, 1])],
    {
      kernel_shape: { ints: w.slice(0, 2) },
      strides: { ints: stride },
      pads: { ints: [top, left, bottom, right] },
      dilations: { ints: dilation },
    },
  );
  const result = transposeValue(c, channelsFirst, [0, 2, 3, 1]);
  return x.length === 3 ? reshapeValue(c, result, staticShape(c.type.shape)) : result;
}
