"""What TensorFlow Serving does with a model's folder, by TensorFlow's own loader: servable.py BASE < REQUESTS.

BASE holds a folder a version, named by a number; the largest is served, its graph of the tag `serve`. Each signature is checked as Serving does before it lists
it: method, and inputs and outputs that are in the graph with the dtype and shape that they are said to have. Then come the requests, one JSON object a line as its
REST interface takes them (`signature_name`, `inputs` by name), all of one session; an answer a line. The first line is the signatures' metadata.
"""

import json
import os
import sys

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import numpy as np
import tensorflow as tf

base = sys.argv[1]
version = max((name for name in os.listdir(base) if name.isdigit()), key=int)
v1 = tf.compat.v1
session = v1.Session(graph=tf.Graph())
with session.graph.as_default():
    signatures = v1.saved_model.load(session, [v1.saved_model.tag_constants.SERVING], os.path.join(base, version)).signature_def


def checked(infos):
    found = {}
    for name, info in infos.items():
        tensor = session.graph.get_tensor_by_name(info.name)
        dtype, shape = tf.as_dtype(info.dtype), [dim.size for dim in info.tensor_shape.dim]
        assert tensor.dtype == dtype, f"{name}: {tensor.dtype} is not {dtype}"
        assert tensor.shape.is_compatible_with([None if size < 0 else size for size in shape]), f"{name}: {tensor.shape} is not {shape}"
        found[name] = {"dtype": dtype.name, "shape": shape}
    return found


metadata = {}
for name, signature in signatures.items():
    if name == "__saved_model_init_op":
        continue
    assert signature.method_name == v1.saved_model.signature_constants.PREDICT_METHOD_NAME, f"{name}: {signature.method_name}"
    metadata[name] = {"inputs": checked(signature.inputs), "outputs": checked(signature.outputs)}
print(json.dumps({"version": int(version), "signatures": metadata}))
for line in sys.stdin:
    request = json.loads(line)
    signature = signatures[request.get("signature_name", "serving_default")]
    given = request["inputs"]
    assert set(given) == set(signature.inputs), f"wanted {sorted(signature.inputs)}, got {sorted(given)}"
    feeds = {info.name: np.array(given[name], tf.as_dtype(info.dtype).as_numpy_dtype) for name, info in signature.inputs.items()}
    outputs = session.run({name: info.name for name, info in signature.outputs.items()}, feeds)
    print(json.dumps({"outputs": {name: np.asarray(value).tolist() for name, value in outputs.items()}}))
