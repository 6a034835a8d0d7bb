/** Finds, in what a process that crashed has said on stderr, the line that says why. */

export interface LastError {
  /** Of a diagnostic. */
  readonly code: string | undefined;
  readonly message: string;
}

/** The most telling first; of several lines of a kind the last counts. */
const telling: readonly RegExp[] = [
  /\bEBM\d{4}\b/,
  /^(?:<--- )?FATAL ERROR: /,
  /^(?:Uncaught )?[A-Z]\w*(?:Error|Exception)(?: \[\w+\])?(?:: |$)/,
  /^terminate called /,
  /\bCheck failed: /,
  /^(?!\s*at )(?!Node\.js v).*\b(?:error|failed|cannot|out of memory)\b/i,
];

const longest = 500;

/** Undefined where it has said nothing. */
export function lastError(said: string): LastError | undefined {
  const lines = said.split('\n').map((line) => line.trim());
  const found = telling.map((kind) => lines.findLast((line) => kind.test(line))).find((line) => line !== undefined);
  // Frames of a stack, the place in the code and Node's version tell nobody anything.
  const line = found ?? lines.findLast((l) => l !== '' && !/^(?:at |Node\.js v|\^+$|file:)/.test(l));
  if (line === undefined) return undefined;
  const [, code, message] = /\b(EBM\d{4}): (.*)/.exec(line) ?? [undefined, undefined, line];
  return { code, message: message!.length > longest ? `${message!.slice(0, longest)}…` : message! };
}
