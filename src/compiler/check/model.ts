/** Elaborates a model: its members once for training, once for use, then what must hold of the whole. */
import type { Span } from '../../grammar/source.js';
import type {
  Expr,
  Member,
  MinimizeMember,
  ModelItem,
  TypeExpr,
  UpdateMoment,
  ViewName,
} from '../../grammar/syntax-tree.js';
import { fieldTypeInfo, isFieldType } from '../field-types.js';
import { type Dim, showShape } from '../graph/dim.js';
import { topological } from '../graph/schedule.js';
import { type Node, progressInput, rateInput, type TensorType } from '../graph/types.js';
import { energiesAsked } from './asked.js';
import { applyEnergy, bindSettings } from './call.js';
import { tensorsOf } from './captured.js';
import type { Elaborator, EnergyUse, Mode } from './elaborator.js';
import { asDim, asNode, evaluate, execute, named, pipe } from './expression.js';
import { declaredEnergy } from './families.js';
import { elaboratePairs } from './pairs.js';
import { Scope } from './scope.js';
import type {
  TypedEncoder,
  TypedEnergy,
  TypedGroup,
  TypedInput,
  TypedMask,
  TypedModel,
  TypedTerm,
  TypedView,
} from './typed-model.js';
import { describe, energyName, missing, number, type Value } from './values.js';
import { reportGroups, reportLabels, reportStrayCopies, reportUnreached, reportUnused } from './whole-model.js';

/** Values for a model's parameters that replace its defaults, as `--set Model.name=value` gives. */
export type Overrides = Readonly<Record<string, number>>;

export function elaborateModel(
  e: Elaborator,
  item: ModelItem,
  moduleScope: Scope,
  overrides: Overrides = {},
  /** Where the overrides are given. */
  overridesSpan: Span = item.name.span,
): TypedModel | undefined {
  const given = Object.entries(overrides).map(([name, value]) => ({
    name,
    value: number(value),
    span: overridesSpan,
  }));
  const parameters = bindSettings(e, item.name.text, item.parameters, moduleScope, given, item.name.span);
  if (!parameters) return undefined;
  const train = elaborateMembers(e, item, moduleScope, parameters, 'train');
  const { terms, groups } = elaborateTerms(e, item, train.scope);
  reportLabels(e, train.inputs, terms);
  const use = elaborateMembers(e, item, moduleScope, parameters, 'use');
  const representation = elaborateRepresentation(e, item, use.scope);
  const viewRepresentations = representation && elaborateViews(e, item, use.scope);
  const energies = elaborateEnergies(e, item, use.scope, train);
  reportUnused(e, train.scope, use.scope);
  for (const needed of ['data', 'minimize', 'representation'] as const) {
    if (!item.members.some((m) => m.kind === needed))
      e.fail('EBM2040', { model: item.name.text, member: needed }, item.name.span);
  }
  if (!representation || terms.length === 0 || e.hasErrors) return undefined;
  reportUnreached(e, train.encoders, terms);
  reportStrayCopies(e, item);
  reportGroups(e, groups, item);
  if (e.hasErrors) return undefined;
  const pairs = elaboratePairs(e, item, use.scope, firstTwoViews(item, use.scope));
  return {
    name: item.name.text,
    batch: e.batch,
    builder: e.builder,
    exampleAxis: e.exampleAxis,
    inputs: train.inputs,
    terms,
    groups,
    updates: updatesAt(e, 'after step'),
    epochUpdates: updatesAt(e, 'before epoch'),
    gathered: e.gathered,
    representation,
    viewRepresentations,
    trainingRepresentation: () => elaborateInTraining(e, item, train.scope),
    energies,
    pairs,
    views: namedViews(item, train.scope),
    masks: namedMasks(item, train.scope),
    states: [...e.states.values()],
    encoders: train.encoders,
    calls: e.calls,
    span: item.name.span,
  };
}

function updatesAt(e: Elaborator, moment: UpdateMoment): TypedModel['updates'] {
  return [...e.updates[moment]].map(([state, node]) => ({ state, node }));
}

interface Members {
  readonly scope: Scope;
  readonly inputs: TypedInput[];
  readonly encoders: TypedEncoder[];
}

