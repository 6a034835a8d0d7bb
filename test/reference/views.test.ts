/** std.audio's views against torchaudio's and std.text's masks against transformers', given the same draws; T5's spans by their definition. */
import { describe, expect, test } from 'vitest';
import { array, distance, type Nested, run } from '../std/run.js';
import { expectAgrees, fixture } from './models.js';

interface Given {
  readonly x: Nested;
  readonly other: Nested;
  readonly gain: readonly { readonly decibels: number; readonly out: Nested }[];
  readonly noise: readonly { readonly snr: number; readonly out: Nested }[];
  readonly spectrogram: Nested;
  readonly runs: readonly {
    readonly axis: 'time' | 'frequency';
    readonly start: number;
    readonly length: number;
    readonly out: Nested;
  }[];
  readonly mask: Readonly<Record<'vocab' | 'mask' | 'special', number>> &
    Readonly<Record<'x' | 'chosen' | 'choice' | 'other' | 'tokens' | 'hidden', readonly number[]>>;
  readonly spans: {
    readonly vocab: number;
    readonly end: number;
    readonly texts: readonly (Readonly<
      Record<'x' | 'kept_starts' | 'gone_starts' | 'out' | 'input' | 'target', readonly number[]>
    > & { readonly parts: number })[];
  };
}

const given = fixture('views') as unknown as Given;
const x = array(given.x);

describe('sounds', () => {
  test.each(given.gain)('amplified by $decibels dB', ({ decibels, out }) => {
    const { value } = run('use std.audio { amplified }', `amplified(x, ${decibels})`, { x });
    expectAgrees(value!, array(out), 'gain');
  });

  test.each(given.noise)('mixed, $snr dB below', ({ snr, out }) => {
    const inputs = { x, other: array(given.other) };
    const { value } = run('use std.audio { mixed }', `mixed(x, other, ${snr})`, inputs);
    expectAgrees(value!, array(out), 'noise');
  });

  test('mixed with silence stays what it is', () => {
    const silence = { shape: x.shape, data: x.data.map(() => 0) };
    expect(run('use std.audio { mixed }', 'mixed(x, other, 10)', { x, other: silence })['value']).toEqual(x);
  });

  test.each(given.runs)('a run masked along $axis, $length from $start', ({ axis, start, length, out }) => {
    const x = array(given.spectrogram);
    const masked = (y: string, size: number) => `mean_outside(${y}, outside_run(${size}, ${start}, ${length}))`;
    const [frames = 0, bands = 0] = x.shape;
    const expression = axis === 'time' ? masked('x', frames) : `transpose(${masked('transpose(x)', bands)})`;
    const { value } = run('use std.audio { mean_outside, outside_run }', expression, { x });
    expectAgrees(value!, array(out), axis);
    expect(distance(value!, x) > 0).toBe(length > 0);
  });
});

describe('texts', () => {
  test('hide, as DataCollatorForLanguageModeling', () => {
    const { vocab, mask, x, chosen, choice, other, tokens, hidden } = given.mask;
    const inputs = { x: array(x), chosen: array(chosen), choice: array(choice), other: array(other) };
    const ints = ['x', 'other'];
    const { value } = run('use std.text { hide }', `hide(x, chosen, choice, other, ${mask})`, inputs, undefined, ints);
    expect(Array.from(value!.data)).toEqual(tokens);
    expect(hidden).toEqual([...chosen.keys()].filter((i) => chosen[i] === 1));
    // All three things happen in it.
    const kinds = hidden.map((i) => (tokens[i] === mask ? 'mask' : tokens[i] === x[i] ? 'same' : 'other'));
    expect([...new Set(kinds)].sort()).toEqual(['mask', 'other', 'same']);
    expect(tokens.every((id) => id >= 0 && id < vocab)).toBe(true);
  });

  test.each(given.spans.texts)('spans, $parts of them', (text) => {
    const { vocab, end } = given.spans;
    const { parts, out, input, target } = text;
    const starts = { kept: array(text.kept_starts), gone: array(text.gone_starts) };
    const lengths = `lengths_between(kept, ${parts}), lengths_between(gone, ${parts})`;
    const uses = 'use std.text { lengths_between, in_turns, without_spans }';
    const { value } = run(uses, `in_turns(${out.length}, ${lengths})`, starts);
    expect(Array.from(value!.data)).toEqual(out);
    for (const [left, expected] of [
      ['out', input],
      ['1 - out', target],
    ] as const) {
      const inputs = { x: array(text.x), out: array(out) };
      const expression = `without_spans(x, ${left}, ${vocab}, ${end}, ${expected.length})`;
      expect(Array.from(run(uses, expression, inputs, undefined, ['x'])['value']!.data)).toEqual(expected);
    }
  });
});
