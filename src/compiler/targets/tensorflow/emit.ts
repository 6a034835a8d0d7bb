/**
 * The TensorFlow target: a program as a SavedModel whose signatures share one session's variables.
 * `init`, `step` (and its `compiled.step` where that is asked for; the data fields and `rate`; of a program in micro-batches, its passes `micro.0`, `micro.1`, …, instead), `represent`, `epoch.gather` and `epoch.update` where epochs begin with something, `represent_views`, `pair_energies` and `energy.<name>` (fields), `read` and `write`. Those
 * that draw random numbers take `draws.seed` (an int32) and `draws.step` (the step's number as two int32 words, the low one first)
 * besides. There is no `variables/` folder: `init` or `write` comes first.
 */

import { type AdamwAttrs, adamwArguments } from '../../graph/ops/optimizer-steps.js';
import { splat } from '../../graph/simplify.js';
import type { Graph, Node, Program, StateDecl, TensorType } from '../../graph/types.js';
import { distinctNames } from '../distinct-names.js';
import { findRegions } from './fuse/regions.js';
import { dataType, GraphDef, shapeProto } from './graph-def.js';
import { type LoweringOptions, lowerGraph, rowsWritten, type Sources } from './lower.js';
import { encodeSavedModel } from './proto.js';
import {
  compiledSignature,
  drawInputs,
  epochSignatures,
  microSignature,
  predictMethod,
  producer,
  scratchSignature,
  servingTag,
} from './signatures.js';

export interface TensorflowManifest {
  readonly batch: number;
  /** Signature → names of its inputs, for callers that must give each exactly once. */
  readonly signatures: Readonly<
    Record<string, { readonly inputs: readonly string[]; readonly outputs: readonly string[] }>
  >;
}

export interface TensorflowOutput {
  /** `saved_model.pb`. */
  readonly files: Readonly<Record<string, Uint8Array>>;
  readonly manifest: TensorflowManifest;
}

interface Tensor {
  readonly tensor: string;
  readonly type: TensorType;
}

interface Signature {
  readonly inputs: Readonly<Record<string, Tensor>>;
  readonly outputs: Readonly<Record<string, Tensor>>;
}

const seedType: TensorType = { dtype: 'int32', shape: [] };
const stepType: TensorType = { dtype: 'int32', shape: [2] };
const doneType: TensorType = { dtype: 'bool', shape: [] };

export interface TensorflowOptions {
  /** Have what lies between a step's products compiled by TensorFlow as the step is first taken: for CPUs. Not in what others are to load. */
  readonly fused?: boolean;
  /**
   * For sessions that compile what they run, on GPUs: a step is there a second time to be compiled (`compiledSignature`), and all else is
   * marked as not to be.
   */
  readonly compiled?: boolean;
}

export function emitTensorflow(
  program: Program,
  { fused = false, compiled = false }: TensorflowOptions = {},
): TensorflowOutput {
  const emitter = new Emitter(program, fused, compiled);
  const signatures: Record<string, Signature> = {
    init: emitter.call('init', program.init),
    ...(program.micro ? {} : emitter.train('step', 'step', program.step)),
    represent: emitter.call('represent', program.represent),
    read: emitter.read(),
    write: emitter.write(),
  };
  if (program.representViews) signatures['represent_views'] = emitter.call('represent_views', program.representViews);
  if (program.pairEnergies) signatures['pair_energies'] = emitter.call('pair_energies', program.pairEnergies);
  if (program.epoch?.gather) signatures[epochSignatures.gather] = emitter.call('epoch/gather', program.epoch.gather);
  if (program.epoch) signatures[epochSignatures.update] = emitter.call('epoch/update', program.epoch.update);
  if (program.micro) signatures[scratchSignature] = emitter.prepareScratch(program.micro.scratch);
  program.micro?.passes.forEach(({ graph }, i) => {
    Object.assign(signatures, emitter.train(microSignature(i), `micro/${graph.name}`, graph));
  });
  const plain = distinctNames(Object.keys(program.energies), (name) =>
    name.replace(/\W+/g, '_').replace(/(?<=.)_$/, ''),
  );
  for (const [name, graph] of Object.entries(program.energies))
    signatures[`energy.${plain.get(name)!}`] = emitter.call(`energy/${plain.get(name)!}`, graph);
  const message = {
    savedModelSchemaVersion: 1,
    metaGraphs: [
      {
        metaInfoDef: { metaGraphVersion: `ebmc ${program.model}`, tags: [servingTag], tensorflowVersion: '2.11.0' },
        graphDef: {
          node: emitter.to.nodes,
          library: { function: emitter.to.functions },
          versions: { producer, minConsumer: 0 },
        },
        signatureDef: Object.fromEntries(Object.entries(signatures).map(([name, s]) => [name, signatureProto(s)])),
      },
    ],
  };
  const names = Object.entries(signatures).map(
    ([name, { inputs, outputs }]) => [name, { inputs: Object.keys(inputs), outputs: Object.keys(outputs) }] as const,
  );
  return {
    files: { 'saved_model.pb': encodeSavedModel(message) },
    manifest: { batch: program.batch, signatures: Object.fromEntries(names) },
  };
}

