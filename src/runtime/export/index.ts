/** Trained representations for use elsewhere. */

import type { ExportFormat } from './format.js';
import { onnxFormat } from './formats/onnx.js';
import { safetensorsFormat } from './formats/safetensors.js';
import { savedModelFormat } from './formats/saved-model.js';
import { tfjsFormat } from './formats/tfjs.js';

export const exportFormats: readonly ExportFormat[] = [safetensorsFormat, onnxFormat, savedModelFormat, tfjsFormat];

export { showValue } from './describe.js';
export type { Exported, ExportedFile, ExportFormat } from './format.js';
export type { About, Subject, ValueAbout } from './subject.js';
export { requireFree, writeExport } from './write.js';
