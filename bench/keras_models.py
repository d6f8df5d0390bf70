"""The photos and models of the walkthrough in Keras, for the scripts beside this one.

Their usage begins with ARCHIVE WEIGHTS, and they read the names of the images as JSON on stdin.
"""

import json
import sys
import zipfile

import h5py
import keras
import tensorflow as tf
from keras import layers

archive, weights = sys.argv[1:3]
names = json.load(sys.stdin)
labels = [int("/Dog/" in name) for name in names]


def read_examples():
    """As TensorFlow Datasets gives them: the images' files, decoded when they are needed."""
    with zipfile.ZipFile(archive) as images:
        files = [images.read(name) for name in names]
    return tf.data.Dataset.from_tensor_slices((files, labels))


def preprocess(file, label):
    image = tf.io.decode_image(file, channels=3, expand_animations=False)
    image = tf.image.resize(image, (128, 128)) / 255.0
    return image, label


def decode(dataset):
    return dataset.map(preprocess, num_parallel_calls=tf.data.AUTOTUNE)


def to_batches(dataset):
    return decode(dataset).batch(32).prefetch(tf.data.AUTOTUNE)


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
    return keras.Sequential([base, layers.GlobalAveragePooling2D(), *head_layers()])


def head_layers():
    return [layers.Dense(128, activation="relu"), layers.Dense(1, activation="sigmoid")]


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
            *head_layers(),
        ]
    )


def compile_model(model, jit_compile):
    model.compile(
        optimizer=keras.optimizers.Adam(0.001),
        loss="binary_crossentropy",
        metrics=["accuracy"],
        jit_compile=jit_compile,
    )
