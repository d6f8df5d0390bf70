"""TensorFlow's pixels of the photos, and the orders that tf.data draws."""

import tensorflow as tf
from exchange import give, path, read_task, write_floats

task = read_task()


def preprocess(name):
    image = tf.io.decode_image(tf.io.read_file(path(name)), channels=3, expand_animations=False)
    return tf.image.resize(image, (128, 128)) / 255.0


def iterate(case):
    """The batches of every iteration: of what was taken, then of what was skipped, as `fit` alternates them."""
    shuffled = tf.data.Dataset.range(case["size"]).shuffle(case["buffer"], seed=case["seed"])
    parts = [shuffled.take(case["take"]).batch(32), shuffled.skip(case["take"]).batch(32)]
    return [
        [[batch.tolist() for batch in part.as_numpy_iterator()] for part in parts]
        for _ in range(case["iterations"])
    ]


write_floats("pixels.bin", tf.stack([preprocess(name) for name in task["photos"]]))
give([iterate(case) for case in task["shuffles"]])
