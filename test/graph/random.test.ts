/** The generator against published values, and the draws made of it. */
import { describe, expect, it } from 'vitest';
import {
  drawNormal,
  drawPermutation,
  drawUniform,
  drawWords,
  hash32,
  philoxBlock,
} from '../../src/compiler/graph/random.js';

function block(counter: readonly number[], key: readonly number[]): string[] {
  const out = new Uint32Array(4);
  const [c0, c1, c2, c3] = counter as [number, number, number, number];
  philoxBlock(c0, c1, c2, c3, key[0]!, key[1]!, out, 0);
  return [...out].map((x) => x.toString(16).padStart(8, '0'));
}

describe('philox4x32-10', () => {
  // Random123's known answers (kat_vectors).
  it('gives the known answers', () => {
    expect(block([0, 0, 0, 0], [0, 0])).toEqual(['6627e8d5', 'e169c58d', 'bc57ac4c', '9b00dbd8']);
    const ones = 0xffffffff;
    expect(block([ones, ones, ones, ones], [ones, ones])).toEqual(['408f276d', '41c83b0e', 'a20bc7c6', '6d5451fd']);
    expect(block([0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344], [0xa4093822, 0x299f31d0])).toEqual([
      'd16cfe09',
      '94fdcceb',
      '5001e420',
      '24126ea1',
    ]);
  });

  it('counts groups of four in its first word and steps in its third', () => {
    const words = drawWords({ seed: 7, step: 4294967299 }, 'f/dropout', 6);
    expect(words.length).toBe(8);
    const key = [7, hash32('f/dropout')];
    expect([...words.slice(4)].map((x) => x.toString(16).padStart(8, '0'))).toEqual(block([1, 0, 3, 1], key));
  });
});

describe('draws', () => {
  const draws = { seed: 1, step: 2 };

  it('are fast', () => {
    drawNormal(draws, 'warm', 40000);
    const start = performance.now();
    drawUniform(draws, 'x', 400000);
    expect(performance.now() - start).toBeLessThan(400);
  });

  it('are the same for the same seed, step and site, and differ otherwise', () => {
    const x = drawUniform(draws, 'a', 8);
    expect(drawUniform(draws, 'a', 8)).toEqual(x);
    expect([...drawUniform(draws, 'a', 5)]).toEqual([...x.slice(0, 5)]);
    for (const other of [
      drawUniform({ seed: 2, step: 2 }, 'a', 8),
      drawUniform({ seed: 1, step: 3 }, 'a', 8),
      drawUniform(draws, 'b', 8),
    ])
      expect(other).not.toEqual(x);
  });

  it('are floats of 23 bits: the low bits of a word under the exponent of 1', () => {
    const words = drawWords(draws, 'a', 4);
    const bits = Uint32Array.from(words, (x) => (x & 0x7fffff) | 0x3f800000);
    expect([...drawUniform(draws, 'a', 4)]).toEqual([...new Float32Array(bits.buffer)].map((x) => x - 1));
  });

  it('are normal with mean 0, variance 1 and no skew', () => {
    const x = drawNormal(draws, 'n', 100000);
    const moment = (p: number) => x.reduce((sum, v) => sum + v ** p, 0) / x.length;
    expect(moment(1)).toBeCloseTo(0, 2);
    expect(Math.abs(moment(2) - 1)).toBeLessThan(0.02);
    expect(Math.abs(moment(3))).toBeLessThan(0.05);
    expect(Math.abs(moment(4) - 3)).toBeLessThan(0.1);
  });

  it('are permutations, each different', () => {
    const p = drawPermutation(draws, 'p', 3, 20);
    const rows = [0, 1, 2].map((r) => [...p.slice(r * 20, r * 20 + 20)]);
    for (const row of rows) expect([...row].sort((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, i) => i));
    expect(new Set(rows.map(String)).size).toBe(3);
    const u = drawUniform(draws, 'p', 60);
    expect(u[rows[0]![0]!]).toBe(Math.min(...u.slice(0, 20)));
  });
});