function elaborateMembers(
  e: Elaborator,
  item: ModelItem,
  moduleScope: Scope,
  parameters: ReadonlyMap<string, Value>,
  mode: Mode,
): Members {
  e.mode = mode;
  const members: Members = { scope: new Scope(moduleScope), inputs: [], encoders: [] };
  for (const { name } of item.parameters) {
    const value = parameters.get(name.text);
    if (value) members.scope.define(name.text, value, name.span, 'parameter');
  }
  for (const member of item.members) {
    const names = member.kind === 'view' ? member.names : 'name' in member ? [member.name] : [];
    for (const name of names) {
      const before = members.scope.own(name.text);
      if (before) {
        const related = before.span ? [{ span: before.span, message: 'first declared here' }] : [];
        e.fail('EBM2004', { name: name.text }, name.span, { related });
      }
    }
    elaborateMember(e, member, members);
  }
  return members;
}

function elaborateMember(e: Elaborator, member: Member, { scope, inputs, encoders }: Members): void {
  switch (member.kind) {
    case 'data': {
      if (isTrajectory(member.type)) {
        scope.define(member.name.text, trajectory(e, member, inputs, scope), member.name.span, 'data');
        return;
      }
      const input = dataInput(e, member.name.text, member.type, member.name.span, scope);
      if (input) inputs.push(input);
      const value: Value = input ? { kind: 'tensor', node: input.node } : missing;
      scope.define(member.name.text, value, member.name.span, 'data');
      return;
    }
    case 'view': {
      const subject = evaluate(e, { kind: 'name', name: member.subject, span: member.subject.span }, scope);
      const before = new Set<Node>();
      for (const name of member.names)
        scope.define(name.text, view(e, subject, member, name, scope, before), name.span, 'view');
      return;
    }
    case 'mask': {
      const subject = evaluate(e, { kind: 'name', name: member.subject, span: member.subject.span }, scope);
      const value = e.inInstance(member.name.text, () => applyPipeline(e, subject, member, scope));
      if (value.kind !== 'record' && value.kind !== 'missing') {
        e.fail(
          'EBM2013',
          { what: `mask \`${member.name.text}\``, expected: 'a record of index vectors', actual: describe(value) },
          member.pipeline.span,
        );
      }
      scope.define(member.name.text, value, member.name.span, 'mask');
      return;
    }
    case 'encoder': {
      const value = evaluate(e, member.value, scope);
      const layer = value.kind === 'net' ? callWithoutSettings(e, value, member.value.span) : value;
      if (layer.kind !== 'layer') {
        if (layer.kind !== 'missing') {
          e.fail(
            'EBM2013',
            {
              what: `encoder \`${member.name.text}\``,
              expected: 'a net with its settings, such as `mlp(hidden: 64, out: 32)`',
              actual: describe(layer),
            },
            member.value.span,
            layer.kind === 'tensor' ? { help: [`a tensor is named by \`let ${member.name.text} = ...\``] } : {},
          );
        }
        scope.define(member.name.text, missing, member.name.span);
        return;
      }
      encoders.push({ name: member.name.text, span: member.name.span });
      const instance = named(e, layer, member.name.text);
      scope.define(member.name.text, { ...(instance as typeof layer), isEncoder: true }, member.name.span, 'encoder');
      return;
    }
    case 'energy':
      scope.define(member.name.text, declaredEnergy(member, scope), member.name.span);
      return;
    case 'fn':
      scope.define(member.name.text, { kind: 'function', item: member, scope }, member.name.span, 'fn');
      return;
    case 'let':
    case 'param':
    case 'state':
    case 'update':
      execute(e, member, scope);
      return;
    case 'minimize':
    case 'representation':
      return;
  }
}

/**
 * One view, or a list of as many as the name says, each with draws of its own. What is drawn of a view is drawn apart from the others too, where they are
 * the same value: `before` has those of the declaration so far.
 */
