/** The tfjs target: a program as a typed TypeScript module. */
import { type Node, type Program, progressInput, scalarInputs, type TensorType } from '../../graph/types.js';
import { lowerMethods, type Method } from './lower/methods.js';
import { upperFirst } from './lower/names.js';
import { type Class, type ClassMethod, printClass, printDoc } from './print-class.js';
import { supportText } from './support-text.js';

export interface TfjsManifest {
  readonly className: string;
  readonly batch: number;
  readonly inputs: readonly { readonly name: string; readonly shape: readonly number[]; readonly dtype: string }[];
  readonly states: Program['states'];
  readonly metrics: readonly string[];
  /** Energy → the method that computes it. */
  readonly energies: Readonly<Record<string, string>>;
}

export interface TfjsOutput {
  /** File name → text: `model.ts` and the `support.ts` that it imports. */
  readonly files: Readonly<Record<string, string>>;
  readonly manifest: TfjsManifest;
}

export interface TfjsOptions {
  /** Checks every operation's result for numbers that are not finite; for finding where they come from. */
  readonly checks?: boolean;
}

export function emitTfjs(program: Program, options: TfjsOptions = {}): TfjsOutput {
  const methods = lowerMethods(program, options.checks ?? false);
  const manifest = describeProgram(program, methods);
  return { files: { 'model.ts': printModule(program, manifest, methods), 'support.ts': supportText }, manifest };
}

function describeProgram(program: Program, methods: readonly Method[]): TfjsManifest {
  return {
    className: className(program.model),
    batch: program.batch,
    inputs: fieldsOf(program).map((node) => ({
      name: inputName(node),
      shape: literalShape(node.type),
      dtype: node.type.dtype,
    })),
    states: program.states,
    metrics: Object.keys(program.step.outputs),
    energies: Object.fromEntries(methods.flatMap((m) => (m.energy === undefined ? [] : [[m.energy, m.name]]))),
  };
}

function printModule(program: Program, manifest: TfjsManifest, methods: readonly Method[]): string {
  const name = manifest.className;
  const support = new Set(['shaped', ...methods.flatMap((method) => [...method.body.support])]);
  const imports = [...[...support].sort(), 'type Shaped'];
  const parts = [
    printDoc([
      `${program.model}, compiled by ebmc for batches of ${program.batch} examples.`,
      '',
      '`init` gives every state its first value, `step` trains on one batch, `represent` gives what the model has learned to see.',
      'The forward pass, its gradient and the optimizer are written out; every intermediate is disposed after its last use.',
      'Written by a compiler: edit the model, not this file.',
    ]),
    `import * as tf from '@tensorflow/tfjs-core';`,
    wrapList('import { ', imports, " } from './support.js';"),
    `\nexport const batchSize = ${program.batch} as const;`,
    stateTable(program),
    `\n/** The states: parameters, moving averages and what the optimizer remembers. */\n` +
      `export type ${name}States = { readonly [Name in keyof typeof stateShapes]: Shaped<(typeof stateShapes)[Name]> };`,
    ...(manifest.inputs.length === 0 ? [] : [batchInterface(program, manifest)]),
    `\n/** What \`step\` measures. */\nexport type ${name}Metrics = Readonly<Record<${union(manifest.metrics)}, tf.Scalar>>;`,
    '',
    printClass(modelClass(name, methods, support.has('Draws'), hasProgress(program))),
  ];
  return `${parts.join('\n')}\n`;
}

/** On one line where that fits, else one line an item. */
function wrapList(open: string, items: readonly string[], close: string): string {
  const line = `${open}${items.join(', ')}${close}`;
  if (line.length <= 120) return line;
  return [open.trimEnd(), ...items.map((item) => `  ${item},`), close.trimStart()].join('\n');
}

function stateTable(program: Program): string {
  const rows = program.states.map(
    (state) => `  ${quote(state.name)}: [${literalShape(state.type).join(', ')}], // ${describeState(state)}`,
  );
  return ['\n/** Every state with its shape. */', 'export const stateShapes = {', ...rows, '} as const;'].join('\n');
}

function describeState({ role, type }: Program['states'][number]): string {
  return type.dtype === 'float32' ? role : `${role}, ${type.dtype}`;
}

