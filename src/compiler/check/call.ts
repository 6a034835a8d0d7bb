/** Calls: binding arguments, unifying dimensions, mapping over leading axes, creating instances. */
import { nearest } from '../../diagnostics/index.js';
import type { Span } from '../../grammar/source.js';
import type { Block, Expr, Parameter, TypeExpr } from '../../grammar/syntax-tree.js';
import { fieldTypeInfo, isFieldType } from '../field-types.js';
import { type Dim, sameDim, showDim, showShape } from '../graph/dim.js';
import type { Node } from '../graph/types.js';
import { builtins } from './builtins/index.js';
import { readsByPosition } from './by-position.js';
import { tensorsOf } from './captured.js';
import type { Elaborator } from './elaborator.js';
import { asNode, evaluate, evaluateBlock } from './expression.js';
import { type MappedArgument, mapped } from './map.js';
import { Scope } from './scope.js';
import { specialForms } from './special-forms.js';
import {
  describe,
  type EnergyValue,
  energyName,
  familyForm,
  int,
  type LayerValue,
  missing,
  type Value,
} from './values.js';

export interface GivenArgument {
  readonly name: string | undefined;
  readonly value: Value;
  readonly span: Span;
}

export function call(e: Elaborator, expr: Extract<Expr, { kind: 'call' }>, scope: Scope): Value {
  const callee = evaluate(e, expr.callee, scope);
  const special = callee.kind === 'builtin' ? specialForms[callee.name] : undefined;
  if (special) return special(e, expr, scope);
  const args = expr.args.map((a) => ({ name: a.name?.text, value: evaluate(e, a.value, scope), span: a.span }));
  return callValue(e, callee, args, expr.span);
}

export function callValue(e: Elaborator, callee: Value, args: readonly GivenArgument[], span: Span): Value {
  switch (callee.kind) {
    case 'missing':
      return missing;
    case 'builtin': {
      const builtin = builtins[callee.name]!;
      const bound = bindNames(e, callee.name, builtin.parameters, args, span);
      return bound ? builtin.run(e, bound, span) : missing;
    }
    case 'namespace':
      return callValue(e, { kind: 'builtin', name: callee.name }, args, span);
    case 'function': {
      const name = callee.item.name.text;
      const family = callee.item.kind === 'fn' ? 'function' : 'regularizer';
      return e.within(
        `in ${family} ${name}`,
        span,
        () => applySignature(e, name, callee.item, callee.scope, args, span, callee),
        missing,
      );
    }
    case 'net': {
      const settings = bindSettings(e, callee.item.name.text, callee.item.settings, callee.scope, args, span);
      if (!settings) return missing;
      return { kind: 'layer', item: callee.item, scope: callee.scope, settings, path: undefined, isEncoder: false };
    }
    case 'layer':
      return callLayer(e, callee, args, span);
    case 'energy': {
      if (!callee.settings) return energyOfFamily(e, callee, args, span);
      return e.within(
        `in energy ${energyName(callee)}`,
        span,
        () => {
          recordEnergyUse(e, callee, args);
          return applyEnergy(e, callee, args, span);
        },
        missing,
      );
    }
    default:
      return e.fail('EBM2022', { value: describe(callee) }, span);
  }
}

/** The value of an energy, whoever asks. */
export function applyEnergy(e: Elaborator, energy: EnergyValue, args: readonly GivenArgument[], span: Span): Value {
  const { member, settings } = energy;
  const scope = new Scope(energy.scope);
  for (const [name, value] of settings ?? []) scope.define(name, value);
  const signature = { parameters: member.parameters, result: undefined, body: member.body };
  return applySignature(e, energyName(energy), signature, scope, args, span, energy);
}

/** The one of a family with these settings, which are known when compiled: what differs from example to example is an argument. */
export function energyOfFamily(e: Elaborator, family: EnergyValue, args: readonly GivenArgument[], span: Span): Value {
  const { member, scope } = family;
  if (args.some(({ value }) => value.kind === 'missing')) return missing;
  const place = {
    related: [{ span: member.name.span, message: 'declared here' }],
    help: [`its settings come first, in parentheses of their own: \`${familyForm(member)}\``],
  };
  const isTensor = (value: Value): boolean => tensorsOf(value).length > 0;
  const refused = (value: Value, at: Span): Value => {
    const what = `a setting of the family of energies \`${member.name.text}\``;
    return e.fail('EBM2013', { what, expected: 'known when compiled', actual: describe(value) }, at, place);
  };
  const argument = args.find(({ value }) => isTensor(value));
  if (argument) return refused(argument.value, argument.span);
  const settings = bindSettings(e, member.name.text, member.settings, scope, args, span);
  if (!settings) return missing;
  const byDefault = member.settings.find(({ name }) => isTensor(settings.get(name.text)!));
  return byDefault ? refused(settings.get(byDefault.name.text)!, byDefault.span) : { ...family, settings };
}

