import type { Builtin } from './builtin.js';
import { dynamicsBuiltins } from './dynamics.js';
import { elementwiseBuiltins } from './elementwise.js';
import { exampleBuiltins } from './example.js';
import { reduceBuiltins } from './reduce.js';
import { shapeBuiltins } from './shape.js';

/** Every function that is not written in the language itself. */
export const builtins: Readonly<Record<string, Builtin>> = {
  ...elementwiseBuiltins,
  ...reduceBuiltins,
  ...shapeBuiltins,
  ...exampleBuiltins,
  ...dynamicsBuiltins,
};
