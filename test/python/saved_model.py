"""Loads a SavedModel of ebmc's with TensorFlow and trains: saved_model.py FOLDER v1|v2 rewritten|plain STEPS; prints what it saw as JSON.

`plain` runs the graph as it is, without TensorFlow's own rewriting, as ebmc's sessions do.
"""

import json
import os
import sys

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import numpy as np
import tensorflow as tf

folder, how, is_plain, steps = sys.argv[1], sys.argv[2], sys.argv[3] == "plain", int(sys.argv[4])


def signatures_v2():
    tf.config.optimizer.set_experimental_options({"disable_meta_optimizer": is_plain})
    loaded = tf.saved_model.load(folder, tags=["serve"])

    def call(name, **inputs):
        wanted = loaded.signatures[name].structured_input_signature[1]
        given = {key: tf.constant(value) for key, value in inputs.items() if key in wanted}
        return {key: value.numpy() for key, value in loaded.signatures[name](**given).items()}

    return call


def signatures_v1():
    v1 = tf.compat.v1
    config = v1.ConfigProto()
    config.graph_options.rewrite_options.disable_meta_optimizer = is_plain
    session = v1.Session(graph=tf.Graph(), config=config)
    with session.graph.as_default():
        meta = v1.saved_model.load(session, ["serve"], folder)

    def call(name, **inputs):
        signature = meta.signature_def[name]
        feeds = {signature.inputs[key].name: value for key, value in inputs.items() if key in signature.inputs}
        return session.run({key: info.name for key, info in signature.outputs.items()}, feeds)

    return call


call = signatures_v1() if how == "v1" else signatures_v2()
x = (0.5 + 0.5 * np.sin(np.arange(16 * 784) * 0.013)).astype(np.float32).reshape(16, 28, 28, 1)
draws = {"draws.seed": np.int32(3)}
call("init", **draws)
losses = []
for step in range(steps):
    at = {"draws.step": np.array([step, 0], np.int32)}
    losses.append(float(call("step", x=x, rate=np.float32(0.05), **draws, **at)["loss"]))
states = {name: np.asarray(value).ravel().tolist() for name, value in call("read").items()}
represented = np.asarray(call("represent", x=x, **draws)["representation"])
print(json.dumps({"losses": losses, "states": states, "representation": represented.ravel().tolist()}))