/** Remembers what an energy is asked of, by parameter (`missing` where one keeps its default): of a use on single points, if there is one. */
function recordEnergyUse(e: Elaborator, energy: EnergyValue, args: readonly GivenArgument[]): void {
  const isPoint = (value: Value): boolean =>
    value.kind !== 'tensor' || !value.node.type.shape.some((d) => typeof d !== 'number' && d.text.includes('batch'));
  const name = energyName(energy);
  if (e.energyUses.has(name) || !args.every((a) => isPoint(a.value))) return;
  const byPlace = args.filter((a) => a.name === undefined);
  const given = energy.member.parameters.map((p, k) => args.find((a) => a.name === p.name.text) ?? byPlace[k]);
  e.energyUses.set(name, { energy, args: given.map((argument) => argument?.value ?? missing) });
}

function callLayer(e: Elaborator, layer: LayerValue, args: readonly GivenArgument[], span: Span): Value {
  const name = layer.item.name.text;
  if (layer.path === undefined && e.instance === undefined) return e.fail('EBM2023', { net: name }, span);
  const path = layer.path ?? e.nextName(name);
  const scope = new Scope(layer.scope);
  for (const [setting, value] of layer.settings) scope.define(setting, value);
  const signature = { parameters: layer.item.inputs, result: layer.item.result, body: layer.item.body };
  const text = layer.isEncoder ? `in encoder ${path}` : `in ${path}`;
  // A frozen copy is used, not trained: its statistics are the averages that were kept.
  const mode = layer.copy?.follows.kind === 'start' ? 'use' : e.mode;
  return e.within(
    text,
    span,
    () =>
      e.inInstance(
        path,
        () => {
          const record = (nodes: readonly Node[], value: Value): void => {
            if (layer.isEncoder)
              for (const [output, result] of tensorsOf(value).entries())
                e.calls.push({ path, args: nodes, result, output });
          };
          const callee = layer.isEncoder ? path : name;
          const result = applySignature(e, callee, signature, scope, args, span, layer, record);
          record(
            args.flatMap((a) => (a.value.kind === 'tensor' ? [a.value.node] : [])),
            result,
          );
          return result;
        },
        mode,
      ),
    missing,
  );
}

interface Signature {
  readonly parameters: readonly Parameter[];
  readonly result: TypeExpr | undefined;
  readonly body: Block;
}

/**
 * Evaluates a body with its parameters bound, mapped over the leading axes that the signature does not have. `called` is the layer, the
 * energy or the function whose body it is: what that reads beside its arguments belongs to this example. `onElement` is told of an evaluation on
 * single examples that stands for one on all of them.
 */
function applySignature(
  e: Elaborator,
  callee: string,
  signature: Signature,
  definitionScope: Scope,
  args: readonly GivenArgument[],
  span: Span,
  called?: Value,
  onElement?: (args: readonly Node[], result: Value) => void,
): Value {
  const given = bind(e, callee, signature.parameters, args, span);
  if (!given) return missing;
  for (const argument of given.values()) if (argument.value.kind === 'missing') return missing;
  // Taken as they are; but whether they differ by example matters to the mapping of the others.
  const asIs = (value: Value, name: string): MappedArgument[] =>
    tensorsOf(value).map((node, k) => ({ name: `${name}.${k}`, node, leading: 0 }));
  const tensors = called ? asIs(called, 'called') : [];
  const apart = called?.kind === 'energy' ? collectionsTakenApart(signature, definitionScope, given) : noneApart;
  for (const parameter of signature.parameters) {
    const argument = given.get(parameter.name.text);
    const pattern = shapePattern(parameter.type);
    if (!argument) continue;
    if (!pattern) {
      const taken = apart.get(parameter.name.text);
      tensors.push(...(taken ? [taken] : asIs(argument.value, parameter.name.text)));
      continue;
    }
    const node = asNode(e, argument.value, argument.span, `\`${parameter.name.text}\``);
    if (!node) return missing;
    const shape = node.type.shape;
    const excess = shape.length - pattern.dims.length;
    if (excess < 0) {
      return mismatch(
        e,
        callee,
        parameter,
        node.type.shape,
        `it has ${shape.length} dimension${shape.length === 1 ? '' : 's'}`,
        argument.span,
      );
    }
    tensors.push({
      name: parameter.name.text,
      node,
      leading: pattern.rest ? Math.min(excess, leadingOfExamples(node)) : excess,
    });
  }
  const body = (nodes: ReadonlyMap<string, Node>): Value => {
    const scope = new Scope(definitionScope);
    for (const [name, argument] of given) {
      const node = nodes.get(name);
      scope.define(name, node ? { kind: 'tensor', node } : argument.value);
    }
    if (!unify(e, callee, signature.parameters, given, nodes, scope)) return missing;
    for (const parameter of signature.parameters) {
      if (given.has(parameter.name.text)) continue;
      const value = evaluate(e, parameter.defaultValue!, scope);
      if (!defaultFits(e, callee, parameter, value, scope, span)) return missing;
      scope.define(parameter.name.text, value);
    }
    const evaluated = (): Value => evaluateBlock(e, signature.body, scope);
    const path = called?.kind === 'layer' ? called.path : undefined;
    const result = path === undefined ? evaluated() : e.asCall(path, [...nodes.values()], evaluated);
    return checkResult(e, callee, signature.result, result, scope, span) ? result : missing;
  };
  return mapped(e, tensors, span, body, onElement);
}

