"""Keras's training from the same weights, on the same pixels, in the orders that tf.data draws."""

import math

import keras
import numpy as np
import tensorflow as tf
from exchange import give, read_floats, read_task
from keras import layers
from keras_mobilenet import fill, make

task = read_task()
labels = np.array(task["labels"], "float32")[:, None]
pixels = tf.constant(read_floats("pixels.bin", -1, 128, 128, 3))
features = tf.constant(read_floats("features.bin", -1, 1280))


def dataset(inputs, order):
    """The examples with these numbers: tf.data shuffles numbers, which is quicker than shuffling images."""
    return order.map(lambda i: (tf.gather(inputs, i), tf.gather(labels, i))).batch(32)


def compiled(model, file):
    """Fills the model's last layers, as many as the file has numbers for."""
    flat = read_floats(file, -1)
    for weight in reversed(model.weights):
        if flat.size == 0:
            break
        size = math.prod(weight.shape)
        weight.assign(flat[-size:].reshape(weight.shape))
        flat = flat[:-size]
    model.compile(optimizer=keras.optimizers.Adam(0.001), loss="binary_crossentropy", metrics=["accuracy"])
    return model


def head():
    return [layers.Dense(128, activation="relu"), layers.Dense(1, activation="sigmoid")]


def transfer(weights):
    base = make(1, 128)
    fill(base, task["base"])
    base.trainable = False
    model = keras.Sequential([base, layers.GlobalAveragePooling2D(), *head()])
    return compiled(model, weights)


def scratch():
    convolutions = []
    for filters in (32, 64, 128, 128):
        convolutions += [layers.Conv2D(filters, 3, activation="relu"), layers.MaxPooling2D()]
    return keras.Sequential([layers.Input((128, 128, 3)), *convolutions, layers.Flatten(), *head()])


def nudged(model, which):
    """Moves one weight to the next number that single precision knows."""
    kernel = model.weights[0]
    values = kernel.numpy()
    values.flat[which] = np.nextafter(values.flat[which], np.float32(1))
    kernel.assign(values)
    return model


def train_stepwise(model, inputs, steps):
    """Each step trains on the first 32 of a new order."""
    batches = dataset(inputs, tf.data.Dataset.range(800).shuffle(800, seed=42).take(32))
    results = []
    for _ in range(steps):
        for x, y in batches:
            model.reset_metrics()
            results.append(model.train_on_batch(x, y, return_dict=True))
    return {name: [float(result[name]) for result in results] for name in ("loss", "accuracy")}


def train_article():
    shuffled = tf.data.Dataset.range(1000).shuffle(1000, seed=42)
    train, test = (dataset(pixels, part) for part in (shuffled.take(800), shuffled.skip(800)))
    return transfer("head.bin").fit(train, epochs=10, validation_data=test, verbose=0).history


def evaluate():
    last = dataset(pixels, tf.data.Dataset.range(800, 1000))
    return transfer("trained.bin").evaluate(last, return_dict=True, verbose=0)


head_model = compiled(keras.Sequential([layers.Input((1280,)), *head()]), "head.bin")
def train_scratch(model):
    return train_stepwise(model, pixels, task["steps"]["scratch"])


give(
    {
        "head": train_stepwise(head_model, features, task["steps"]["head"]),
        "scratch": train_scratch(compiled(scratch(), "scratch.bin")),
        "nudged": [train_scratch(nudged(compiled(scratch(), "scratch.bin"), which)) for which in range(3)],
        "article": train_article(),
        "evaluation": evaluate(),
    }
)
