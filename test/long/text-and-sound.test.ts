/** GPT and BERT as the examples have them, on Moby Dick; SimCLR on recorded speech (Debian's `asterisk-core-sounds-en-wav`), natively. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** The losses of a run, step by step. */
function losses(file: string, args: readonly string[] = []): number[] {
  const run = mkdtempSync(join(tmpdir(), 'ebmc-long-'));
  const command = ['bin/ebmc.js', 'train', file, '--out', run, '--json', '--backend', 'tensorflow', ...args];
  execFileSync(process.execPath, command, { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] });
  return readFileSync(join(run, 'metrics.jsonl'), 'utf8')
    .trimEnd()
    .split('\n')
    .flatMap((line) => {
      const { loss } = JSON.parse(line) as { loss?: number };
      return loss === undefined ? [] : [loss];
    });
}

const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;

test('GPT is far below the frequencies of tokens', () => {
  const found = losses('examples/gpt.ebm');
  const last = mean(found.slice(-50));
  console.log('gpt', found.length, 'steps,', last);
  // The frequencies alone allow about 6.0 nats, ln(1000) is 6.9.
  expect(last).toBeLessThan(5);
});

test('BERT is below the frequencies of tokens', () => {
  const found = losses('examples/bert.ebm');
  const last = mean(found.slice(-50));
  console.log('bert', found.length, 'steps,', last);
  expect(last).toBeLessThan(5.5);
});

test('SimCLR on log-mel of speech tells clips apart', () => {
  execFileSync('sh', ['scripts/install-asterisk-sounds.sh'], { cwd: root, stdio: 'inherit' });
  const file = join(mkdtempSync(join(tmpdir(), 'ebmc-speech-')), 'speech.ebm');
  writeFileSync(
    file,
    `use std.networks { small_cnn }
use std.audio { audio_views, log_mel }
use std.heads { mlp }
use std.energies { cosine }
use std.regularizers { nt_xent }

model Speech {
  data x: Audio[12000]
  view a, b of x = audio_views(size: 8000)
  encoder f = ear
  encoder g = mlp(hidden: 128, out: 64)
  energy E(x, y) = cosine(g(f(x)), g(f(y)))
  minimize { contrast: nt_xent(E, a, b, 0.2) }
  representation f(x)
}

net ear()(x: [n]) -> [64] {
  let bands = log_mel(x, rate: 8000, size: 200, hop: 80, mels: 40)
  reshape(bands / 10, [int(n / 80) + 1, 40, 1]) |> small_cnn(width: 16)
}

dataset prompts = audio("/usr/share/asterisk/sounds/en_US_f_Allison/*.wav", test: 0) { x: Audio[12000] }

train Speech on prompts.train { epochs: 20, batch: 32, optimizer: adamw(rate: 1e-3) }
`,
  );
  const found = losses(file);
  console.log('speech', found.length, 'steps,', found[0], mean(found.slice(-10)));
  // Without knowing anything it is ln(63) = 4.1.
  expect(mean(found.slice(-10))).toBeLessThan(2.5);
});