function signatureProto({ inputs, outputs }: Signature): object {
  const infos = (tensors: Readonly<Record<string, Tensor>>): object =>
    Object.fromEntries(
      Object.entries(tensors).map(([key, { tensor, type }]) => [
        key,
        {
          name: tensor.includes(':') ? tensor : `${tensor}:0`,
          dtype: dataType(type.dtype),
          tensorShape: shapeProto(type.shape.map(Number)),
        },
      ]),
    );
  return { inputs: infos(inputs), outputs: infos(outputs), methodName: predictMethod };
}

class Emitter {
  readonly to = new GraphDef();
  private readonly handles = new Map<string, string>();

  private readonly states: ReadonlyMap<string, StateDecl>;
  private readonly numbers: ReadonlyMap<string, number>;

  constructor(
    private readonly program: Program,
    private readonly fused: boolean,
    private readonly compiled: boolean,
  ) {
    this.to.marks = compiled;
    const states = [...program.states, ...(program.micro?.scratch ?? [])];
    this.states = new Map(states.map((state) => [state.name, state]));
    this.numbers = new Map([...this.states.keys()].map((name, number) => [name, number]));
    for (const { name, type } of states) {
      this.handles.set(
        name,
        this.to.add(`state/${name}`, 'VarHandleOp', [], {
          dtype: { type: dataType(type.dtype) },
          shape: { shape: shapeProto(type.shape.map(Number)) },
          shared_name: { s: new TextEncoder().encode(name) },
          container: { s: new Uint8Array() },
        }),
      );
    }
  }

  /** As `call`, for what runs many times: the signature of this name, and the compiled one. */
  train(name: string, prefix: string, graph: Graph): Record<string, Signature> {
    const options = this.fused ? { regions: findRegions(graph), onProcessor: true } : {};
    const plain = { [name]: this.call(prefix, graph, options) };
    if (!this.compiled) return plain;
    this.to.marks = false;
    const compiled = { [compiledSignature(name)]: this.call(`compiled/${prefix}`, graph) };
    this.to.marks = true;
    return { ...plain, ...compiled };
  }

