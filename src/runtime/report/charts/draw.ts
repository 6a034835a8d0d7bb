/** Drawings: a Vega specification becomes an SVG that takes its colours from the page. */
import { createHash } from 'node:crypto';
import type { Spec } from 'vega';

/** @returns the SVG element, with a view box and without a size of its own. */
export type Draw = (spec: Spec) => Promise<string>;

/** Remembers what it drew, so that a page that is shown again and again draws only what changed; at most `limit` drawings. */
export function makeDrawer(limit = 1000): Draw {
  const drawn = new Map<string, Promise<string>>();
  return (spec) => {
    const key = JSON.stringify(spec);
    let found = drawn.get(key);
    if (!found) {
      found = drawNow(spec);
      drawn.set(key, found);
      for (const old of drawn.keys()) {
        if (drawn.size <= limit) break;
        drawn.delete(old);
      }
    }
    return found;
  };
}

async function drawNow(spec: Spec): Promise<string> {
  // Half a second to load: only where something is drawn.
  const { logger, None, parse, View } = await import('vega');
  const view = new View(parse(spec), { renderer: 'none', logger: logger(None) });
  try {
    return slim(await view.toSVG());
  } finally {
    view.finalize();
  }
}

/**
 * Leaves out what nothing reads (classes, roles, empty paths: the page describes a drawing in words beside it) and digits beyond a
 * tenth of a pixel.
 */
function slim(drawn: string): string {
  // Vega counts clips over all drawings of the process; a drawing is to depend on its specification alone.
  const clips = [...new Set(drawn.match(/clip\d+/g) ?? [])];
  const svg = drawn.replace(
    /(id="|url\(#)(clip\d+)/g,
    (_, before: string, clip: string) => `${before}clip${clips.indexOf(clip)}`,
  );
  return svg
    .replace(/<path class="(?:background|foreground)"[^>]*\/>/g, '')
    .replace(/<[a-z][^>]*>/g, (tag) =>
      tag
        .replace(/ (?:class|role|aria-[a-z]+|pointer-events|xmlns(?::xlink)?|version|font-family)="[^"]*"/g, '')
        .replace(/ (?:d|transform|x2|y2|x|y|points|width|height)="[^"]*"/g, roundNumbers),
    )
    .replace(/(id="|url\(#)(clip\d+)/g, `$1${nameOf(svg)}-$2`)
    .replace(/^<svg width="[^"]*" height="[^"]*"/, '<svg focusable="false" aria-hidden="true"');
}

/** Identifiers in drawings of one page must differ. */
function nameOf(svg: string): string {
  return `d${createHash('sha256').update(svg).digest('hex').slice(0, 10)}`;
}

function roundNumbers(attribute: string): string {
  return attribute.replace(/-?\d+\.\d{2,}/g, (number) => String(Number(Number(number).toFixed(1))));
}
