/** Shapes of JSON, and where a document differs from one. */

/** Says what is wrong with a value, as "place: problem"; undefined where nothing is. */
export type Shape = (value: unknown, place: string) => string | undefined;

export const text: Shape = (value, place) => (typeof value === 'string' ? undefined : wrong(place, 'text', value));

export const flag: Shape = (value, place) =>
  typeof value === 'boolean' ? undefined : wrong(place, 'true or false', value);

/** JSON has no NaN and no infinity: they are written as null. */
export const number: Shape = (value, place) =>
  typeof value === 'number' || value === null ? undefined : wrong(place, 'a number', value);

export const whole: Shape = (value, place) =>
  typeof value === 'number' && Number.isInteger(value) && value >= 0
    ? undefined
    : wrong(place, 'a whole number', value);

export function oneOf(...allowed: readonly (string | number)[]): Shape {
  return (value, place) =>
    allowed.includes(value as string)
      ? undefined
      : wrong(place, allowed.map((item) => JSON.stringify(item)).join(' or '), value);
}

export function list(item: Shape): Shape {
  return (value, place) => {
    if (!Array.isArray(value)) return wrong(place, 'a list', value);
    return firstOf(value, (element, i) => item(element, `${place}[${i}]`));
  };
}

export function record(item: Shape): Shape {
  return (value, place) => {
    if (!isObject(value)) return wrong(place, 'an object', value);
    return firstOf(Object.entries(value), ([name, element]) => item(element, `${place}.${name}`));
  };
}

/** Names that end in "?" may be absent or null. Other names are let through: a later version may have more. */
export function object(fields: Readonly<Record<string, Shape>>): Shape {
  return (value, place) => {
    if (!isObject(value)) return wrong(place, 'an object', value);
    return firstOf(Object.entries(fields), ([field, shape]) => {
      const name = field.replace('?', '');
      const found = value[name];
      if (found === undefined || found === null) {
        if (field.endsWith('?')) return undefined;
        if (found === undefined) return `${place === '' ? 'the document' : place} has no \`${name}\``;
      }
      return shape(found, place === '' ? name : `${place}.${name}`);
    });
  };
}

function firstOf<T>(items: readonly T[], check: (item: T, i: number) => string | undefined): string | undefined {
  for (const [i, item] of items.entries()) {
    const problem = check(item, i);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function wrong(place: string, wanted: string, value: unknown): string {
  return `${place === '' ? 'the document' : `\`${place}\``} is ${describe(value)} where ${wanted} is expected`;
}

function describe(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'an object';
  const shown = JSON.stringify(value) ?? 'nothing';
  return shown.length > 40 ? `${shown.slice(0, 39)}…` : shown;
}
