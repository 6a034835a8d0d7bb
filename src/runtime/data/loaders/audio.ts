/**
 * `audio("speech/**", rate: 16000, test: 0.2, pad: true)`: sounds; an example is a window of a clip, of the declared length. `rate` resamples all to one
 * rate; `pad` fills shorter clips up with silence, which otherwise are left out. The first folder below is the class where labels are declared.
 */
import { join } from 'node:path';
import type { DatasetDecl } from '../../../compiler/declarations.js';
import { EbmcError, report } from '../../../diagnostics/index.js';
import { type Clip, decodeAudio } from '../audio/decode-audio.js';
import { writeWindow } from '../audio/windows.js';
import { type Heard, pathOfSounds, readSounds, writeSounds } from '../cache/sounds.js';
import { classColumn } from '../column-sources.js';
import type { RawSplit, TensorColumn } from '../columns.js';
import type { Loader } from '../dataset.js';
import { parseFilePattern } from '../file-pattern.js';
import { filesBelow, nothingFound, requireFolder, tellOtherKinds } from '../folder.js';
import { labelByFolder } from '../image-folders.js';
import { cachedFrom, keptAtMost } from '../pictures/kept-pictures.js';
import { type BadFile, reportSkipped } from '../skipped.js';
import { argumentError, heldOutArgument, pathArgument, wrongArgument } from './arguments.js';

const soundName = /\.(wav|wave|flac|ogg|oga|mp3)$/i;
/** What cannot be read: it is told that they are there. */
const otherSounds = /\.(m4a|mp4|aac|aiff?|wma|opus|amr|au|caf|webm)$/i;

interface Found {
  readonly path: string;
  readonly rate: number;
  /** Undefined where it is decoded again. */
  readonly samples: Float32Array | undefined;
}

export const audio: Loader = {
  name: 'audio',
  doc: 'Sounds: WAV, FLAC, Ogg Vorbis and MP3, channels averaged. An example is a window of the declared length: in training at a place that the seed, the epoch and the clip decide, otherwise the middle. The first folder below is the class where a field is a `Class`.',
  example: 'audio("speech/**", rate: 16000, pad: true)',
  arguments: {
    '0': { kind: 'string', doc: 'The folder, or a pattern of the files in it.' },
    rate: {
      kind: 'number',
      doc: 'Samples a second to which all are resampled (band-limited). Without it all have to have one rate.',
    },
    test: heldOutArgument('The share of each class folder', 0.2),
    pad: {
      kind: 'boolean',
      doc: 'Whether shorter clips are filled up with silence. `false` by default: they are left out and named.',
    },
    cache: {
      kind: 'boolean',
      doc: 'Whether the decoded and resampled sounds are kept on disk for the next opening, by the names, sizes and times of their files; by default from 8 MiB on, up to a GiB.',
    },
  },
  async load(decl, options) {
    const rate = wholeArgument(decl, 'rate');
    const heldOut = decl.args['test'] ?? (decl.selection?.split === undefined ? 0.2 : 0);
    if (typeof heldOut !== 'number' || !(heldOut >= 0 && heldOut < 1))
      throw wrongArgument(decl, 'test', 'has to be at least 0 and below 1');
    const field = decl.fields.find(({ type }) => type === 'Audio');
    if (!field) throw argumentError(decl, 'the field list', 'needs an Audio field, which says how many samples');
    const size = field.shape[0]!;
    const given = pathArgument(decl, options.baseDirectory);
    const { folder, matches } = parseFilePattern(given, soundName);
    await requireFolder(decl, folder);
    const below = await filesBelow(folder);
    const files = below.filter(matches);
    tellOtherKinds(decl, 'sounds', parseFilePattern(given, otherSounds), below, options);
    if (files.length === 0) throw nothingFound(decl, folder, 'sounds (.wav, .flac, .ogg, .mp3)');

    const whole = (clip: Clip): Clip => longEnough(clip, size, decl.args['pad'] === true);
    const hear = (path: string): Promise<Clip> => decodeAudio(join(folder, path), rate);
    const { cache } = decl.args;
    const place =
      cache === false
        ? undefined
        : await pathOfSounds(
            files.map((file) => join(folder, file)),
            rate,
          );
    const known = place && (await readSounds(place, files.length));
    const heard: Heard[] = [];
    const bad: BadFile[] = [];
    const good: Found[] = [];
    let bytes = 0;
    for (const [i, path] of files.entries()) {
      const sound = known ? known[i]! : await heardOf(() => hear(path));
      try {
        if ('reason' in sound) throw new Error(sound.reason);
        bytes += sound.clip.samples.byteLength;
        const clip = whole(sound.clip);
        good.push({ path, rate: clip.rate, samples: bytes <= keptAtMost ? clip.samples : undefined });
      } catch (error) {
        bad.push({ file: path, reason: reasonOf(error) });
      }
      if (bytes <= keptAtMost) heard.push(sound);
    }
    const complete = heard.length === files.length;
    if (place && !known && complete && (cache === true || bytes >= cachedFrom)) await writeSounds(place, heard);
    reportSkipped('sounds', bad, files.length, options);
    refuseOtherRates(decl, good);
    const placed = labelByFolder(good, heldOut);
    const splits = Object.entries(placed.splits).map(([name, examples]) => {
      const clips = examples.map(({ item }) => item);
      const labelled = examples.every(({ label }) => label !== undefined);
      const split: RawSplit = {
        count: examples.length,
        files: () => clips.map(({ path }) => path),
        columns: [
          windows(clips, size, async (path) => whole(await hear(path))),
          ...(labelled
            ? [
                classColumn(
                  Int32Array.from(examples, ({ label }) => label!),
                  placed.classes,
                ),
              ]
            : []),
        ],
      };
      return [name, split] as const;
    });
    return {
      splits: Object.fromEntries(splits),
      without: 'found no class folders: each sound has to lie in a folder named after its class',
    };
  },
};