const noneApart: ReadonlyMap<string, MappedArgument> = new Map();

/** Collections of examples given to parameters without a shape, where the body would take the axis of the examples for one of theirs. */
function collectionsTakenApart(
  { parameters, body }: Signature,
  scope: Scope,
  given: ReadonlyMap<string, GivenArgument>,
): ReadonlyMap<string, MappedArgument> {
  const found = parameters.flatMap(({ name: { text: name }, type }): (readonly [string, MappedArgument])[] => {
    const value = given.get(name)?.value;
    if (shapePattern(type) || value?.kind !== 'tensor') return [];
    const leading = leadingOfExamples(value.node);
    return leading > 0 ? [[name, { name, node: value.node, leading }]] : [];
  });
  const collections = new Map(found);
  return collections.size > 0 && readsByPosition(body, new Set(collections.keys()), scope) ? collections : noneApart;
}

/** How many leading axes run over the examples of a batch. */
function leadingOfExamples({ type: { shape } }: Node): number {
  const own = shape.findIndex((d) => typeof d === 'number' || !d.text.includes('batch'));
  return own < 0 ? shape.length : own;
}

/** Positional and named arguments by parameter name; undefined after reporting what is wrong. Parameters with a default may be absent. */
function bind(
  e: Elaborator,
  callee: string,
  parameters: readonly Parameter[],
  args: readonly GivenArgument[],
  span: Span,
): Map<string, GivenArgument> | undefined {
  const names = parameters.map((p) => p.name.text);
  const optional = new Set(parameters.filter((p) => p.defaultValue).map((p) => p.name.text));
  return bindTo(e, callee, names, optional, args, span);
}

function bindTo(
  e: Elaborator,
  callee: string,
  names: readonly string[],
  optional: ReadonlySet<string>,
  args: readonly GivenArgument[],
  span: Span,
): Map<string, GivenArgument> | undefined {
  const given = new Map<string, GivenArgument>();
  let position = 0;
  let fine = true;
  for (const argument of args) {
    const name = argument.name ?? names[position++];
    if (name === undefined || !names.includes(name) || given.has(name)) {
      const shown = argument.name ?? `argument ${position}`;
      const suggestion = argument.name ? nearest(argument.name, names) : undefined;
      e.fail('EBM2021', { callee, name: shown, suggestion, parameters: names.join(', ') }, argument.span);
      fine = false;
    } else given.set(name, argument);
  }
  // A misspelt name would be reported twice: as not taken, and as missing.
  if (!fine) return undefined;
  for (const name of names) {
    if (!given.has(name) && !optional.has(name)) {
      e.fail('EBM2020', { callee, parameter: name, parameters: names.join(', ') }, span);
      fine = false;
    }
  }
  return fine ? given : undefined;
}

/** Arguments of a built-in, whose parameters are written `x axis? keepdims?`; `xs...` takes any number. */
function bindNames(
  e: Elaborator,
  callee: string,
  parameters: string,
  args: readonly GivenArgument[],
  span: Span,
): Map<string, GivenArgument> | undefined {
  const words = parameters.split(' ').filter(Boolean);
  if (words[0]?.endsWith('...')) {
    const rest = args.filter((a) => a.name === undefined).map((a, i) => ({ ...a, name: `${i}` }));
    const names = [...rest.map((_, i) => `${i}`), ...words.slice(1).map((w) => w.replace('?', ''))];
    const optional = new Set(names.slice(rest.length));
    return bindTo(e, callee, names, optional, [...rest, ...args.filter((a) => a.name !== undefined)], span);
  }
  const names = words.map((w) => w.replace('?', ''));
  const optional = new Set(words.filter((w) => w.endsWith('?')).map((w) => w.slice(0, -1)));
  const bound = bindTo(e, callee, names, optional, args, span);
  return bound && [...bound.values()].some((a) => a.value.kind === 'missing') ? undefined : bound;
}

