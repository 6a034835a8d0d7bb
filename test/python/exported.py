"""Calls an exported SavedModel as its README says: exported.py FOLDER COUNT; prints the features as JSON."""

import json
import os
import sys

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import numpy as np
import tensorflow as tf

folder, count = sys.argv[1], int(sys.argv[2])
x = (0.5 + 0.5 * np.sin(np.arange(count * 784) * 0.013)).astype(np.float32).reshape(count, 28, 28, 1)
represent = tf.saved_model.load(folder).signatures["serving_default"]
print(json.dumps(represent(x=tf.constant(x))["representation"].numpy().ravel().tolist()))
