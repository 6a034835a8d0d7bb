/** Representations that cannot be used elsewhere are refused with one diagnostic, which names the operation and its place. */
import { expect, test } from 'vitest';
import { checkFile } from '../../src/compiler/index.js';
import { type Diagnostic, EbmcError } from '../../src/diagnostics/index.js';
import { exportFormats } from '../../src/runtime/export/index.js';
import { FileLibrary } from '../../src/runtime/library.js';

function program(representation: string): string {
  return `
use std.networks { small_cnn }
use std.energies { mean_square }

model M {
  data x: Image[8, 8, 1]
  encoder f = small_cnn(width: 2)
  energy E(a, b) = mean_square(f(a), f(b))
  minimize { known: mean_square(f(x), ones([8])) }
  representation ${representation}
}`;
}

function exported(representation: string, format: string): Diagnostic | number {
  const path = 'examples/m.ebm';
  const checked = checkFile({ path, text: program(representation) }, new FileLibrary(path), {
    train: { batch: 4 },
    allow: ['EBM3001', 'EBM3002'],
  });
  expect(checked.diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
  const model = checked.models[0]!;
  const states = model.states.map(({ name, type }) => {
    const shape = type.shape.map(Number);
    const data = new Float32Array(shape.reduce((a, b) => a * b, 1)).fill(0.5);
    return [name, { shape, data }] as const;
  });
  const subject = { model, states: new Map(states), step: 0, version: '0.0.0', batch: undefined };
  try {
    const { about } = exportFormats.find(({ name }) => name === format)!.export(subject);
    return about.output.shape.length;
  } catch (error) {
    if (error instanceof EbmcError) return error.diagnostics[0]!;
    throw error;
  }
}

test.each(['onnx', 'saved-model', 'tfjs'])('draws, to %s', (format) => {
  const found = exported('f(x + 0.1 * normal([8, 8, 1]))', format) as Diagnostic;
  expect(found.code).toBe('EBM5050');
  expect(found.message).toContain('`random_normal`');
  expect(found.span).toBeDefined();
});

const descent = 'reshape(argmin z from zeros([8, 8, 1]) by gradient(steps: 1, rate: 0.5) { E(x, z) }, [64])';

test.each(['onnx', 'tfjs'])("a convolution's gradient, to %s", (format) => {
  const found = exported(descent, format) as Diagnostic;
  expect(found.code).toBe('EBM5050');
  expect(found.message).toMatch(/conv2d_input_gradient|Conv2DBackpropInput/);
});

test('a SavedModel has gradients too, and safetensors no operations', () => {
  expect(exported(descent, 'saved-model')).toBe(2);
  expect(exported(descent, 'safetensors')).toBe(2);
});
