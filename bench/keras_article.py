"""The walkthrough in Keras, as a Keras user writes it. Prints one JSON line with the seconds of each stage.

Usage: keras_article.py ARCHIVE WEIGHTS EPOCHS, with the names of the images as JSON on stdin.
"""

import time

started = time.perf_counter()

import json
import resource
import sys
import zipfile

import h5py
import keras
import tensorflow as tf
from keras import layers

stages = {"import": time.perf_counter() - started}
archive, weights, epochs = sys.argv[1], sys.argv[2], int(sys.argv[3])
names = json.load(sys.stdin)


def timed(stage, action):
    start = time.perf_counter()
    result = action()
    stages[stage] = time.perf_counter() - start
    return result


def read_examples():
    """As TensorFlow Datasets gives them: the images' files, decoded when they are needed."""
    with zipfile.ZipFile(archive) as images:
        files = [images.read(name) for name in names]
    labels = [int("/Dog/" in name) for name in names]
    return tf.data.Dataset.from_tensor_slices((files, labels))


def preprocess(file, label):
    image = tf.io.decode_image(file, channels=3, expand_animations=False)
    image = tf.image.resize(image, (128, 128)) / 255.0
    return image, label


def to_batches(dataset):
    batches = dataset.map(preprocess, num_parallel_calls=tf.data.AUTOTUNE).batch(32)
    return batches.prefetch(tf.data.AUTOTUNE)


def load_base():
    base = keras.applications.MobileNetV2(
        input_shape=(128, 128, 3), include_top=False, weights=None
    )
    with h5py.File(weights) as file:
        if "model_weights" in file:  # a whole model: its first layer is the base
            groups = file["model_weights"]
            saved = next(groups[n] for n in groups if n.startswith("mobilenetv2"))
            for layer in base.layers:
                for weight in layer.weights:
                    weight.assign(saved[layer.name][weight.name][()])
            return base
    base.load_weights(weights)
    return base


def build_transfer_model():
    base = load_base()
    base.trainable = False
    return keras.Sequential(
        [
            base,
            layers.GlobalAveragePooling2D(),
            layers.Dense(128, activation="relu"),
            layers.Dense(1, activation="sigmoid"),
        ]
    )


def build_scratch_model():
    return keras.Sequential(
        [
            layers.Input((128, 128, 3)),
            layers.Conv2D(32, 3, activation="relu"),
            layers.MaxPooling2D(),
            layers.Conv2D(64, 3, activation="relu"),
            layers.MaxPooling2D(),
            layers.Conv2D(128, 3, activation="relu"),
            layers.MaxPooling2D(),
            layers.Conv2D(128, 3, activation="relu"),
            layers.MaxPooling2D(),
            layers.Flatten(),
            layers.Dense(128, activation="relu"),
            layers.Dense(1, activation="sigmoid"),
        ]
    )


def train(model):
    model.compile(optimizer=keras.optimizers.Adam(0.001), loss="binary_crossentropy", metrics=["accuracy"])
    return model.fit(train_batches, epochs=epochs, validation_data=test_batches, verbose=0).history


dataset = timed("read", read_examples)
shuffled = dataset.shuffle(1000, seed=42)
count = len(names) * 4 // 5
train_batches = to_batches(shuffled.take(count))
test_batches = to_batches(shuffled.skip(count))
model = timed("build", build_transfer_model)
history = timed("transfer", lambda: train(model))
evaluation = timed("evaluate", lambda: model.evaluate(test_batches, verbose=0))
scratch = build_scratch_model()
scratch_history = timed("scratch", lambda: train(scratch))
scratch.evaluate(test_batches, verbose=0)
stages["article"] = time.perf_counter() - started
memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024

# Measurements beyond the walkthrough.
images = timed("load", lambda: tf.concat([batch for batch, _ in to_batches(dataset)], 0))
base = model.layers[0]
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

print(
    json.dumps(
        {
            "stages": stages,
            "memory": memory,
            "versions": {"tensorflow": tf.__version__, "keras": keras.__version__},
            "val_accuracy": history["val_accuracy"],
            "scratch_val_accuracy": scratch_history["val_accuracy"],
        }
    )
)