function view(
  e: Elaborator,
  subject: Value,
  member: Extract<Member, { kind: 'view' }>,
  { text, span, count }: ViewName,
  scope: Scope,
  before: Set<Node>,
): Value {
  const draw = (name: string): Value => {
    const value = e.within(
      `in view ${name}`,
      span,
      () => e.inInstance(name, () => applyPipeline(e, subject, member, scope)),
      missing as Value,
    );
    if (value.kind !== 'tensor') return value;
    const isNew = !before.has(value.node);
    before.add(value.node);
    return isNew ? value : e.tensor('pin', [value.node], { view: name }, span);
  };
  if (!count) return draw(text);
  const given = evaluate(e, count, scope);
  const size = asDim(e, given, count.span, `how many views \`${text}\` has`);
  if (size === undefined) return missing;
  if (typeof size !== 'number' || size < 1) {
    const slots = { what: `how many views \`${text}\` has`, expected: 'at least 1', actual: describe(given) };
    return e.fail('EBM2013', slots, count.span);
  }
  return { kind: 'list', items: Array.from({ length: size }, (_, i) => draw(`${text}_${i + 1}`)) };
}

function callWithoutSettings(e: Elaborator, net: Extract<Value, { kind: 'net' }>, span: Span): Value {
  const settings = bindSettings(e, net.item.name.text, net.item.settings, net.scope, [], span);
  return settings
    ? { kind: 'layer', item: net.item, scope: net.scope, settings, path: undefined, isEncoder: false }
    : missing;
}

/** `view a of x = f |> g(s)`: the first stage gets `x`. A pipeline that begins with a value, `x |> f |> g(s)`, stands for itself. */
function applyPipeline(
  e: Elaborator,
  subject: Value,
  member: Extract<Member, { kind: 'view' | 'mask' }>,
  scope: Scope,
): Value {
  const stage = member.pipeline;
  const first = stage.kind === 'pipe' ? firstStage(stage) : stage;
  const takesSubject =
    first.kind === 'call' || (first.kind === 'name' && scope.find(first.name.text)?.value.kind !== 'tensor');
  return takesSubject ? pipe(e, subject, member.subject.span, stage, scope) : evaluate(e, stage, scope);
}

function firstStage(
  expr: Extract<Member, { kind: 'view' }>['pipeline'],
): Extract<Member, { kind: 'view' }>['pipeline'] {
  return expr.kind === 'pipe' ? firstStage(expr.left) : expr;
}

function isTrajectory(type: TypeExpr): boolean {
  return type.kind === 'named' && type.name.text === 'Trajectory';
}

/** A record of what is there at each step: each a data field of its own, under its own name, with the steps as its first dimension. */
function trajectory(
  e: Elaborator,
  { type, fields }: Extract<Member, { kind: 'data' }>,
  inputs: TypedInput[],
  scope: Scope,
): Value {
  const steps = type.kind === 'named' ? type.args[0] : undefined;
  if (!steps || fields.length === 0) {
    const actual = type.span.source.text.slice(type.span.start, type.span.end);
    const expected = '`Trajectory[steps] { observation: [d], action: Class[n] }`';
    return e.fail('EBM2051', { name: 'Trajectory', expected, actual }, type.span);
  }
  const values = new Map<string, Value>();
  for (const field of fields) {
    const input = dataInput(e, field.name.text, field.type, field.name.span, scope, steps);
    if (input) inputs.push(input);
    values.set(field.name.text, input ? { kind: 'tensor', node: input.node } : missing);
  }
  return { kind: 'record', fields: values };
}