function batchInterface(program: Program, manifest: TfjsManifest): string {
  const rows = manifest.inputs.map(
    (input) => `  readonly ${quote(input.name)}: Shaped<[${input.shape.join(', ')}]>; // ${input.dtype}`,
  );
  const header = `\n/** One batch of data. Give a tensor its type with \`shaped\`. */`;
  return [header, `export interface ${className(program.model)}Batch {`, ...rows, '}'].join('\n');
}

function hasProgress({ step }: Program): boolean {
  return step.inputs.some((node) => inputName(node) === progressInput);
}

function modelClass(name: string, methods: readonly Method[], draws: boolean, progress: boolean): Class {
  const here = (text: string): string => text.replaceAll('$Model', name);
  return {
    name,
    fields: [
      {
        doc: "The next step's number; with the seed it decides every random draw. Set it to go on from a checkpoint.",
        text: 'stepNumber = 0;',
      },
      ...(progress
        ? [
            {
              doc: 'Steps of the whole training: schedules inside the model go by the share that is done.',
              text: 'plannedSteps = 1;',
            },
          ]
        : []),
      ...(draws ? [{ text: 'private seed = 0;' }] : []),
      { text: `private values: ${name}States | undefined;` },
    ],
    methods: [
      ...(draws ? [drawsGetter] : []),
      ...methods.map((method) => ({
        doc: method.doc,
        head: here(
          `${method.name}(${method.parameters.map((p) => `${p.name}: ${p.type}`).join(', ')}): ${method.returns}`,
        ),
        lines: method.lines.map(here),
      })),
      ...stateMethods(name),
    ],
  };
}

const drawsGetter: ClassMethod = {
  doc: "This step's random numbers.",
  head: 'private get draws(): Draws',
  lines: ['return new Draws(this.seed, this.stepNumber);'],
};

function stateMethods(name: string): ClassMethod[] {
  return [
    {
      doc: 'The states as they are now. They belong to the model: the next step disposes them.',
      head: `states(): ${name}States`,
      lines: [
        `if (this.values === undefined) throw new Error('The model has no states yet: call init first.');`,
        'return this.values;',
      ],
    },
    {
      doc: 'Gives one state another value, which is copied.',
      head: `setState(name: keyof ${name}States, value: tf.Tensor): void`,
      lines: ['this.replace({ [name]: tf.clone(shaped(value, stateShapes[name])) });'],
    },
    {
      doc: 'Frees every state.',
      head: 'dispose(): void',
      lines: ['tf.dispose(Object.values(this.values ?? {}));', 'this.values = undefined;'],
    },
    {
      doc: 'Puts new values in place of old ones, which are disposed.',
      head: `private replace(next: Partial<Record<keyof ${name}States, tf.Tensor>>): void`,
      lines: [
        'const before: Partial<Record<string, tf.Tensor>> = this.values ?? {};',
        'for (const [name, value] of Object.entries<tf.Tensor>(next)) {',
        '  tf.keep(value);',
        '  before[name]?.dispose();',
        '}',
        '',
        `this.values = { ...before, ...next } as unknown as ${name}States;`,
      ],
    },
  ];
}

/** The inputs that are data, not the learning rate or the progress: those of a step, and what only a representation or the beginning of an epoch needs. */
function fieldsOf({ step, epoch, represent }: Program): readonly Node[] {
  const fields = new Map<string, Node>();
  for (const node of [...step.inputs, ...represent.inputs, ...(epoch?.gather?.inputs ?? [])])
    if (!scalarInputs.includes(inputName(node)) && !fields.has(inputName(node))) fields.set(inputName(node), node);
  return [...fields.values()];
}

function inputName(node: Node): string {
  return String(node.attrs['name']);
}

function className(model: string): string {
  return upperFirst(model.replace(/[^A-Za-z0-9_]/g, '')) || 'Model';
}

function literalShape(type: TensorType): readonly number[] {
  return type.shape.map(Number);
}

function quote(name: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(name) ? name : `'${name.replaceAll("'", "\\'")}'`;
}

function union(names: readonly string[]): string {
  return names.length === 0 ? 'never' : names.map((name) => `'${name}'`).join(' | ');
}
