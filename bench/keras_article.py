"""The walkthrough in Keras, as a Keras user writes it. Prints one JSON line with the seconds of each stage.

Usage: keras_article.py ARCHIVE WEIGHTS EPOCHS true|false, with the names of the images as JSON on stdin.
The last argument is Keras's `jit_compile` for all models.
"""

import time

started = time.perf_counter()

import glob
import json
import resource
import sys
import zipfile

import keras
import numpy as np
import tensorflow as tf
from keras import layers
from keras_models import *

stages = {"import": time.perf_counter() - started}
epochs = int(sys.argv[3])
jit_compile = sys.argv[4] == "true"


def timed(stage, action):
    start = time.perf_counter()
    result = action()
    stages[stage] = time.perf_counter() - start
    return result


def train(model, *data, validation):
    compile_model(model, jit_compile)
    return model.fit(*data, epochs=epochs, validation_data=validation, verbose=0).history


dataset = timed("read", read_examples)
shuffled = dataset.shuffle(1000, seed=42)
count = len(names) * 4 // 5
train_batches = to_batches(shuffled.take(count))
test_batches = to_batches(shuffled.skip(count))
model = timed("build", build_transfer_model)
# Linux knows threads by name. Later, the data set has some of its own.
threads = [open(file).read() for file in glob.glob("/proc/self/task/*/comm")]
history = timed("transfer", lambda: train(model, train_batches, validation=test_batches))
evaluation = timed("evaluate", lambda: model.evaluate(test_batches, verbose=0))
scratch = build_scratch_model()
scratch_history = timed("scratch", lambda: train(scratch, train_batches, validation=test_batches))
scratch.evaluate(test_batches, verbose=0)
stages["article"] = time.perf_counter() - started
memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024

# Measurements beyond the walkthrough.
images = timed("load", lambda: tf.concat([batch for batch, _ in to_batches(dataset)], 0))
base = model.layers[0]
base.compile(jit_compile=jit_compile)
base.predict(images[:32], verbose=0)
timed("features", lambda: base.predict(images, verbose=0))


def predict_file(name):
    with zipfile.ZipFile(archive) as images:
        image, _ = preprocess(images.read(name), 0)
    return model.predict(image[None], verbose=0)


predict_file(names[0])
one = []
for name in names[:20]:
    timed("predict_one", lambda: predict_file(name))
    one.append(stages["predict_one"])
stages["predict_one"] = sorted(one)[len(one) // 2]
timed("predict_all", lambda: model.predict(to_batches(dataset), verbose=0))

# Keras as an expert writes it: features are computed once, and photos decoded once.
extractor = keras.Sequential([base, layers.GlobalAveragePooling2D()])
extractor.compile(jit_compile=jit_compile)
head = keras.Sequential(head_layers())
targets = np.array(labels)


def train_head():
    features = extractor.predict(to_batches(dataset), verbose=0)
    test = (features[count:], targets[count:])
    timed("head", lambda: train(head, features[:count], targets[:count], validation=test))


timed("transfer_expert", train_head)
expert_scratch = build_scratch_model()
decoded = [decode(part).cache() for part in (dataset.take(count), dataset.skip(count))]
expert_train, expert_test = [
    part.batch(32).prefetch(tf.data.AUTOTUNE) for part in (decoded[0].shuffle(count), decoded[1])
]
timed("scratch_expert", lambda: train(expert_scratch, expert_train, validation=expert_test))
timed("evaluate_fresh", lambda: model.evaluate(test_batches, verbose=0))

print(
    json.dumps(
        {
            "stages": stages,
            "memory": memory,
            "threads": sum(name.startswith("tf_Compute") for name in threads) or None,
            "versions": {"tensorflow": tf.__version__, "keras": keras.__version__},
            "val_accuracy": history["val_accuracy"],
            "scratch_val_accuracy": scratch_history["val_accuracy"],
        }
    )
)
