/** Top-k of long rows on a tfjs backend. */
import * as tf from '@tensorflow/tfjs-core';

/** Rows are compared in groups of as many. */
const groupSize = 16;

/**
 * The k largest of each row [height, rows] and where they are. A row's largest values lie in the groups with the largest maxima, so that only those
 * are sorted: reading each number once is cheaper than keeping a list of the k best. Groups are strided, so that maxima are taken over whole vectors.
 */
export function largestInRows(
  products: tf.Tensor2D,
  k: number,
): { readonly values: tf.Tensor; readonly indices: tf.Tensor } {
  const [height, rows] = products.shape;
  const groups = Math.floor(rows / groupSize);
  if (groups < 4 * k) return tf.topk(products, k);
  const inGroups = groups * groupSize;
  const byGroup = tf.reshape(tf.slice(products, [0, 0], [height, inGroups]), [height, groupSize, groups]);
  const best = tf.topk(tf.max(byGroup, 1), k).indices;
  const places = tf.add(
    tf.reshape(tf.range(0, inGroups, groups, 'int32'), [1, groupSize, 1]),
    tf.reshape(best, [height, 1, k]),
  );
  const rest = tf.tile(tf.reshape(tf.range(inGroups, rows, 1, 'int32'), [1, rows - inGroups]), [height, 1]);
  // Of equal values `topk` takes the first: so they are in the order of the rows as far as groups allow.
  const candidates = tf.concat([tf.reshape(places, [height, groupSize * k]), rest], 1) as tf.Tensor2D;
  const found = tf.topk(gatherInRows(products, candidates), k);
  return { values: found.values, indices: gatherInRows(candidates, found.indices as tf.Tensor2D) };
}

function gatherInRows(from: tf.Tensor2D, places: tf.Tensor2D): tf.Tensor2D {
  return tf.gather(from, places, 1, 1) as tf.Tensor2D;
}