  /** A graph as a signature: its inputs and where random numbers come from, its outputs, and updates that happen with them. */
  call(prefix: string, graph: Graph, options: LoweringOptions = {}): Signature {
    const inputs: Record<string, Tensor> = {};
    const placeholder = (name: string, type: TensorType): string => {
      inputs[name] ??= { tensor: this.placeholder(`${prefix}/${name}`, type), type };
      return inputs[name].tensor;
    };
    for (const node of graph.inputs) placeholder(inputName(node), node.type);
    const reads = new Map<string, string>();
    const stepped = new Map<string, string>();
    const rowReads = new Map<string, string[]>();
    const sources: Sources = {
      input: (node) => placeholder(inputName(node), node.type),
      state: (name) => {
        const read = reads.get(name) ?? this.readState(`${prefix}/read/${name}`, name);
        reads.set(name, read);
        return read;
      },
      stepped: (name) => {
        const read = `${prefix}/stepped/${name}`;
        return (
          stepped.get(name) ?? remember(stepped, name, this.readState(read, name, [this.writePlace(prefix, name)]))
        );
      },
      rows: (name, index) => {
        if (this.states.get(name)?.role !== 'scratch') return undefined;
        const rows = this.takeRows(`${prefix}/rows/${name}`, name, index);
        rowReads.set(name, [...(rowReads.get(name) ?? []), rows]);
        return rows;
      },
      seed: () => placeholder(drawInputs.seed, seedType),
      step: () =>
        prefix === 'init' ? this.to.constant(prefix, [0, 0], [2], 'int32') : placeholder(drawInputs.step, stepType),
    };
    const tensorOf = lowerGraph(this.to, graph, prefix, sources, options);
    const assigned = Object.entries(graph.updates).flatMap(([name, node]) => {
      if (isAdamwStep(node)) return this.adamwStep(this.writePlace(prefix, name), name, node, tensorOf, reads);
      const rows = rowsWritten(name, node);
      const place = this.writePlace(prefix, name);
      const [value, index] = rows ? [tensorOf(rows.rows), tensorOf(rows.index)] : [tensorOf(node), undefined];
      const before = [...(reads.has(name) ? [reads.get(name)!] : []), ...(rowReads.get(name) ?? [])];
      return index === undefined
        ? this.assign(place, name, value, before)
        : this.writeRows(place, name, index, value, before);
    });
    const outputs = Object.fromEntries(
      Object.entries(graph.outputs).map(([name, node]) => [
        name,
        { tensor: this.after(`${prefix}/result/${name}`, tensorOf(node), node.type, assigned), type: node.type },
      ]),
    );
    return { inputs, outputs: Object.keys(outputs).length > 0 ? outputs : { done: this.done(prefix, assigned) } };
  }

  read(): Signature {
    const outputs = this.program.states.map(({ name, type }) => {
      const tensor = this.after(`read/result/${name}`, this.readState(`read/${name}`, name), type, []);
      return [name, { tensor, type }] as const;
    });
    return { inputs: {}, outputs: outputs.length > 0 ? Object.fromEntries(outputs) : { done: this.done('read', []) } };
  }

  write(): Signature {
    const inputs: Record<string, Tensor> = {};
    const assigned = this.program.states.map(({ name, type }) => {
      const tensor = this.placeholder(`write/value/${name}`, type);
      inputs[name] = { tensor, type };
      return this.assign(`write/${name}`, name, tensor, []);
    });
    return { inputs, outputs: { done: this.done('write', assigned) } };
  }

  /** Gives every scratch state a value, since rows are written into what is there. */
  prepareScratch(scratch: readonly StateDecl[]): Signature {
    const assigned = scratch.map(({ name, type }) => {
      const zeros = this.to.constant('micro/prepare', 0, type.shape.map(Number), type.dtype);
      return this.assign(`micro/prepare/${name}`, name, zeros, []);
    });
    return { inputs: {}, outputs: { done: this.done('micro/prepare', assigned) } };
  }

  private placeholder(name: string, type: TensorType): string {
    return this.to.add(name, 'Placeholder', [], {
      dtype: { type: dataType(type.dtype) },
      shape: { shape: shapeProto(type.shape.map(Number)) },
    });
  }

  /** The operation that gives a state its new value; numbered, since names that differ in case alone are one to TensorFlow. */
  private writePlace(prefix: string, state: string): string {
    return `${prefix}/write/${this.numbers.get(state)}/${state}`;
  }

  private handle(state: string): string {
    const handle = this.handles.get(state);
    if (handle === undefined) throw new Error(`no state ${state}`);
    return handle;
  }

  private readState(name: string, state: string, after: readonly string[] = []): string {
    const { dtype } = this.states.get(state)!.type;
    const inputs = [this.handle(state), ...after.map((node) => `^${node}`)];
    return this.to.add(name, 'ReadVariableOp', inputs, { dtype: { type: dataType(dtype) } });
  }

  /** Gives a state its new value once the old one was read. */
  private assign(name: string, state: string, value: string, after: readonly string[]): string {
    const { dtype } = this.states.get(state)!.type;
    const inputs = [this.handle(state), value, ...after.map((node) => `^${node}`)];
    return this.to.add(name, 'AssignVariableOp', inputs, { dtype: { type: dataType(dtype) } });
  }

