/**
 * tfjs-node gives TensorFlow the memory of JavaScript's arrays, and lets go of it through Node-API on whichever of TensorFlow's threads
 * drops the last reference. Node-API is for JavaScript's thread alone: in a session, whose variables keep what they are given, that
 * corrupts the heap. The binding is compiled with tensors that have memory of their own instead.
 */
import { type Edit, editSource } from './edit-source.js';

const edits: readonly Edit[] = [
  [
    /NapiAutoRef \*auto_ref = new NapiAutoRef\(\);\s+nstatus = auto_ref->Init\(env, array_value\);\s+if \(nstatus != napi_ok\) \{\s+delete auto_ref;\s+\}\s+ENSURE_NAPI_OK_RETVAL\(env, nstatus, nullptr\);/,
    'NapiAutoRef *auto_ref = nullptr;',
  ],
  [
    /TF_AutoTensor tensor\(TF_NewTensor\(dtype, shape, shape_length, array_data,\s+byte_size, DeallocTensor, auto_ref\)\);/,
    `TF_AutoTensor tensor(TF_AllocateTensor(dtype, shape, shape_length, byte_size));
  if (byte_size > 0) memcpy(TF_TensorData(tensor.tensor), array_data, byte_size);`,
  ],
  [/#include "tfjs_backend\.h"/, '#include "tfjs_backend.h"\n#include <cstring>'],
];

/** The text of tfjs-node's tfjs_backend.cc with tensors that copy what they are made from. */
export function withOwnMemory(text: string): string {
  return editSource(text, edits);
}
