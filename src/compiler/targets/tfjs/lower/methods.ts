/** The graphs of a program as methods of the generated class. */
import { scheduleGraph } from '../../../graph/schedule.js';
import { type Graph, type Node, type Program, scalarInputs } from '../../../graph/types.js';
import { distinctNames } from '../../distinct-names.js';
import { supportText } from '../support-text.js';
import { type Body, lowerBody } from './body.js';
import { camelCase, Names, upperFirst } from './names.js';

export interface Method {
  readonly name: string;
  readonly doc: string;
  readonly parameters: readonly { readonly name: string; readonly type: string }[];
  readonly returns: string;
  /** Statements; `$Model` stands for the class's name. */
  readonly lines: readonly string[];
  readonly body: Body;
  /** The energy that the method computes. */
  readonly energy?: string;
}

export function lowerMethods(program: Program, checks: boolean): readonly Method[] {
  const energyMethods = distinctNames(Object.keys(program.energies), (name) =>
    /^energy/i.test(name) ? camelCase(name) : `energy${upperFirst(camelCase(name))}`,
  );
  const others = [
    lowerStep(program, checks),
    ...(program.epoch?.gather ? [lowerGather(program.epoch.gather, checks)] : []),
    ...(program.epoch ? [lowerEpoch(program.epoch.update, checks)] : []),
    lowerRepresent('represent', 'What the model makes of a batch: one row an example.', program.represent, checks),
    ...(program.representViews
      ? [
          lowerRepresent(
            'representViews',
            'What it makes of two views of each example.',
            program.representViews,
            checks,
          ),
        ]
      : []),
    ...(program.pairEnergies
      ? [
          lowerRepresent(
            'pairEnergies',
            'The energy of a compatible pair of each example, and of its first with those of the next example.',
            program.pairEnergies,
            checks,
          ),
        ]
      : []),
    ...Object.entries(program.energies).map(([name, graph]) =>
      lowerEnergy(name, energyMethods.get(name)!, graph, checks),
    ),
  ];
  return [lowerInit(program, others, checks), ...others];
}

function lowerInit(program: Program, others: readonly Method[], checks: boolean): Method {
  const { body, updates } = lowerGraph(program.init, checks);
  const draws = [body, ...others.map((method) => method.body)].some(({ support }) => support.has('Draws'));
  return {
    name: 'init',
    doc: 'Gives every state its first value, drawn from the seed, and starts again at step 0.',
    parameters: [{ name: draws ? 'seed' : '_seed', type: 'number' }],
    returns: 'void',
    lines: [
      ...(draws ? ['this.seed = seed;'] : []),
      'this.stepNumber = 0;',
      ...opening(body),
      ...body.lines,
      '',
      ...(updates.length > 0 ? replacement(updates) : ['this.values = {};']),
    ],
    body,
  };
}

const progressLine =
  'const progressTensor = tf.scalar(Math.min(1, this.stepNumber / Math.max(1, this.plannedSteps - 1)));';

function lowerStep(program: Program, checks: boolean): Method {
  const graph = program.step;
  const { body, outputs, updates } = lowerGraph(graph, checks);
  const scalars = graph.inputs.filter((node) => scalarInputs.includes(String(node.attrs['name'])));
  const usesRate = body.lines.some((line) => line.includes('rateTensor'));
  const usesProgress = body.lines.some((line) => line.includes('progressTensor'));
  const hasFields = graph.inputs.length > scalars.length;
  const usesFields = usesBatch(body);
  return {
    name: 'step',
    doc: "One step of training at the learning rate `rate`. The scalars it returns are the caller's to dispose.",
    parameters: [
      { name: usesFields ? 'batch' : '_batch', type: hasFields ? '$ModelBatch' : 'object' },
      { name: usesRate ? 'rate' : '_rate', type: 'number' },
    ],
    returns: '$ModelMetrics',
    lines: [
      ...opening(body),
      ...(usesRate ? ['const rateTensor = tf.scalar(rate);'] : []),
      ...(usesProgress ? [progressLine] : []),
      ...body.lines,
      ...(usesRate ? ['rateTensor.dispose();'] : []),
      ...(usesProgress ? ['progressTensor.dispose();'] : []),
      '',
      ...replacement(updates),
      'this.stepNumber += 1;',
      ...wrapRecord(
        'return {',
        outputs.map(([key, text]) => `${quoteKey(key)}: ${text} as tf.Scalar`),
        '};',
      ),
    ],
    body,
  };
}

/** Values of a batch of examples, by the names that `beginEpoch` takes them under. */
function lowerGather(graph: Graph, checks: boolean): Method {
  const { body, outputs } = lowerGraph(graph, checks);
  return {
    name: 'gather',
    doc: 'What the beginning of an epoch needs of a batch of examples: one row an example.',
    parameters: [{ name: usesBatch(body) ? 'batch' : '_batch', type: fieldsType(graph) }],
    returns: '{ readonly [name: string]: tf.Tensor }',
    lines: [
      ...opening(body),
      ...body.lines,
      '',
      ...wrapRecord(
        'return {',
        outputs.map(([key, text]) => `${quoteKey(key)}: ${text}`),
        '};',
      ),
    ],
    body,
  };
}

