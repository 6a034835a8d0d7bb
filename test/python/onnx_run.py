"""Checks and runs ONNX models: onnx_run.py JOBS.json; prints for each job the outputs, and what the file says of itself, as JSON.

A job: {"model": path, "calls": [{name: {"shape", "dtype", "data"}}]}.
"""

import json
import sys

import numpy as np
import onnx
import onnxruntime as ort


def array(value):
    return np.array(value["data"], dtype=value["dtype"]).reshape(value["shape"])


def plain(value):
    return {"shape": list(value.shape), "dtype": str(value.dtype), "data": value.astype(np.float64).ravel().tolist()}


def run(job):
    model = onnx.load(job["model"])
    onnx.checker.check_model(model, full_check=True)
    options = ort.SessionOptions()
    options.log_severity_level = 3
    session = ort.InferenceSession(job["model"], options, providers=["CPUExecutionProvider"])
    outputs = [[plain(value) for value in session.run(None, {k: array(v) for k, v in call.items()})] for call in job["calls"]]
    return {
        "outputs": outputs,
        "inputs": {i.name: [i.type, i.shape] for i in session.get_inputs()},
        "results": {o.name: [o.type, o.shape] for o in session.get_outputs()},
        "doc": {v.name: v.doc_string for v in [*model.graph.input, *model.graph.output]},
        "metadata": {p.key: p.value for p in model.metadata_props},
        "operations": sorted({node.op_type for node in model.graph.node}),
    }


with open(sys.argv[1]) as file:
    print(json.dumps([run(job) for job in json.load(file)]))
