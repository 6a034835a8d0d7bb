/** ONNX's public format as far as a model of one graph needs it, with its field numbers (onnx/onnx.proto3, IR version 8). */
import protobuf from 'protobufjs';

const text = `
syntax = "proto3";
package onnx;

message ModelProto {
  int64 ir_version = 1;
  string producer_name = 2;
  string producer_version = 3;
  string doc_string = 6;
  GraphProto graph = 7;
  repeated OperatorSetIdProto opset_import = 8;
  repeated StringStringEntryProto metadata_props = 14;
}

message OperatorSetIdProto {
  string domain = 1;
  int64 version = 2;
}

message StringStringEntryProto {
  string key = 1;
  string value = 2;
}

message GraphProto {
  repeated NodeProto node = 1;
  string name = 2;
  repeated TensorProto initializer = 5;
  repeated ValueInfoProto input = 11;
  repeated ValueInfoProto output = 12;
}

message NodeProto {
  repeated string input = 1;
  repeated string output = 2;
  string name = 3;
  string op_type = 4;
  repeated AttributeProto attribute = 5;
}

message AttributeProto {
  string name = 1;
  float f = 2;
  int64 i = 3;
  bytes s = 4;
  repeated int64 ints = 8;
  AttributeType type = 20;
}

enum AttributeType {
  UNDEFINED = 0;
  FLOAT = 1;
  INT = 2;
  STRING = 3;
  INTS = 7;
}

message TensorProto {
  repeated int64 dims = 1;
  DataType data_type = 2;
  string name = 8;
  bytes raw_data = 9;
}

enum DataType {
  NONE = 0;
  float32 = 1;
  int32 = 6;
  int64 = 7;
  bool = 9;
}

message ValueInfoProto {
  string name = 1;
  TypeProto type = 2;
  string doc_string = 3;
}

message TypeProto {
  message Tensor {
    DataType elem_type = 1;
    TensorShapeProto shape = 2;
  }
  Tensor tensor_type = 1;
}

message TensorShapeProto {
  message Dimension {
    oneof value {
      int64 dim_value = 1;
      string dim_param = 2;
    }
  }
  repeated Dimension dim = 1;
}
`;

const { root } = protobuf.parse(text);

/** A ModelProto, from plain objects with the fields' names in camel case, as the bytes of an `.onnx` file. */
export function encodeModel(message: object): Uint8Array {
  const type = root.lookupType('onnx.ModelProto');
  return type.encode(type.fromObject(message)).finish();
}

/** The number of an element type, as `Cast` wants it. */
export function typeNumber(type: string): number {
  return root.lookupEnum('onnx.DataType').values[type]!;
}
