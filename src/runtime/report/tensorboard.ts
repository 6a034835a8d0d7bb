/** A run's metrics as an event file that TensorBoard reads. */
import protobuf from 'protobufjs';
import type { StepMetrics } from '../train/index.js';
import { encodeRecord } from './tf-record.js';

/** As much of tensorflow/core/util/event.proto and framework/summary.proto as scalars and texts need, with their field numbers. */
const text = `
syntax = "proto3";
package tensorflow;

message Event {
  double wall_time = 1;
  int64 step = 2;
  oneof what {
    string file_version = 3;
    Summary summary = 5;
  }
}

message Summary {
  message Value {
    string tag = 1;
    SummaryMetadata metadata = 9;
    oneof value {
      float simple_value = 2;
      TensorProto tensor = 8;
    }
  }
  repeated Value value = 1;
}

message SummaryMetadata {
  message PluginData {
    string plugin_name = 1;
    bytes content = 2;
  }
  PluginData plugin_data = 1;
  string display_name = 2;
}

message TensorProto {
  int32 dtype = 1;
  TensorShapeProto tensor_shape = 2;
  repeated bytes string_val = 8;
}

message TensorShapeProto {
  message Dim {
    int64 size = 1;
  }
  repeated Dim dim = 2;
}
`;

const stringType = 7;

let event: protobuf.Type | undefined;

function eventType(): protobuf.Type {
  event ??= protobuf.parse(text, { keepCase: true }).root.lookupType('tensorflow.Event');
  return event;
}

export interface EventOptions {
  /** When the last step was taken, in seconds since 1970: times of the steps before are told from their speeds. */
  readonly end: number;
  readonly batch: number;
  /** Shown as a text: the program. */
  readonly program?: string;
}

/**
 * Loss, terms, rate, speed, gauges and the model's other measurements as scalars.
 *
 * @returns the file's records, to be written one after another.
 */
export function encodeEvents(
  lines: readonly StepMetrics[],
  { end, batch, program }: EventOptions,
): readonly Uint8Array[] {
  const seconds = lines.map(({ examplesPerSecond }) => (examplesPerSecond > 0 ? batch / examplesPerSecond : 0));
  let time = end - seconds.reduce((sum, value) => sum + value, 0);
  const records = [encode({ wall_time: time, file_version: 'brain.Event:2' })];
  if (program !== undefined)
    records.push(encode({ wall_time: time, step: 0, summary: { value: [textValue('program', program)] } }));
  lines.forEach((line, i) => {
    time += seconds[i]!;
    const value = scalarsOf(line)
      .filter(([, scalar]) => !Number.isNaN(scalar))
      .map(([tag, simple_value]) => ({ tag, simple_value }));
    records.push(encode({ wall_time: time, step: line.step, summary: { value } }));
  });
  return records;
}

/** Names with their groups, as TensorBoard folds them. */
function scalarsOf({
  loss,
  terms,
  others,
  rate,
  examplesPerSecond,
  gauges,
}: StepMetrics): readonly (readonly [string, number])[] {
  return [
    ['loss', loss],
    ...Object.entries(terms).map(([name, value]) => [`terms/${name}`, value] as const),
    ...Object.entries(others).map(([name, value]) => [name.replace('.', '/'), value] as const),
    ['training/rate', rate],
    ...(examplesPerSecond > 0 ? [['training/examples per second', examplesPerSecond] as const] : []),
    ...(gauges
      ? [
          ['collapse/spread', gauges.spread] as const,
          ['collapse/smallest spread', gauges.smallestSpread] as const,
          ['collapse/effective rank', gauges.effectiveRank] as const,
        ]
      : []),
  ];
}

function textValue(tag: string, content: string): object {
  return {
    tag,
    metadata: { plugin_data: { plugin_name: 'text' } },
    // Four spaces: TensorBoard shows texts as Markdown.
    tensor: {
      dtype: stringType,
      tensor_shape: {},
      string_val: [Buffer.from(content.trimEnd().replaceAll(/^/gm, '    '))],
    },
  };
}

function encode(value: object): Uint8Array {
  const type = eventType();
  return encodeRecord(type.encode(type.create(value)).finish());
}
