/** The sections of the page in their order. Adding one is adding an entry. */
import { conditions } from './conditions.js';
import { contrasts } from './contrasts.js';
import { cost } from './cost.js';
import { curves } from './curves.js';
import { energies } from './energies.js';
import { gauges } from './gauges.js';
import { labels } from './labels.js';
import { landscapes } from './landscapes.js';
import { neighbours } from './neighbours.js';
import { projections } from './projections.js';
import { provenance } from './provenance.js';
import { ranking } from './ranking.js';
import type { SectionEntry } from './section.js';
import { stale } from './stale.js';
import { termGradients } from './term-gradients.js';
import { verdicts } from './verdicts.js';

export const sections: readonly SectionEntry[] = [
  ...[ranking, verdicts, contrasts, labels, cost, curves, gauges, termGradients, energies],
  ...[landscapes, neighbours, projections],
  ...[conditions, stale, provenance],
];
