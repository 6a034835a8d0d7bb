/** The exit statuses, as the README lists them. */
export const statuses = {
  ok: 0,
  /** Something in the user's files, data or machine: diagnostics were printed. */
  mistake: 1,
  /** The command itself was called wrongly. */
  misuse: 2,
  /** A fault of ebmc. */
  fault: 70,
  /** Ctrl-C, after saving. */
  interrupted: 130,
} as const;

export type Status = (typeof statuses)[keyof typeof statuses];
