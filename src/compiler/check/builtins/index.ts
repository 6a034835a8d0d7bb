import type { Builtin } from './builtin.js';
import { dynamicsBuiltins } from './dynamics.js';
import { elementwiseBuiltins } from './elementwise.js';
import { exampleBuiltins, randomBuiltins } from './example.js';
import { reduceBuiltins } from './reduce.js';
import { makingBuiltins, productBuiltins, shapeBuiltins } from './shape.js';

/** Every function that is not written in the language itself, by what it is about. */
export const builtinGroups: Readonly<Record<string, Readonly<Record<string, Builtin>>>> = {
  'Element by element': elementwiseBuiltins,
  'Reductions and order': reduceBuiltins,
  Shape: shapeBuiltins,
  Making: makingBuiltins,
  Products: productBuiltins,
  'Across examples': exampleBuiltins,
  'Random draws': randomBuiltins,
  'Gradients and copies': dynamicsBuiltins,
};

/** The same by name. */
export const builtins: Readonly<Record<string, Builtin>> = Object.assign({}, ...Object.values(builtinGroups));
