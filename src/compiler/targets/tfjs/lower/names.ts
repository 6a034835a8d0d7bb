/** Names of constants in generated code: taken from where a value comes from, each given once. */
const reserved = new Set(
  (
    'arguments await batch batchSize break case catch class const continue debugger default delete do draws else enum eval export ' +
    'extends false finally for function if implements import in instanceof interface let new null package private ' +
    'protected public rate return static states super switch tf this throw true try typeof undefined var void while with yield'
  ).split(' '),
);

export class Names {
  private readonly taken: Map<string, number>;

  constructor(also: Iterable<string> = []) {
    this.taken = new Map([...reserved, ...also].map((name) => [name, 1]));
  }

  /** `wanted`, with a number behind it where it is taken. */
  fresh(wanted: string): string {
    const count = this.taken.get(wanted) ?? 0;
    this.taken.set(wanted, count + 1);
    if (count === 0) return wanted;
    const numbered = /\d$/.test(wanted) ? `${wanted}n${count + 1}` : `${wanted}${count + 1}`;
    return this.fresh(numbered);
  }
}

/** Many values come from one place. */
const known = new Map<string, string>();

/** `f/block_2/conv` → `fBlock2Conv`, of the last `depth` parts. */
export function camelCase(path: string, depth = 3): string {
  const key = `${depth} ${path}`;
  const name = known.get(key) ?? joinWords(path, depth);
  known.set(key, name);
  return name;
}

function joinWords(path: string, depth: number): string {
  const words = path
    .split('/')
    .slice(-depth)
    .join('_')
    .split(/[^A-Za-z0-9]+/)
    .filter(Boolean);
  const name = words.map((word, i) => (i === 0 ? lowerFirst(word) : upperFirst(word))).join('');
  return /^[A-Za-z]/.test(name) ? name : `v${name}`;
}

export function upperFirst(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}

function lowerFirst(text: string): string {
  return /^[A-Z]+$/.test(text) ? text.toLowerCase() : text.slice(0, 1).toLowerCase() + text.slice(1);
}
