import type { OptimizerDecl } from '../../declarations.js';
import { adamw } from './adamw.js';
import { lars } from './lars.js';
import type { Optimizer } from './optimizer.js';
import { sgd } from './sgd.js';

export const optimizers: Readonly<Record<OptimizerDecl['name'], Optimizer>> = { sgd, adamw, lars };
export type { Optimizer, Slots, Trained } from './optimizer.js';
