/** Where a descent starts: points with noise, or with a part hidden that alone may change. */
import type { ArgumentPlace } from '../../compiler/energy-functions.js';
import { drawNormal } from '../../compiler/graph/random.js';
import { EbmcError, report } from '../../diagnostics/index.js';
import type { HostTensor } from '../model.js';

/** `14:28,0:28`: of the first axes, from and up to which place; 1 for the numbers inside. */
export function freeNumbers({ name, shape }: ArgumentPlace, text: string): Uint8Array {
  const ranges = text.split(',').map((part) => /^(\d+):(\d+)$/.exec(part.trim()));
  const isRight =
    ranges.length <= shape.length &&
    ranges.every((r, i) => r && Number(r[1]) < Number(r[2]) && Number(r[2]) <= shape[i]!);
  if (!isRight) {
    const problem = 'what is hidden is a range of each of its first axes, such as 14:28,0:28';
    throw new EbmcError([report('EBM7031', { argument: name, shape, given: text, problem })]);
  }
  const size = shape.reduce((a, b) => a * b, 1);
  const free = new Uint8Array(size);
  for (let at = 0; at < size; at++) {
    let rest = at;
    const place = [...shape].reverse().map((d) => {
      const k = rest % d;
      rest = Math.floor(rest / d);
      return k;
    });
    place.reverse();
    free[at] = Number(ranges.every((r, i) => place[i]! >= Number(r![1]) && place[i]! < Number(r![2])));
  }
  return free;
}

export function noisy(points: HostTensor, noise: number, seed: number): HostTensor {
  if (noise === 0) return points;
  const drawn = drawNormal({ seed, step: 0 }, 'start', points.data.length);
  return { shape: points.shape, data: Float32Array.from(points.data, (x, i) => x + noise * drawn[i]!) };
}

/** What is free at one half, which says nothing of what was there. */
export function hidden(points: HostTensor, free: Uint8Array | undefined): HostTensor {
  if (!free) return points;
  return {
    shape: points.shape,
    data: Float32Array.from(points.data, (x, i) => (free[i % free.length] === 1 ? 0.5 : x)),
  };
}