/** Settings of a net, or parameters of a model, with defaults (which may use earlier ones) filled in and kinds checked. */
export function bindSettings(
  e: Elaborator,
  callee: string,
  parameters: readonly Parameter[],
  definitionScope: Scope,
  args: readonly GivenArgument[],
  span: Span,
): Map<string, Value> | undefined {
  const given = bind(e, callee, parameters, args, span);
  if (!given) return undefined;
  const scope = new Scope(definitionScope);
  const settings = new Map<string, Value>();
  for (const parameter of parameters) {
    const name = parameter.name.text;
    const value = given.get(name)?.value ?? evaluate(e, parameter.defaultValue!, scope);
    if (value.kind === 'missing') return undefined;
    if (!checkKind(e, callee, parameter, value, given.get(name)?.span ?? parameter.span)) return undefined;
    scope.define(name, value);
    settings.set(name, value);
  }
  return settings;
}

const kinds: Record<string, (v: Value) => boolean> = {
  int: (v) => v.kind === 'number' && v.dim !== undefined,
  scalar: (v) => v.kind === 'number' || (v.kind === 'tensor' && v.node.type.shape.length === 0),
  energy: (v) => (v.kind === 'energy' && v.settings !== undefined) || v.kind === 'function',
  string: (v) => v.kind === 'string',
  bool: (v) => v.kind === 'bool',
  range: (v) => v.kind === 'range',
};

function checkKind(e: Elaborator, callee: string, parameter: Parameter, value: Value, span: Span): boolean {
  if (parameter.type?.kind !== 'named') {
    const likeDefault = parameter.defaultValue;
    if (!likeDefault) return true;
    if (likeDefault.kind === 'number' && value.kind === 'string') {
      e.fail(
        'EBM2013',
        { what: `\`${parameter.name.text}\` of \`${callee}\``, expected: 'a number', actual: describe(value) },
        span,
      );
      return false;
    }
    return true;
  }
  const expected = parameter.type.name.text;
  const fits = kinds[expected];
  if (!fits || fits(value)) return true;
  e.fail(
    'EBM2013',
    { what: `\`${parameter.name.text}\` of \`${callee}\``, expected: `of kind ${expected}`, actual: describe(value) },
    span,
    value.kind === 'energy'
      ? { help: [`one of them has its settings: \`${familyForm(value.member, 'settings')}\``] }
      : {},
  );
  return false;
}

interface ShapePattern {
  readonly rest: boolean;
  readonly dims: readonly Expr[];
}

export function shapePattern(type: TypeExpr | undefined): ShapePattern | undefined {
  if (!type) return undefined;
  if (type.kind === 'shape') return type;
  const field = type.name.text;
  return isFieldType(field) ? { rest: false, dims: fieldTypeInfo(field).exampleShape(type.args) } : undefined;
}

function showPattern(pattern: ShapePattern): string {
  const texts = pattern.dims.map((d) => d.span.source.text.slice(d.span.start, d.span.end));
  return `[${[...(pattern.rest ? ['...'] : []), ...texts].join(', ')}]`;
}

function mismatch(
  e: Elaborator,
  callee: string,
  parameter: Parameter,
  shape: readonly Dim[],
  reason: string,
  span: Span,
): Value {
  return e.fail(
    'EBM2011',
    {
      callee,
      parameter: parameter.name.text,
      expected: showPattern(shapePattern(parameter.type)!),
      actual: showShape(shape),
      reason,
    },
    span,
    { related: [{ span: parameter.span, message: 'declared here' }] },
  );
}

