"""Keras's MobileNetV2 without its top: random weights, files in every layout that Keras saves, and weights from a file."""

import h5py
import keras
import numpy as np


def make(alpha, rows, columns=None):
    shape = (rows, columns or rows, 3)
    return keras.applications.MobileNetV2(input_shape=shape, alpha=alpha, include_top=False, weights=None)


def describe(model):
    layers = [[layer.name, list(layer.output.shape), layer.count_params()] for layer in model.layers]
    return {"name": model.name, "layers": layers}


def randomize(model, seed=7):
    """Gives batch normalization something to do; fresh kernels are random already."""
    random = np.random.default_rng(seed)
    for layer in model.layers:
        if isinstance(layer, keras.layers.BatchNormalization):
            n = layer.gamma.shape[0]
            gamma, variance = random.uniform(0.8, 1.6, n), random.uniform(0.3, 1.5, n)
            beta, mean = random.normal(0, 0.3, n), random.normal(0, 0.3, n)
            layer.set_weights([gamma, beta, mean, variance])


def save_legacy(model, file):
    """As Keras-applications' files: layers have other names than in the model, and weights names that end in :0."""
    with h5py.File(file, "w") as h5:
        names = []
        for layer in model.layers:
            group = h5.create_group("old_" + layer.name)
            names.append(("old_" + layer.name).encode())
            prefix = "depthwise_" if isinstance(layer, keras.layers.DepthwiseConv2D) else ""
            weights = {f"{layer.name}/{prefix}{w.name}:0": w.numpy() for w in layer.weights}
            for name, value in weights.items():
                group[name] = value
            group.attrs["weight_names"] = [name.encode() for name in weights]
        h5.attrs["layer_names"] = names


def save_whole(model, file, weights_only=False):
    """The model as the base of another one, in part frozen: Keras then sorts its weights differently."""
    base = keras.models.clone_model(model)
    base.set_weights(model.get_weights())
    for layer in base.layers[:100]:
        layer.trainable = False
    layers = [base, keras.layers.GlobalAveragePooling2D(), keras.layers.Dense(3)]
    whole = keras.Sequential(layers)
    whole.save_weights(file) if weights_only else whole.save(file)


def fill(model, file):
    """Loads a file of weights, or those of a saved model's base."""
    with h5py.File(file) as h5:
        if "model_weights" not in h5:
            return model.load_weights(file)
        groups = h5["model_weights"]
        saved = next(groups[name] for name in groups if name.startswith("mobilenetv2"))
        for layer in model.layers:
            for weight in layer.weights:
                weight.assign(saved[layer.name][weight.name][()])
