/**
 * Another rate by band-limited interpolation (Smith 1984): a sinc that is cut off below the lower of both Nyquist frequencies, under a
 * Hann window. As torchaudio's `resample` with its defaults: 6 zero crossings, roll-off 0.99.
 */

const crossings = 6;
const rollOff = 0.99;

export function resample(samples: Float32Array, from: number, to: number): Float32Array {
  if (from === to) return samples;
  const divisor = gcd(from, to);
  const [source, target] = [from / divisor, to / divisor];
  const base = Math.min(source, target) * rollOff;
  const reach = Math.ceil((crossings * source) / base);
  const width = 2 * reach + source;
  // One filter for each position of a new sample between the old ones.
  const filters = Array.from({ length: target }, (_, phase) =>
    Float64Array.from({ length: width }, (_, k) => tap((k - reach) / source - phase / target, base) / source),
  );
  const count = Math.ceil((target * samples.length) / source);
  const result = new Float32Array(count);
  for (let i = 0; i < count; i++) {
    const filter = filters[i % target]!;
    const start = Math.floor(i / target) * source - reach;
    let sum = 0;
    for (let k = Math.max(0, -start); k < width && start + k < samples.length; k++)
      sum += filter[k]! * samples[start + k]!;
    result[i] = sum;
  }
  return result;
}

/** The windowed sinc at a time in units of `divisor` samples. */
function tap(time: number, base: number): number {
  const t = Math.max(-crossings, Math.min(crossings, time * base));
  const window = Math.cos((t * Math.PI) / crossings / 2) ** 2;
  return (t === 0 ? 1 : Math.sin(t * Math.PI) / (t * Math.PI)) * window * base;
}

function gcd(a: number, b: number): number {
  return b === 0 ? a : gcd(b, a % b);
}
