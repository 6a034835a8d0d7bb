/** Every loader there is. A new one is one file and one row here. */
import type { Loader } from '../dataset.js';
import { npy, npz } from './arrays.js';
import { audio } from './audio.js';
import { idx } from './idx.js';
import { images } from './images.js';
import { joinOf } from './join.js';
import { mnist } from './mnist.js';
import { mobyDick } from './moby-dick.js';
import { pairs } from './pairs.js';
import { parquet } from './parquet.js';
import { readymade } from './readymade.js';
import { synthetic } from './synthetic.js';
import { csv, json, jsonl } from './table.js';
import { tar } from './tar.js';
import { text } from './text.js';
import { trajectories } from './trajectories.js';

const sources: readonly Loader[] = [
  ...[mnist, idx, images, audio, text, csv, json, jsonl, npy, npz, parquet, tar],
  ...[trajectories, pairs, synthetic, mobyDick, ...readymade],
];

export const loaders: readonly Loader[] = [...sources, joinOf(sources)];
