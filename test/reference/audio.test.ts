/** std.audio against torchaudio: spectrograms, mel bands, the gradient through both. */
import { describe, expect, test } from 'vitest';
import { array, run } from '../std/run.js';
import { evaluate, expectAgrees, fixture, lossGraph, relativeDistance, typedModel } from './models.js';

const given = fixture('audio');
const { rate, size, hop, mels } = given;
const x = array(given.x);

test('power_spectrogram', () => {
  const { value } = run('use std.audio { power_spectrogram }', `power_spectrogram(x, size: ${size}, hop: ${hop})`, {
    x,
  });
  expectAgrees(value!, array(given.power), 'power');
});

test('mel_filters', () => {
  const { value } = run('use std.audio { mel_filters }', `mel_filters(${size / 2 + 1}, ${mels}, rate: ${rate})`, {});
  expectAgrees(value!, array(given.filters), 'filters');
});

describe.each([false, true])('log_mel and its gradient, optimized: %s', (optimized) => {
  test('as torchaudio', () => {
    const weights = array(given.weights);
    const model = typedModel(
      `use std.audio { log_mel }
model M {
  data x: [${x.shape}]
  data weights: [${weights.shape}]
  minimize { loss: sum(log_mel(x, rate: ${rate}, size: ${size}, hop: ${hop}, mels: ${mels}) * weights) }
  representation x
}
`,
      2,
    );
    const twice = (a: typeof x) => ({ shape: [2, ...a.shape], data: Float64Array.from([...a.data, ...a.data]) });
    const inputs = { x: twice(x), weights: twice(weights) };
    const outputs = evaluate(lossGraph(model, { wrt: ['x'], optimized }), inputs);
    expectAgrees(outputs['loss']!, array(given.loss), 'loss', 1e-9);
    const gradient = twice(array(given.gradients.x));
    // The mean over two equal examples: each has half of the gradient.
    const whole = { shape: gradient.shape, data: outputs['gradient.x']!.data.map((v) => 2 * v) };
    expect(relativeDistance(whole, gradient)).toBeLessThan(1e-9);
  });
});
