/** Hashes of what a model means: figures that were measured with other ones are not of the same objective. */
import { createHash } from 'node:crypto';
import { type CanonicalModel, canonicalTexts } from '../compiler/canonical/index.js';

/** SHA-256 in hexadecimal digits; equal for files that mean the same, whatever they are called and however they are written. */
export interface CanonicalHashes {
  /** What is minimised: terms, views, masks, states, moving averages. Not what the encoders are. */
  readonly objective: string;
  /** Data, views and masks alone. */
  readonly views: string;
  /** What represents an example, with the encoders it is made of. */
  readonly representation: string;
}

export function canonicalHashes(model: CanonicalModel): CanonicalHashes {
  const { objective, views, representation } = canonicalTexts(model);
  return { objective: hashOf(objective), views: hashOf(views), representation: hashOf(representation) };
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
