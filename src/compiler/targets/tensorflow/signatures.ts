/** What callers of an emitted SavedModel must know. */

/** The tag under which the graph is found in the SavedModel. */
export const servingTag = 'serve';

/** The oldest TensorFlow that is known to read these graphs (2.11). */
export const producer = 1087;

/** Without this name TensorFlow Serving refuses to call a signature. */
export const predictMethod = 'tensorflow/serving/predict';

/** Inputs that say where random numbers come from; a data field cannot have a dot in its name. */
export const drawInputs = { seed: 'draws.seed', step: 'draws.step' } as const;

/** The signature of the i-th pass of a step in micro-batches. */
export function microSignature(pass: number): string {
  return `micro.${pass}`;
}

/** The signature of the same step, or pass, that the session compiles. */
export function compiledSignature(step: string): string {
  return `compiled.${step}`;
}

/** The signatures of what happens as an epoch begins. */
export const epochSignatures = { gather: 'epoch.gather', update: 'epoch.update' } as const;

/** Called once before the first step in micro-batches: makes room for what its passes leave for each other. */
export const scratchSignature = 'micro.prepare';
