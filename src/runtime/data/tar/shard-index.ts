/** The samples of some shards: where the members of each are, and what columns they make. */
import { createHash } from 'node:crypto';
import type { DatasetDecl } from '../../../compiler/declarations.js';
import { chooseColumns } from '../choose-columns.js';
import type { Column, Encoded, RawSplit } from '../columns.js';
import type { Part } from '../order.js';
import { readEncoded } from '../read-encoded.js';
import { readError } from '../read-error.js';
import type { SkippedRows } from '../skipped-rows.js';
import { indexShard, type Member } from './index-shard.js';
import { Members, Numbers } from './sample-index.js';

const picture = /^(jpe?g|png|webp)$/;
const words = /^(.*\.)?(txt|json|caption)$/;
/** Bytes of a number of a class. */
const classAtMost = 64;
/** Samples that are read near each other. */
const partSamples = 1024;

export class ShardIndex {
  private readonly columns = new Map<string, Members>();
  private readonly classes = new Numbers();
  private readonly shards: { readonly path: string; readonly firstSample: number }[] = [];
  private pictureColumn: string | undefined;
  private count = 0;

  constructor(private readonly skipped: SkippedRows) {}

  async add(path: string): Promise<void> {
    this.shards.push({ path, firstSample: this.count });
    let key: string | undefined;
    try {
      const damage = await indexShard(
        path,
        async (member) => {
          const parts = /^((?:.*\/)?[^./][^./]*)\.([^/]+)$/.exec(member.name);
          if (!parts || leaves(member.name)) {
            if (leaves(member.name)) this.skipped.add(`${path}: ${member.name}`, 'its path leaves the folder');
            return;
          }
          if (parts[1] !== key) this.count++;
          key = parts[1];
          await this.place(path, parts[2]!.toLowerCase(), member);
        },
        (name) => this.skipped.add(`${path}: ${name}`, 'it is a link, which is not followed'),
      );
      if (damage) this.skipped.add(path, damage);
    } catch (error) {
      throw readError(path, error);
    }
  }

  private async place(path: string, ending: string, member: Member): Promise<void> {
    if (picture.test(ending)) this.pictureColumn ??= ending;
    const name = picture.test(ending) ? this.pictureColumn! : ending;
    const sample = this.count - 1;
    if (!this.columns.has(name)) this.columns.set(name, new Members());
    if (!this.columns.get(name)!.set(sample, member.start, member.length)) {
      this.skipped.add(`${path}: ${member.name}`, 'there are two of that name');
      return;
    }
    if (name !== 'cls') return;
    while (this.classes.length < sample) this.classes.push(-1);
    const text = member.length <= classAtMost ? (await member.content()).toString().trim() : '';
    const label = /^\d+$/.test(text) ? Number(text) : -1;
    if (label < 0) this.skipped.add(`${path}: ${member.name}`, 'it is no number of a class');
    this.classes.push(label);
  }

  /** The samples that have all the members that the fields take. */
  split(decl: DatasetDecl): RawSplit {
    for (const members of this.columns.values()) members.fillTo(this.count);
    while (this.classes.length < this.count) this.classes.push(-1);
    const heads = [...this.columns.keys()].map((name) => ({ name, kind: kindOf(name) }));
    const used = [...chooseColumns(decl, heads).values()].flat();
    const good: number[] = [];
    for (let sample = 0; sample < this.count; sample++) {
      const missing = used.find((name) => this.columns.get(name)!.starts.at(sample) < 0);
      if (missing === undefined && !(used.includes('cls') && this.classes.at(sample) < 0)) good.push(sample);
      else if (missing !== undefined)
        this.skipped.add(`${this.shardOf(sample)}, sample ${sample}`, `it has no .${missing}`);
    }
    this.skipped.good += good.length;
    const samples = Uint32Array.from(good);
    const columns = heads
      // Of a member that some samples lack no field can be made.
      .filter(
        ({ name }) => used.includes(name) || good.every((sample) => this.columns.get(name)!.starts.at(sample) >= 0),
      )
      .map(({ name, kind }) => this.column(name, kind, samples));
    return { count: samples.length, columns, parts: this.parts(samples, used) };
  }

  private column(name: string, kind: 'class' | 'text' | 'encoded', samples: Uint32Array): Column {
    if (kind === 'class') {
      const labels = Int32Array.from(samples, (sample) => this.classes.at(sample));
      return { kind, name, labels };
    }
    const { starts, lengths } = this.columns.get(name)!;
    const [at, size] = [starts.pick(samples), lengths.pick(samples)];
    const shards = Uint32Array.from(samples, (sample) => this.shardNumber(sample));
    const items = (rows: ArrayLike<number>): Encoded[] =>
      Array.from(rows, (row) => {
        const file = this.shards[shards[row]!]!.path;
        return { name: `${file}, sample ${samples[row]}.${name}`, file, start: at[row]!, length: size[row]! };
      });
    if (kind === 'encoded') {
      const origin = { files: this.shards.map(({ path }) => path), rows: digestOf(at, size, shards) };
      return { kind, name, origin, read: async (rows) => items(rows) };
    }
    const read = async (rows: ArrayLike<number>): Promise<string[]> =>
      Promise.all(items(rows).map(async (item) => new TextDecoder().decode(await readEncoded(item))));
    return { kind, name, read };
  }

  private parts(samples: Uint32Array, used: readonly string[]): Part[] {
    const parts: Part[] = [];
    for (let row = 0; row < samples.length; ) {
      const shard = this.shardNumber(samples[row]!);
      let [end, bytes] = [row, 0];
      while (end < samples.length && end - row < partSamples && this.shardNumber(samples[end]!) === shard) {
        for (const name of used) bytes += this.columns.get(name)!.lengths.at(samples[end]!);
        end++;
      }
      parts.push({ start: row, bytes });
      row = end;
    }
    return parts;
  }

  private shardOf(sample: number): string {
    return this.shards[this.shardNumber(sample)]!.path;
  }

  private shardNumber(sample: number): number {
    let [low, high] = [0, this.shards.length - 1];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.shards[middle]!.firstSample <= sample) low = middle;
      else high = middle - 1;
    }
    return low;
  }
}

function kindOf(ending: string): 'class' | 'text' | 'encoded' {
  if (ending === 'cls') return 'class';
  return words.test(ending) ? 'text' : 'encoded';
}

function leaves(name: string): boolean {
  return name.startsWith('/') || name.split('/').includes('..');
}

/** Of where members are. */
function digestOf(...places: readonly (Float64Array | Uint32Array)[]): string {
  const hash = createHash('sha256');
  for (const numbers of places) hash.update(numbers);
  return hash.digest('hex');
}