function lowerEpoch(graph: Graph, checks: boolean): Method {
  const { body, updates } = lowerGraph(graph, checks);
  return {
    name: 'beginEpoch',
    doc: 'Changes states as an epoch begins. What `gather` gave is taken one batch below the other, as many rows as are wanted.',
    parameters: [{ name: usesBatch(body) ? 'batch' : '_batch', type: '{ readonly [name: string]: tf.Tensor }' }],
    returns: 'void',
    lines: [...opening(body), ...body.lines, '', ...replacement(updates)],
    body,
  };
}

function lowerRepresent(name: string, doc: string, graph: Graph, checks: boolean): Method {
  return lowerFunction(name, doc, graph, fieldsType(graph), checks);
}

function fieldsType(graph: Graph): string {
  const fields = graph.inputs.map((node) => String(node.attrs['name']));
  return `Pick<$ModelBatch, ${fields.map((field) => `'${field}'`).join(' | ') || 'never'}>`;
}

function usesBatch(body: Body): boolean {
  return body.lines.some((line) => /\bbatch[.[]/.test(line));
}

function lowerEnergy(name: string, method: string, graph: Graph, checks: boolean): Method {
  const fields = graph.inputs.map(
    (node) => `${quoteKey(String(node.attrs['name']))}: tf.Tensor /* [${node.type.shape.join(', ')}] */`,
  );
  return {
    ...lowerFunction(
      method,
      `The energy \`${name}\` of each example.`,
      graph,
      `{ readonly ${fields.join('; readonly ')} }`,
      checks,
    ),
    energy: name,
  };
}

/** A method from a batch to the one output of its graph. */
function lowerFunction(name: string, doc: string, graph: Graph, batchType: string, checks: boolean): Method {
  const { body, outputs } = lowerGraph({ ...graph, updates: {} }, checks);
  const output = Object.values(graph.outputs)[0];
  const shape = output === undefined ? '' : output.type.shape.join(', ');
  const usesFields = usesBatch(body);
  return {
    name,
    doc,
    parameters: graph.inputs.length === 0 ? [] : [{ name: usesFields ? 'batch' : '_batch', type: batchType }],
    returns: `Shaped<[${shape}]>`,
    lines: [...opening(body), ...body.lines, '', `return shaped(${outputs[0]?.[1] ?? ''}, [${shape}]);`],
    body,
  };
}

const supportNames = [...supportText.matchAll(/^export (?:function|class|type) (\w+)/gm)].map(
  (match) => match[1] as string,
);

type Named = readonly (readonly [name: string, text: string])[];

function lowerGraph(graph: Graph, checks: boolean): { body: Body; outputs: Named; updates: Named } {
  const outputs = Object.entries(graph.outputs);
  // A state that keeps its value is left alone.
  const updates = Object.entries(graph.updates).filter(
    ([name, node]) => !(node.op === 'state' && node.attrs['name'] === name),
  );
  const wanted = [...outputs, ...updates].map(([, node]) => node);
  const body = lowerBody(scheduleGraph(graph), wanted, { names: new Names(supportNames), source: sourceText, checks });
  const named = (entries: readonly (readonly [string, Node])[], from: number): Named =>
    entries.map(([name], i) => [name, body.results[from + i] as string]);
  return { body, outputs: named(outputs, 0), updates: named(updates, outputs.length) };
}

function sourceText(node: Node): string {
  const name = String(node.attrs['name']);
  if (node.op === 'input' && scalarInputs.includes(name)) return `${name}Tensor`;
  return member(node.op === 'state' ? 'states' : 'batch', name);
}

/** The line that a body which reads states begins with. */
function opening(body: Body): string[] {
  const states = [...body.lines, ...body.results].some((line) => /\bstates[.[]/.test(line));
  return states ? ['const states = this.states();'] : [];
}

function replacement(updates: Named): string[] {
  if (updates.length === 0) return [];
  return wrapRecord(
    'this.replace({',
    updates.map(([name, text]) => (name === text ? name : `${quoteKey(name)}: ${text}`)),
    '});',
  );
}

function wrapRecord(open: string, rows: readonly string[], close: string): string[] {
  return rows.length === 1 ? [`${open} ${rows[0]} ${close}`] : [open, ...rows.map((row) => `  ${row},`), close];
}

function member(object: string, name: string): string {
  return isIdentifier(name) ? `${object}.${name}` : `${object}['${name}']`;
}

function quoteKey(name: string): string {
  return isIdentifier(name) ? name : `'${name}'`;
}

function isIdentifier(name: string): boolean {
  return /^[A-Za-z_$][\w$]*$/.test(name);
}
