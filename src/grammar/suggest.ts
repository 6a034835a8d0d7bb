import { editDistance } from '../diagnostics/suggest.js';

/** The word nearest to a misspelt one, if any is near. */
export function suggest(word: string, candidates: Iterable<string>): string | undefined {
  if (word.length < 2 || word.length > 40) return undefined;
  const allowed = word.length <= 3 ? 1 : word.length <= 8 ? 2 : 3;
  let best: string | undefined;
  let bestDistance = allowed + 1;
  for (const candidate of candidates) {
    if (Math.abs(candidate.length - word.length) >= bestDistance) continue;
    const distance = editDistance(word.toLowerCase(), candidate);
    if (distance < bestDistance) [best, bestDistance] = [candidate, distance];
  }
  return best;
}
