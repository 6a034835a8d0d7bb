/** Trees without places, and generated ones. */
import fc from 'fast-check';

/** A tree as plain data: no spans, no tokens, no comments. */
export function bare(tree: unknown): unknown {
  if (Array.isArray(tree)) return tree.map(bare);
  if (typeof tree !== 'object' || tree === null) return tree;
  const kept = Object.entries(tree).filter(
    ([key, value]) => !['span', 'source', 'tokens', 'comments'].includes(key) && value !== undefined,
  );
  return Object.fromEntries(kept.map(([key, value]) => [key, bare(value)]));
}

const span = { source: { path: '', text: '' }, start: 0, end: 0 };
const words = [
  'x',
  'y',
  'E',
  'view',
  'data',
  'of',
  'train',
  'param',
  'in',
  'on',
  'energy',
  'representation',
  'regularizer',
  'mask',
  'a_long_name_that_takes_room',
];
const name = fc.constantFrom(...words).map((text) => ({ text, span }));
const small = { maxLength: 3 };

const number = fc.constantFrom('0', '1', '0.5', '1e-4', '10%', '4096', '2.5e3').map((text) => {
  const percent = text.endsWith('%');
  return { kind: 'number', value: percent ? Number(text.slice(0, -1)) / 100 : Number(text), text, percent, span };
});

const { expr } = fc.letrec<{ expr: unknown }>((tie) => {
  const e = tie('expr');
  const binary = fc.constantFrom('++', '+', '-', '*', '/', '^', '==', '!=', '<', '<=', '>', '>=', 'and', 'or');
  const setting = fc.record({ name, value: e, span: fc.constant(span) });
  const argument = fc.record({ name: fc.option(name, { nil: undefined }), value: e, span: fc.constant(span) });
  const index = fc.oneof(
    fc.record({ kind: fc.constant('at'), value: e, span: fc.constant(span) }),
    fc.record({
      kind: fc.constant('slice'),
      from: fc.option(e, { nil: undefined }),
      to: fc.option(e, { nil: undefined }),
      span: fc.constant(span),
    }),
  );
  const node = (kind: string, fields: Record<string, fc.Arbitrary<unknown>>) =>
    fc.record({ kind: fc.constant(kind), ...fields, span: fc.constant(span) });
  return {
    expr: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      fc.oneof(
        number,
        name.map((n) => ({ kind: 'name', name: n, span })),
        node('string', { value: fc.string({ unit: 'binary', maxLength: 6 }) }),
        node('bool', { value: fc.boolean() }),
      ),
      node('call', { callee: e, args: fc.array(argument, small) }),
      node('member', { subject: e, member: name }),
      node('index', { subject: e, indices: fc.array(index, { minLength: 1, maxLength: 2 }) }),
      node('unary', { operator: fc.constantFrom('-', 'not'), operand: e }),
      node('binary', { operator: binary, left: e, right: e }),
      node('binary', { operator: binary, left: e, right: e }),
      node('pipe', { left: e, right: e }),
      node('range', { low: e, high: e }),
      node('schedule', { from: e, to: e }),
      node('for', {
        reducer: name,
        clauses: fc.array(fc.record({ name, domain: e }), { minLength: 1, maxLength: 2 }),
        condition: fc.option(e, { nil: undefined }),
        body: e,
      }),
      node('minimum', {
        word: fc.constantFrom('min', 'softmin', 'argmin'),
        variable: name,
        domain: e,
        beta: fc.option(e, { nil: undefined }),
        start: fc.constant(undefined),
        method: fc.constant(undefined),
        body: e,
      }),
      node('minimum', {
        word: fc.constantFrom('min', 'softmin', 'argmin'),
        variable: name,
        domain: fc.constant(undefined),
        beta: fc.constant(undefined),
        start: e,
        method: e,
        body: e,
      }),
      node('list', { items: fc.array(e, small) }),
      node('record', { fields: fc.array(setting, small) }),
      // biome-ignore lint/suspicious/noThenProperty: the tree names it so
      node('if', { condition: e, then: e, otherwise: e }),
    ),
  };
});

