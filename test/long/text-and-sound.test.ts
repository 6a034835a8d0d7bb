/** GPT and BERT as the examples have them, on Moby Dick; SimCLR on recorded speech (Debian's `asterisk-core-sounds-en-wav`), natively. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { checkFile } from '../../src/compiler/index.js';
import { openDataset } from '../../src/runtime/data/index.js';
import { FileLibrary } from '../../src/runtime/library.js';

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

/** What the frequencies of tokens alone allow, in nats a token; those below `special` are never to be predicted. */
async function entropyOfTokens(file: string, special: number): Promise<number> {
  const { datasets } = checkFile({ path: file, text: readFileSync(file, 'utf8') }, new FileLibrary(file));
  const book = await openDataset(datasets[0]!, { baseDirectory: 'examples', strict: true, warn: () => {} });
  const { x } = await book.read('train', [...Array(book.size('train')).keys()], ['x']);
  const counts = new Map<number, number>();
  for (const token of x!.data) if (token >= special) counts.set(token, (counts.get(token) ?? 0) + 1);
  const total = [...counts.values()].reduce((a, b) => a + b, 0);
  return [...counts.values()].reduce((sum, count) => sum - (count / total) * Math.log(count / total), 0);
}

test.each([
  ['gpt', 0, 1],
  // One token in seven says something about the others in each step, against all but the first for GPT.
  ['bert', 5, 0.3],
])('%s is below the frequencies of tokens', async (name, special, below) => {
  const entropy = await entropyOfTokens(`examples/${name}.ebm`, special);
  const found = losses(`examples/${name}.ebm`);
  const last = mean(found.slice(-50));
  console.log(name, found.length, 'steps,', last, 'by frequencies', entropy);
  expect(last).toBeLessThan(entropy - below);
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
