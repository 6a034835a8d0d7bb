/** Every loader there is. A new one is one file and one row here. */
import type { Loader } from '../dataset.js';
import { idx } from './idx.js';
import { images } from './images.js';
import { mnist } from './mnist.js';
import { csv, jsonl } from './table.js';

export const loaders: readonly Loader[] = [mnist, idx, images, csv, jsonl];