const doc = fc.array(fc.constantFrom('A line.', '', '`code` and more'), { maxLength: 2 });
const some = <T>(values: fc.Arbitrary<T>) => fc.option(values, { nil: undefined });
const type = fc.oneof(
  fc.record({ kind: fc.constant('shape'), rest: fc.boolean(), dims: fc.array(expr, small), span: fc.constant(span) }),
  fc.record({ kind: fc.constant('named'), name, args: fc.array(expr, small), span: fc.constant(span) }),
);
const plainField = fc.record({ name, type, fields: fc.constant([]), span: fc.constant(span) });
/** Of a trajectory's, each with fields of its own. */
const field = fc.record({ name, type, fields: fc.array(plainField, small), span: fc.constant(span) });

const node = (kind: string, fields: Record<string, fc.Arbitrary<unknown>>) =>
  fc.record({ kind: fc.constant(kind), doc, ...fields, span: fc.constant(span) });
const parameters = fc.array(
  fc.record({ name, type: some(type), defaultValue: some(expr), span: fc.constant(span) }),
  small,
);
const settings = fc.array(fc.record({ name, value: expr, span: fc.constant(span) }), small);
const letStatement = node('let', { name, type: some(type), value: expr });
const paramStatement = node('param', { name, type: some(type), initial: expr });
const moment = fc.constantFrom('after step', 'before epoch');
const stateStatement = node('state', { name, type: some(type), initial: expr });

const { statement } = fc.letrec<{ statement: unknown }>((tie) => ({
  statement: fc.oneof(
    { depthSize: 'small' },
    letStatement,
    paramStatement,
    stateStatement,
    node('update', { moment, statements: fc.array(tie('statement'), small) }),
    node('assign', { name, value: expr }),
    node('repeat', { variable: some(name), count: expr, statements: fc.array(tie('statement'), small) }),
  ),
}));
const body = fc.oneof(
  fc.record({ statements: fc.constant([]), result: expr, inline: fc.constant(true), span: fc.constant(span) }),
  fc.record({
    statements: fc.array(statement, small),
    result: expr,
    inline: fc.constant(false),
    span: fc.constant(span),
  }),
);
const names = fc.array(name, { minLength: 1, maxLength: 3 });
const member = fc.oneof(
  node('data', { name, type, fields: fc.array(field, small) }),
  node('view', {
    names: fc.array(
      fc.tuple(name, fc.option(expr, { nil: undefined })).map(([n, count]) => ({ ...n, count })),
      { minLength: 1, maxLength: 3 },
    ),
    subject: name,
    pipeline: expr,
  }),
  node('mask', { name, subject: name, pipeline: expr }),
  node('encoder', { name, value: expr }),
  letStatement,
  paramStatement,
  stateStatement,
  node('update', { moment, statements: fc.array(statement, small) }),
  node('energy', { name, settings: parameters, parameters, body }),
  node('fn', { name, parameters, result: some(type), body }),
  node('minimize', { over: fc.array(name, { maxLength: 2 }), terms: settings }),
  node('representation', { value: expr }),
);
const call = fc.record({
  kind: fc.constant('call'),
  callee: name.map((n) => ({ kind: 'name', name: n, span })),
  args: fc.constant([]),
  span: fc.constant(span),
});
const competitor = name.map((n) => ({ kind: 'name' as const, name: n, span }));
const competitors = fc.array(fc.oneof(competitor, call), { minLength: 1, maxLength: 3 });
const item = fc.oneof(
  node('use', { path: names, names: fc.array(name, small) }),
  node('fn', { name, parameters, result: some(type), body }),
  node('net', { name, settings: parameters, inputs: parameters, result: some(type), body }),
  node('regularizer', {
    family: some(fc.constantFrom('contrastive', 'noncontrastive', 'masking')),
    name,
    parameters,
    result: some(type),
    body,
  }),
  node('model', { name, parameters, members: fc.array(member, { maxLength: 4 }) }),
  node('dataset', { name, loader: call, fields: fc.array(field, small) }),
  node('train', { model: name, dataset: some(expr), later: fc.constant([]), settings }),
  node('train', { model: name, dataset: expr, later: fc.array(expr, { minLength: 1, maxLength: 2 }), settings }),
  node('evaluate', { model: name, dataset: some(expr), settings }),
  node('compare', { competitors, dataset: some(expr), later: fc.constant([]), settings }),
  node('compare', { competitors, dataset: expr, later: fc.array(expr, { minLength: 1, maxLength: 2 }), settings }),
);

export const modules = fc
  .array(item, { maxLength: 3 })
  .map((items) => ({ kind: 'module', source: span.source, items, tokens: [], comments: [], span }));
