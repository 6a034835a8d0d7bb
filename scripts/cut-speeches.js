/**
 * Cuts addresses into passages that tell who gave them: node scripts/cut-speeches.js FOLDER writes train.jsonl and test.jsonl there from
 * FOLDER/data/YEAR_NAME_PARTY.txt. Of the presidents with at least eight addresses every fourth address is for tests: a passage is never of an address that
 * others were taken from for training.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** About 64 tokens of a vocabulary of 2,000. */
const words = 40;
const leastAddresses = 8;

const [folder] = process.argv.slice(2);
const addresses = new Map();
for (const name of readdirSync(join(folder, 'data')).sort()) {
  const [, president] = /^\d{4}_(.+)_[a-z]+\.txt$/.exec(name) ?? [];
  if (president) addresses.set(president, [...(addresses.get(president) ?? []), name]);
}
const passages = { train: [], test: [] };
for (const [president, names] of addresses) {
  if (names.length < leastAddresses) continue;
  for (const [i, name] of names.entries()) {
    const all = readFileSync(join(folder, 'data', name), 'utf8')
      .split(/\s+/)
      .filter(Boolean);
    // The form of address says the year rather than the author.
    for (let start = words; start + words <= all.length; start += words)
      passages[i % 4 === 3 ? 'test' : 'train'].push({ text: all.slice(start, start + words).join(' '), president });
  }
}
for (const [split, list] of Object.entries(passages))
  writeFileSync(join(folder, `${split}.jsonl`), list.map((passage) => `${JSON.stringify(passage)}\n`).join(''));
