"""Prints the seconds for the features of the photos in Keras, OpenVINO and ONNX Runtime as JSON.

Usage: keras_marks.py ARCHIVE WEIGHTS FOLDER THREADS, with the names of the images as JSON on stdin.
FOLDER gets the exported models. The fastest of three passes counts, and in Keras the faster `jit_compile`.
"""

import json
import sys
import time

import numpy as np
import onnxruntime
import openvino
import tensorflow as tf
from keras_models import load_base, read_examples, to_batches

folder, threads = sys.argv[3], int(sys.argv[4])
images = tf.concat([batch for batch, _ in to_batches(read_examples())], 0).numpy()
batches = [images[i : i + 32] for i in range(0, len(images), 32)]
base = load_base()


def measure(predict):
    for batch in (batches[0], batches[-1]):  # compiles for both sizes
        predict(batch)
    seconds = []
    for _ in range(3):
        start = time.perf_counter()
        features = np.concatenate([predict(batch) for batch in batches])
        seconds.append(time.perf_counter() - start)
    return min(seconds), features


def in_keras(jit_compile):
    base.compile(jit_compile=jit_compile)
    return measure(base.predict_on_batch)


base.export(f"{folder}/saved_model", verbose=False)
core = openvino.Core()
settings = {
    "INFERENCE_NUM_THREADS": threads,
    "INFERENCE_PRECISION_HINT": "f32",
    "PERFORMANCE_HINT": "LATENCY",
}
compiled = core.compile_model(f"{folder}/saved_model", "CPU", settings)

base.export(f"{folder}/model.onnx", format="onnx", verbose=False)
options = onnxruntime.SessionOptions()
options.intra_op_num_threads = threads
session = onnxruntime.InferenceSession(
    f"{folder}/model.onnx", options, providers=["CPUExecutionProvider"]
)
(image,) = session.get_inputs()

keras_seconds, expected = min(map(in_keras, (True, False)), key=lambda run: run[0])
marks = {"keras": keras_seconds}
for name, predict in {
    "openvino": lambda batch: compiled(batch)[0],
    "onnxruntime": lambda batch: session.run(None, {image.name: batch})[0],
}.items():
    marks[name], features = measure(predict)
    difference = float(np.abs(features - expected).max())
    if not difference <= 1e-3:
        sys.exit(f"The features of {name} differ from Keras's by {difference:.2g}.")
print(json.dumps(marks))