function dataInput(
  e: Elaborator,
  name: string,
  type: TypeExpr,
  span: Span,
  scope: Scope,
  steps?: Expr,
): TypedInput | undefined {
  if (name === rateInput) e.fail('EBM2005', { name, meaning: 'the learning rate' }, span);
  if (name === progressInput) e.fail('EBM2005', { name, meaning: 'the share of training that is done' }, span);
  const dims = type.kind === 'shape' ? type.dims : type.args;
  const shape: Dim[] = [];
  const leading = steps && asDim(e, evaluate(e, steps, scope), steps.span, 'the steps of a trajectory');
  if (steps && leading === undefined) return undefined;
  for (const expr of dims) {
    const dim = asDim(e, evaluate(e, expr, scope), expr.span, 'a dimension of `data`');
    if (dim === undefined) return undefined;
    shape.push(dim);
  }
  const named = type.kind === 'named' ? type.name.text : 'Tensor';
  const { dtype, exampleShape, below } = fieldTypeInfo(isFieldType(named) ? named : 'Tensor');
  const own = exampleShape(shape);
  const tensorType: TensorType = { dtype, shape: leading === undefined ? own : [leading, ...own] };
  const written = type.span.source.text.slice(type.span.start, type.span.end);
  // What an agent did is no label.
  const declared = steps ? `a trajectory's ${written}` : written;
  const node = e.builder.op(
    'input',
    [],
    { name, shape: tensorType.shape, dtype: tensorType.dtype },
    { span, scope: name, axes: [e.exampleAxis] },
  );
  const bound = below === undefined ? undefined : Number(shape[below]);
  if (bound !== undefined) e.idsBelow.set(node, bound);
  return { name, type: tensorType, below: bound, declared, node, span };
}

function elaborateTerms(
  e: Elaborator,
  item: ModelItem,
  scope: Scope,
): { readonly terms: TypedTerm[]; readonly groups: TypedGroup[] } {
  e.mode = 'train';
  const terms: TypedTerm[] = [];
  const groups: TypedGroup[] = [];
  for (const member of item.members) {
    if (member.kind !== 'minimize') continue;
    const group = groupOf(groups, member);
    for (const term of member.terms) {
      const node = e.within(
        `in term ${term.name.text}`,
        term.span,
        () => asNode(e, evaluate(e, term.value, scope), term.value.span, `the term \`${term.name.text}\``),
        undefined as Node | undefined,
      );
      if (!node) continue;
      if (node.type.shape.length > 0) {
        e.fail('EBM2031', { term: term.name.text, shape: showShape(node.type.shape) }, term.value.span);
        continue;
      }
      terms.push({ name: term.name.text, node, group, span: term.span });
    }
  }
  return { terms, groups };
}

/** The number of the group that a `minimize` adds to: those without `over` are one. */
function groupOf(groups: TypedGroup[], { over, span }: MinimizeMember): number {
  const names = over.length > 0 ? over : undefined;
  const known = groups.findIndex((group) => !group.over && !names);
  if (known >= 0) return known;
  groups.push({ over: names, span });
  return groups.length - 1;
}

function elaborateRepresentation(e: Elaborator, item: ModelItem, scope: Scope): Node | undefined {
  e.mode = 'use';
  const member = item.members.find((m) => m.kind === 'representation');
  if (member?.kind !== 'representation') return undefined;
  const node = asNode(e, evaluate(e, member.value, scope), member.value.span, 'the representation');
  if (node && topological([node]).some((n) => n.op === 'batch')) {
    e.fail('EBM2032', { what: 'representation' }, member.value.span);
    return undefined;
  }
  return node;
}

/** The representation with the first two views of one declaration in the place of what they are views of; undefined where they do not fit there. */
function elaborateViews(e: Elaborator, item: ModelItem, scope: Scope): Node | undefined {
  const member = item.members.find((m) => m.kind === 'representation');
  const views = twiceViewed(item, scope);
  if (member?.kind !== 'representation' || !views) return undefined;
  const rows: Node[] = [];
  for (const view of firstTwoViews(item, scope)) {
    const inner = new Scope(scope);
    inner.define(views.subject.text, view);
    const value = e.attempt(() => evaluate(e, member.value, inner));
    if (value?.kind !== 'tensor') return undefined;
    rows.push(e.builder.reshape(value.node, [1, ...value.node.type.shape]));
  }
  return e.builder.concat(rows, 0);
}

/** The representation in training, with the first view in the place of what it is a view of. */
function elaborateInTraining(e: Elaborator, item: ModelItem, scope: Scope): Node | undefined {
  const member = item.members.find((m) => m.kind === 'representation');
  if (member?.kind !== 'representation') return undefined;
  e.mode = 'train';
  const inner = new Scope(scope);
  const view = item.members.find((m) => m.kind === 'view');
  const [first] = view ? viewsOf(view, scope) : [];
  if (view?.kind === 'view' && first?.kind === 'tensor') inner.define(view.subject.text, first);
  const tensorIn = (where: Scope): Node | undefined => {
    const value = e.attempt(() => evaluate(e, member.value, where));
    return value?.kind === 'tensor' ? value.node : undefined;
  };
  // Where the view has another shape (a crop of text), the example itself is used.
  return tensorIn(inner) ?? tensorIn(scope);
}