  /**
   * The three updates of a step of AdamW at once, in place, where the parameter is met; nothing for its averages. TensorFlow's kernel
   * computes p - α m / (√v + ε): with α and ε times √(1 - β₂ᵗ) that is ours, and the decay comes before.
   */
  private adamwStep(
    place: string,
    state: string,
    node: Node,
    tensorOf: (node: Node) => string,
    reads: ReadonlyMap<string, string>,
  ): string[] {
    const { beta1, beta2, eps, of } = node.attrs as unknown as AdamwAttrs;
    if (of !== 'parameter') return [];
    const args = adamwArguments(node.args);
    const T = { T: { type: 'float32' } } as const;
    const scalar = (value: number): string => this.to.constant(place, value, [], 'float32');
    const root = tensorOf(args.rootCorrection);
    const rate = this.to.share(`${place}/rate`, 'Mul', [tensorOf(args.stepSize), root], T);
    const epsilon = this.to.share(`${place}/epsilon`, 'Mul', [scalar(eps), root], T);
    const decayed = splat(args.keep) === 1 ? [] : [this.decay(place, state, args, tensorOf)];
    const before = [...decayed, ...(reads.has(state) ? [reads.get(state)!] : [])];
    const handles = [args.parameter, args.mean, args.square].map(({ attrs }) => this.handle(String(attrs['name'])));
    const powers = [scalar(0), scalar(0)];
    const inputs = [...handles, ...powers, rate, scalar(beta1), scalar(beta2), epsilon, tensorOf(args.gradient)];
    return [
      this.to.add(place, 'ResourceApplyAdam', [...inputs, ...before.map((name) => `^${name}`)], {
        T: { type: dataType('float32') },
      }),
    ];
  }

  private decay(
    place: string,
    state: string,
    { parameter, keep }: Record<'parameter' | 'keep', Node>,
    tensorOf: (node: Node) => string,
  ): string {
    const T = { T: { type: 'float32' } } as const;
    const value = this.to.share(`${place}/decayed`, 'Mul', [tensorOf(parameter), tensorOf(keep)], T);
    return this.assign(`${place}/decay`, state, value, []);
  }

  /** Rows of a state, without a copy of the others. */
  private takeRows(name: string, state: string, index: string): string {
    const { dtype } = this.states.get(state)!.type;
    return this.to.add(name, 'ResourceGather', [this.handle(state), index], {
      dtype: { type: dataType(dtype) },
      Tindices: { type: dataType('int32') },
    });
  }

  private writeRows(name: string, state: string, index: string, rows: string, after: readonly string[]): string {
    const { dtype } = this.states.get(state)!.type;
    const inputs = [this.handle(state), index, rows, ...after.map((node) => `^${node}`)];
    return this.to.add(name, 'ResourceScatterUpdate', inputs, {
      dtype: { type: dataType(dtype) },
      Tindices: { type: dataType('int32') },
    });
  }

  /** A value that is not there before these operations are done. */
  private after(name: string, value: string, type: TensorType, operations: readonly string[]): string {
    const inputs = [value, ...operations.map((node) => `^${node}`)];
    return this.to.add(name, 'Identity', inputs, { T: { type: dataType(type.dtype) } });
  }

  private done(prefix: string, operations: readonly string[]): Tensor {
    const yes = this.to.constant(prefix, 1, [], 'bool');
    return { tensor: this.after(`${prefix}/done`, yes, doneType, operations), type: doneType };
  }
}

function remember<K, V>(map: Map<K, V>, key: K, value: V): V {
  map.set(key, value);
  return value;
}

/** Whether an update is a step of AdamW on states as they are, which a kernel does in place. */
function isAdamwStep(node: Node): boolean {
  if (node.op !== 'adamw_step') return false;
  const { parameter, mean, square } = adamwArguments(node.args);
  return [parameter, mean, square].every(({ op }) => op === 'state');
}

function inputName(node: Node): string {
  return String(node.attrs['name']);
}
