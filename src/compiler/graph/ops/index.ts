/** The table of primitives: one entry each, with everything the compiler knows about it. */
import { type ActivationGradientName, activationGradientOps } from './activation-gradients.js';
import { type ContractName, contractOps } from './contract.js';
import { type ControlName, controlOps } from './control.js';
import { type ConvName, convOps } from './conv.js';
import { type ElementwiseName, elementwiseOps } from './elementwise.js';
import { type ExampleName, exampleOps } from './example.js';
import { type IndexName, indexOps } from './gather.js';
import { type NormalizeName, normalizeOps } from './normalize.js';
import type { Op } from './op.js';
import { type OptimizerStepName, optimizerStepOps } from './optimizer-steps.js';
import { type RandomName, randomOps } from './random.js';
import { type ReduceName, reduceOps } from './reduce.js';
import { type ShapeName, shapeOps } from './shape.js';

export type OpName =
  | ControlName
  | ElementwiseName
  | ReduceName
  | ShapeName
  | ContractName
  | ConvName
  | IndexName
  | RandomName
  | ExampleName
  | NormalizeName
  | ActivationGradientName
  | OptimizerStepName;

export const ops: { readonly [N in OpName]: Op } = {
  ...controlOps,
  ...elementwiseOps,
  ...reduceOps,
  ...shapeOps,
  ...contractOps,
  ...convOps,
  ...indexOps,
  ...randomOps,
  ...exampleOps,
  ...normalizeOps,
  ...activationGradientOps,
  ...optimizerStepOps,
};

export type {
  Batched,
  NdArray,
  OnnxAttr,
  OnnxContext,
  OnnxType,
  Op,
  ProcessorContext,
  TensorflowAttr,
  TensorflowContext,
  TensorflowType,
  TfjsContext,
} from './op.js';