/** The first declaration of two views or more. */
function twiceViewed(item: ModelItem, scope: Scope): Extract<Member, { kind: 'view' }> | undefined {
  return item.members.find((m) => m.kind === 'view' && viewsOf(m, scope).length >= 2) as
    | Extract<Member, { kind: 'view' }>
    | undefined;
}

function firstTwoViews(item: ModelItem, scope: Scope): readonly Value[] {
  const views = twiceViewed(item, scope);
  return views ? viewsOf(views, scope).slice(0, 2) : [];
}

/** The views of the training step that are tensors, those of families numbered. */
function namedViews(item: ModelItem, scope: Scope): TypedView[] {
  return item.members.flatMap((member) => {
    if (member.kind !== 'view') return [];
    return member.names.flatMap(({ text }) => {
      const value = scope.own(text)?.value ?? missing;
      const family = value.kind === 'list';
      return (family ? value.items : [value]).flatMap((one, k) => {
        if (one.kind !== 'tensor' || topological([one.node]).some((n) => n.op === 'batch')) return [];
        return [{ name: family ? `${text}[${k}]` : text, subject: member.subject.text, node: one.node }];
      });
    });
  });
}

/** The masks of the training step, with every tensor that they give. */
function namedMasks(item: ModelItem, scope: Scope): TypedMask[] {
  return item.members.flatMap((member) => {
    const value = member.kind === 'mask' ? scope.own(member.name.text)?.value : undefined;
    if (member.kind !== 'mask' || value?.kind !== 'record') return [];
    const fields = [...value.fields].flatMap(([name, field]) =>
      tensorsOf(field).map((node, k, all) => ({ name: all.length > 1 ? `${name}[${k}]` : name, node })),
    );
    return [{ name: member.name.text, subject: member.subject.text, fields }];
  });
}

/** What a declaration names: families item by item. */
function viewsOf(member: Member, scope: Scope): readonly Value[] {
  if (member.kind !== 'view') return [];
  return member.names.flatMap(({ text }) => {
    const value = scope.own(text)?.value ?? missing;
    return value.kind === 'list' ? value.items : [value];
  });
}

/** Energies as they are asked after training: of what the terms give them first, and those that no term uses of two views, or of the data. */
function elaborateEnergies(e: Elaborator, item: ModelItem, scope: Scope, train: Members): TypedEnergy[] {
  e.mode = 'use';
  const views = firstTwoViews(item, train.scope);
  const [first] = train.inputs;
  const data: readonly Value[] = first ? [{ kind: 'tensor', node: first.node }] : [];
  return energiesAsked(e, item, scope, e.energyUses, [views, data]).flatMap((asked) => {
    const energy = asked.isUsed ? elaborateEnergy(e, asked) : e.attempt(() => elaborateEnergy(e, asked));
    return energy ? [energy] : [];
  });
}

/** The energy as a function of its arguments. */
function elaborateEnergy(e: Elaborator, { energy, args }: EnergyUse): TypedEnergy | undefined {
  const { span } = energy.member;
  const parameters: { name: string; node: Node; use: Node }[] = [];
  for (const [k, parameter] of energy.member.parameters.entries()) {
    const use = args[k];
    if (use?.kind === 'missing' && parameter.defaultValue) continue;
    if (use?.kind !== 'tensor') return undefined;
    const { shape, dtype } = use.node.type;
    const name = parameter.name.text;
    const node = e.builder.op('input', [], { name, shape, dtype }, { scope: name, axes: [e.exampleAxis] });
    parameters.push({ name, node, use: use.node });
  }
  const given = parameters.map(({ name, node }) => ({ name, value: { kind: 'tensor', node } as const, span }));
  const value = applyEnergy(e, energy, given, span);
  if (value.kind !== 'tensor' || topological([value.node]).some((n) => n.op === 'batch')) return undefined;
  return { name: energyName(energy), parameters, node: value.node };
}
