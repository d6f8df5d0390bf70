"""Prints the seconds of a training step of the network from scratch, with each setting of Keras's `jit_compile`, as JSON,
and which of them Keras chooses itself ("auto").

Usage: keras_jit.py ARCHIVE WEIGHTS, with the names of the images as JSON on stdin.
"""

import json
import statistics
import time

from keras_models import build_scratch_model, compile_model, read_examples, to_batches

models = {True: build_scratch_model(), False: build_scratch_model()}
for jit_compile, model in models.items():
    compile_model(model, jit_compile)

# In turns, so that whatever else the machine does slows both.
seconds = {jit_compile: [] for jit_compile in models}
for images, labels in to_batches(read_examples().take(24 * 32)):
    for jit_compile, model in models.items():
        start = time.perf_counter()
        model.train_on_batch(images, labels)
        seconds[jit_compile].append(time.perf_counter() - start)

# The first steps include tracing and compiling.
medians = {jit_compile: statistics.median(steps[4:]) for jit_compile, steps in seconds.items()}
compile_model(model, "auto")
print(json.dumps({"seconds": medians, "auto": model.jit_compile}))
