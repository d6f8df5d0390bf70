"""Keras's MobileNetV2: its layers, its features of photos, and its files of weights."""

import warnings

import keras
from exchange import give, path, read_floats, read_task, write_floats
from keras_mobilenet import describe, fill, make, randomize, save_legacy, save_whole

warnings.simplefilter("ignore")  # Keras advises against .h5 for whole models.
task = read_task()
keras.utils.set_random_seed(7)


def images(size):
    return read_floats(f"images-{size}.bin", -1, size, size, 3)


def write_features(name, model, inputs):
    features = model.predict(inputs, verbose=0)
    write_floats(name, features)
    return features


def measure_rounding(model, inputs, features):
    """How far features in single precision are from those in double precision."""
    keras.config.set_dtype_policy("float64")
    exact = make(1, 128)
    exact.set_weights(model.get_weights())
    keras.config.set_dtype_policy("float32")
    return float(abs(exact.predict(inputs.astype("float64"), verbose=0) - features).max())


base = make(1, 128)
fill(base, task["weights"])
rounding = []
for name, inputs in (("unit", images(128)), ("symmetric", images(128) * 2 - 1)):
    features = write_features(f"features-{name}.bin", base, inputs)
    rounding.append(measure_rounding(base, inputs, features))

random = make(1, 128)
randomize(random)
save_legacy(random, path("legacy.h5"))
random.save_weights(path("base.weights.h5"))
random.save(path("base.h5"))
save_whole(random, path("whole.h5"))
save_whole(random, path("whole.weights.h5"), weights_only=True)
write_features("features-random.bin", random, images(128))
write_features("features-random-symmetric.bin", random, images(128) * 2 - 1)

layers = []
for alpha, size in task["variants"]:
    keras.backend.clear_session()
    model = make(alpha, size)
    randomize(model)
    model.save_weights(path(f"{alpha}-{size}.weights.h5"))
    write_floats(f"{alpha}-{size}.bin", model(images(size)[: task["few"]], training=False))
    layers.append(describe(model))
give({"layers": layers, "rounding": rounding})
