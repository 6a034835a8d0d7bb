/** The models of a comparison, of the file itself or of others by `use`, each with its own parameters and batch. */
import { type Diagnostic, nearest, report } from '../../diagnostics/index.js';
import type { Module } from '../../grammar/syntax-tree.js';
import type { CompetitorDecl, VariantDecl } from '../declarations.js';
import type { Library } from '../index.js';
import { Elaborator } from './elaborator.js';
import { elaborateModel } from './model.js';
import { Modules } from './modules.js';
import type { TypedModel } from './typed-model.js';
import { describe } from './values.js';

export interface TypedVariant {
  readonly model: TypedModel | undefined;
  readonly diagnostics: readonly Diagnostic[];
}

export function typeVariant(
  module: Module,
  library: Library,
  { model: name, modelSpan }: Pick<CompetitorDecl, 'model' | 'modelSpan'>,
  { parameters, train }: Pick<VariantDecl, 'parameters' | 'train'>,
): TypedVariant {
  const e = new Elaborator(train.batch, module.source.path);
  const scope = new Modules(e, library).scopeOf(module);
  const value = scope.own(name)?.value;
  if (value?.kind === 'model') {
    const model = elaborateModel(e, value.item, value.scope, parameters, modelSpan);
    return { model: e.hasErrors ? undefined : model, diagnostics: e.diagnostics };
  }
  if (value?.kind === 'missing') return { model: undefined, diagnostics: e.diagnostics };
  const known = [...scope.ownBindings()].flatMap(([other, binding]) => (binding.value.kind === 'model' ? [other] : []));
  const what = value ? describe(value) : 'not declared here';
  const slots = { name, what, known, suggestion: nearest(name, known) };
  return {
    model: undefined,
    diagnostics: [...e.diagnostics, report('EBM2072', slots, { span: modelSpan })],
  };
}
