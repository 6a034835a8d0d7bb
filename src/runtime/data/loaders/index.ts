/** Every loader there is. A new one is one file and one row here. */
import type { Loader } from '../dataset.js';
import { audio } from './audio.js';
import { idx } from './idx.js';
import { images } from './images.js';
import { mnist } from './mnist.js';
import { mobyDick } from './moby-dick.js';
import { text } from './text.js';

export const loaders: readonly Loader[] = [mnist, idx, images, audio, text, mobyDick];