async function heardOf(hear: () => Promise<Clip>): Promise<Heard> {
  try {
    return { clip: await hear() };
  } catch (error) {
    return { reason: reasonOf(error) };
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function wholeArgument(decl: DatasetDecl, name: string): number | undefined {
  const value = decl.args[name];
  if (value === undefined || (typeof value === 'number' && Number.isInteger(value) && value > 0)) return value;
  throw wrongArgument(decl, name, 'has to be a whole number above 0');
}

function longEnough({ rate, samples }: Clip, size: number, pad: boolean): Clip {
  if (samples.length >= size) return { rate, samples };
  if (!pad) throw new Error(`it is too short: ${samples.length} of ${size} samples at ${rate} a second`);
  const filled = new Float32Array(size);
  filled.set(samples);
  return { rate, samples: filled };
}

function refuseOtherRates(decl: DatasetDecl, clips: readonly Found[]): void {
  const rates = [...new Set(clips.map(({ rate }) => rate))].sort((a, b) => a - b);
  if (rates.length <= 1) return;
  const [declared = 0] = decl.fields.find(({ type }) => type === 'Audio')!.shape;
  throw new EbmcError([report('EBM4047', { dataset: decl.name, declared, rates }, { span: decl.span })]);
}

function windows(clips: readonly Found[], size: number, decode: (path: string) => Promise<Clip>): TensorColumn {
  return {
    kind: 'tensor',
    name: 'audio',
    element: 'float',
    shape: [size],
    async read(rows, draw) {
      const values = new Float32Array(rows.length * size);
      for (let i = 0; i < rows.length; i++) {
        const clip = clips[rows[i]!]!;
        const samples = clip.samples ?? (await decode(clip.path)).samples;
        writeWindow(samples, size, rows[i]!, draw, values, i * size);
      }
      return values;
    },
  };
}
