/**
 * TensorFlow rewrites a graph before it first runs it (grappler), for up to a second. What that finds is in our graphs already, and some of it is for
 * the worse: a step of a small MAE takes 6 % longer after it. Sessions run graphs as they are written instead.
 */
import { type Edit, editSource } from './edit-source.js';

/** A `ConfigProto` that says `graph_options { rewrite_options { disable_meta_optimizer: true } }`. */
const config = [0x52, 5, 0x52, 3, 0x98, 1, 1];

const edits: readonly Edit[] = [
  [
    /TF_SessionOptions \*session_options = TF_NewSessionOptions\(\);/,
    `TF_SessionOptions *session_options = TF_NewSessionOptions();
  {
    const unsigned char config[] = {${config.join(', ')}};
    TF_AutoStatus config_status;
    TF_SetConfig(session_options, config, sizeof(config), config_status.status);
  }`,
  ],
];

export function withPlainSessions(text: string): string {
  return editSource(text, edits);
}