/** Binds the names of signature shapes to the dimensions of the arguments; compound dimensions are compared afterwards. */
function unify(
  e: Elaborator,
  callee: string,
  parameters: readonly Parameter[],
  given: ReadonlyMap<string, GivenArgument>,
  nodes: ReadonlyMap<string, { readonly type: { readonly shape: readonly Dim[] } }>,
  scope: Scope,
): boolean {
  const boundBy = new Map<string, string>();
  const later: (() => boolean)[] = [];
  for (const parameter of parameters) {
    const argument = given.get(parameter.name.text);
    const pattern = shapePattern(parameter.type);
    const node = nodes.get(parameter.name.text);
    if (!argument || !pattern || !node) {
      if (
        argument &&
        parameter.type?.kind === 'named' &&
        !pattern &&
        !checkKind(e, callee, parameter, argument.value, argument.span)
      )
        return false;
      continue;
    }
    const shape = node.type.shape.slice(node.type.shape.length - pattern.dims.length);
    for (const [k, expr] of pattern.dims.entries()) {
      const actual = shape[k]!;
      const compare = (expected: Dim, reason: string): boolean => {
        if (sameDim(expected, actual)) return true;
        mismatch(e, callee, parameter, node.type.shape, reason, argument.span);
        return false;
      };
      if (expr.kind === 'name') {
        const name = expr.name.text;
        const bound = scope.own(name) ?? (scope.find(name)?.value.kind === 'number' ? scope.find(name) : undefined);
        if (bound?.value.kind === 'number' && bound.value.dim !== undefined) {
          const first = boundBy.get(name);
          const reason = `${name} is ${showDim(bound.value.dim)}${first ? ` by \`${first}\`` : ''}, not ${showDim(actual)}`;
          if (!compare(bound.value.dim, reason)) return false;
        } else {
          scope.define(name, int(actual, e.batch));
          boundBy.set(name, parameter.name.text);
        }
      } else if (expr.kind === 'number') {
        if (!compare(expr.value, `${expr.value} is not ${showDim(actual)}`)) return false;
      } else {
        later.push(() => {
          const value = evaluate(e, expr, scope);
          if (value.kind !== 'number' || value.dim === undefined) return value.kind !== 'missing';
          return compare(value.dim, `${showDim(value.dim)} is not ${showDim(actual)}`);
        });
      }
    }
  }
  return later.every((check) => check());
}

/** Whether a default has the shape that the parameter says, for these arguments: `at: [n] = iota(49)` has it for 49 of what else is `[n]`. */
function defaultFits(
  e: Elaborator,
  callee: string,
  parameter: Parameter,
  value: Value,
  scope: Scope,
  span: Span,
): boolean {
  const pattern = shapePattern(parameter.type);
  if (!pattern || pattern.rest || value.kind !== 'tensor') return true;
  const { shape } = value.node.type;
  const dims = pattern.dims.map((expr) =>
    expr.kind === 'name' && !scope.find(expr.name.text) ? undefined : evaluate(e, expr, scope),
  );
  const expected = dims.map((dim, k) => (dim?.kind === 'number' && dim.dim !== undefined ? dim.dim : shape[k]));
  if (shape.length === dims.length && expected.every((dim, k) => sameDim(dim!, shape[k]!))) return true;
  const name = parameter.name.text;
  const shown = shape.length === dims.length ? ` ${showShape(expected as Dim[])}` : '';
  e.fail(
    'EBM2011',
    {
      callee,
      parameter: name,
      expected: showPattern(pattern),
      actual: `none, and its default is ${showShape(shape)}`,
      reason: '',
    },
    span,
    {
      related: [{ span: parameter.span, message: 'declared here' }],
      help: [`give it: \`${name}: ...\` of shape${shown || ` ${showPattern(pattern)}`}`],
    },
  );
  return false;
}

const ofResults =
  'a dimension of the result is a number, a setting, or a name from the inputs; without `-> [...]` it follows from the body';

function checkResult(
  e: Elaborator,
  callee: string,
  type: TypeExpr | undefined,
  result: Value,
  scope: Scope,
  span: Span,
): boolean {
  const pattern = shapePattern(type);
  if (!pattern || result.kind === 'missing') return true;
  const shape = result.kind === 'tensor' ? result.node.type.shape : result.kind === 'number' ? [] : undefined;
  const expected: Dim[] = [];
  for (const expr of pattern.dims) {
    if (expr.kind === 'name' && !scope.find(expr.name.text)) {
      e.fail('EBM2001', { name: expr.name.text }, expr.span, { help: [ofResults] });
      return false;
    }
    const value = evaluate(e, expr, scope);
    if (value.kind !== 'number' || value.dim === undefined) return value.kind !== 'missing';
    expected.push(value.dim);
  }
  const fits =
    shape !== undefined &&
    (pattern.rest ? shape.length >= expected.length : shape.length === expected.length) &&
    expected.every((d, k) => sameDim(d, shape[shape.length - expected.length + k]!));
  if (fits) return true;
  const actual = shape ? showShape(shape) : describe(result);
  const shown = `[${[...(pattern.rest ? ['...'] : []), ...expected.map(showDim)].join(', ')}]`;
  e.fail('EBM2012', { callee, expected: shown, actual }, span, {
    related: [{ span: type!.span, message: 'declared here' }],
  });
  return false;
}
