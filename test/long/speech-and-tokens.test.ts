/**
 * What predicts its own discrete tokens, natively: wav2vec 2.0 and HuBERT on prompts in five languages (Debian's `asterisk-core-sounds-*-wav`), DALL-E on digits. On held-out
 * examples each is better than with the parameters that it began with, than chance or what the frequencies of tokens alone allow and, where something else is given, than with that of
 * another example; the language is told better than untrained; each by more than three standard errors (over batches, or of shares).
 */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { beforeAll, expect, test } from 'vitest';
import type { Batch, HostTensor } from '../../src/runtime/model.js';
import { tfjsNode, useBackend } from '../targets/backends.js';
import { entropy, lowerBy, meanRepresentation, type Probes, trainAndHold } from './held-out.js';
import { mean } from './load-natively.js';

const native = tfjsNode();
const errors = 3;

const example = (name: string, ...changes: readonly (readonly [part: RegExp, by: string])[]): string =>
  changes.reduce(
    (text, [part, by]) => {
      expect(text).toMatch(part);
      return text.replace(part, by);
    },
    readFileSync(`examples/${name}.ebm`, 'utf8'),
  );

beforeAll(async () => {
  if (native === undefined) return;
  const root = fileURLToPath(new URL('../..', import.meta.url));
  const languages = ['en', 'es', 'fr', 'it', 'ru'];
  execFileSync('sh', ['scripts/install-asterisk-sounds.sh', ...languages], { cwd: root, stdio: 'inherit' });
  await useBackend('tensorflow');
}, 600_000);

/** An example on a second of each of 1,500 prompts; the language is the speaker too. */
const onPrompts = (name: string, epochs: number): string =>
  example(
    name,
    [
      /dataset prompts = .*\n/,
      'dataset prompts = audio("/usr/share/asterisk/sounds/??_??_?_*/**", rate: 8000, pad: true, limit: 1500) {\n  x: Audio[8000]\n  language: Class[5]\n}\n',
    ],
    [/epochs: \d+/, `epochs: ${epochs}`],
    [/warmup: \d+/, 'warmup: 1'],
  );

/** Lower by more than three standard errors of the difference. */
function expectLower(what: string, these: readonly number[], those: readonly number[]): void {
  const gap = lowerBy(these, those);
  console.log(
    `${what}: ${mean(these).toFixed(4)} < ${mean(those).toFixed(4)}, ${gap.errors.toFixed(1)} standard errors`,
  );
  expect(gap.errors, what).toBeGreaterThan(errors);
}

/** Higher by more than three standard errors of the difference of two shares. */
function expectProbes(what: string, { trained, untrained, examples }: Probes): void {
  for (const probe of ['knn', 'linear'] as const) {
    const [p, q] = [trained[probe], untrained[probe]];
    const error = Math.sqrt((p * (1 - p) + q * (1 - q)) / examples);
    console.log(
      `${what}, ${probe}: ${p.toFixed(3)} > ${q.toFixed(3)}, ${((p - q) / error).toFixed(1)} standard errors`,
    );
    expect(p - q, `${what}, ${probe}`).toBeGreaterThan(errors * error);
  }
}

/** The mean of ln k, k the steps that are hidden: what a uniform choice among them gives. */
function chance(n: number, length: number): number {
  const logs: number[] = [];
  const starts = n - length + 1;
  for (let a = 0; a < starts; a++)
    for (let b = a + 1; b < starts; b++)
      for (let c = b + 1; c < starts; c++)
        logs.push(Math.log(new Set([a, b, c].flatMap((s) => Array.from({ length }, (_, k) => s + k))).size));
  return mean(logs);
}

test.skipIf(native === undefined)(
  'wav2vec 2.0 tells what is hidden from what else is hidden',
  async () => {
    const { trained, untrained, probes } = await trainAndHold(onPrompts('wav2vec2', 10), { probe: true });
    expectProbes('wav2vec 2.0, language', probes!);
    expectLower('wav2vec 2.0, untrained', trained['contrast']!, untrained['contrast']!);
    // Crops of 7,000 samples are 21 steps.
    const even = trained['contrast']!.map(() => chance(21, 4));
    expectLower('wav2vec 2.0, chance', trained['contrast']!, even);
  },
  3_600_000,
);

test.skipIf(native === undefined)(
  'HuBERT tells the units of what is hidden',
  async () => {
    const text = onPrompts('hubert', 8);
    const { trained, untrained, states, probes } = await trainAndHold(text, { probe: true });
    const shares = await meanRepresentation(
      text.replace(/representation .*/, 'representation mean(one_hot(nearest(cepstra, centres), clusters), axis: 0)'),
      states,
    );
    expectProbes('HuBERT, language', probes!);
    expectLower('HuBERT, untrained', trained['units']!, untrained['units']!);
    expectLower(
      'HuBERT, frequencies',
      trained['units']!,
      trained['units']!.map(() => entropy(shares)),
    );
  },
  3_600_000,
);

test.skipIf(native === undefined)(
  'DALL-E writes the tokens of the digit that its text names',
  async () => {
    const text = example('dall_e');
    const { trained, untrained, changed, states } = await trainAndHold(text, { change: turnedLabels });
    const shares = await meanRepresentation(
      text.replace(/representation .*/, 'representation reshape(one_hot(argmax(old_f(x)), vocab), [49 * vocab])'),
      states,
    );
    expect(shares).toHaveLength(49 * 64);
    const found = trained['supervised_prior']!;
    expectLower('DALL-E, untrained', found, untrained['supervised_prior']!);
    expectLower('DALL-E, another text', found, changed!['supervised_prior']!);
    // Of each of the 49 places its own.
    expectLower(
      'DALL-E, frequencies',
      found,
      found.map(() => entropy(shares) / 49),
    );
  },
  3_600_000,
);

/** Each picture with the label of the next one. */
function turnedLabels(batch: Batch): Batch {
  const { shape, data } = batch['label'] as HostTensor;
  return { ...batch, label: { shape, data: Int32Array.from(data, (_, i) => data[(i + 1) % data.length]!) } };
}
