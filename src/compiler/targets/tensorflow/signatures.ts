/** What callers of an emitted SavedModel must know. */

/** The tag under which the graph is found in the SavedModel. */
export const servingTag = 'serve';

/** Inputs that say where random numbers come from; a data field cannot have a dot in its name. */
export const drawInputs = { seed: 'draws.seed', step: 'draws.step' } as const;
