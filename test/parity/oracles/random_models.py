"""Keras's training of models that come as code, from the same weights and on the same numbers; and again with other roundings."""

import keras
import numpy as np
import tensorflow as tf
from exchange import give, read_floats, read_task, write_floats

task = read_task()

# With oneDNN, TensorFlow 2.21 fuses a convolution, an addition and a leaky ReLU in a graph, and then takes 0.2 for the slope whatever
# Keras asked for: `predict` differs from calling the model by up to 0.2. Without this pass Keras computes what its layers say.
tf.config.optimizer.set_experimental_options({"remapping": False})


def split(flat, shapes):
    """The arrays that lie one after another in a flat one."""
    ends = np.cumsum([int(np.prod(shape)) for shape in shapes])
    assert ends[-1] == flat.size, "the weights' shapes differ"
    return [part.reshape(shape) for part, shape in zip(np.split(flat, ends[:-1]), shapes)]


class Run:
    """A model that can be trained again and again from given weights."""

    def __init__(self, case):
        self.case = case
        names = {}
        exec(case["code"], names)
        self.model = names["model"]
        # A layer's own order of weights is fixed; that of a model's follows what is trainable.
        self.weights = [weight for layer in case["layers"] for weight in names[layer].weights]
        self.model.optimizer.build(self.model.trainable_variables)
        self.fresh = [variable.numpy() for variable in self.model.optimizer.variables]
        name = case["name"]
        self.start = read_floats(f"{name}-weights.bin", -1)
        self.x = read_floats(f"{name}-pixels.bin", -1, *case["shape"])
        self.y = read_floats(f"{name}-targets.bin", len(self.x), -1)

    def train(self, result, start, order):
        """Trains on the examples in this order; validates on the others as they come."""
        model, fit, n = self.model, self.case["fit"], self.case["examples"]
        for weight, value in zip(self.weights, split(start, [weight.shape for weight in self.weights])):
            weight.assign(value)
        for variable, value in zip(model.optimizer.variables, self.fresh):
            variable.assign(value)
        x, y = self.x, self.y
        weights = {int(label): weight for label, weight in fit["classWeight"].items()} if fit["classWeight"] else None
        history = model.fit(
            x[order],
            y[order],
            batch_size=fit["batchSize"],
            epochs=fit["epochs"],
            initial_epoch=fit["initialEpoch"],
            class_weight=weights,
            validation_data=(x[n:], y[n:]),
            validation_batch_size=fit["validationBatchSize"],
            shuffle=False,
            verbose=0,
        ).history
        batch = {"batch_size": fit["validationBatchSize"], "verbose": 0}
        evaluation = model.evaluate(x[n:], y[n:], return_dict=True, **batch)
        write_floats(f"{result}-predictions.bin", model.predict(x[n:], **batch))
        write_floats(f"{result}-trained.bin", np.concatenate([weight.numpy().ravel() for weight in self.weights]))
        return {"history": history, "evaluation": evaluation}


def nudge(values, random):
    """Moves each number by up to four steps of single precision, as far as another order of a layer's operations does."""
    moved = values.view("int32") + random.integers(-4, 5, values.shape, "int32")
    return np.where(values == 0, values, moved.view("float32"))


def reorder(order, batch_size, random):
    """Each batch keeps its examples, in another order: all sums over them are the same, but rounded in other places."""
    starts = range(0, len(order), batch_size)
    return np.concatenate([random.permutation(order[start : start + batch_size]) for start in starts])


def train(case):
    keras.backend.clear_session()
    run = Run(case)
    name, order = case["name"], np.arange(case["examples"])
    if case["nudges"] == 0:
        return [run.train(name, run.start, order)]
    results = []
    for i in range(case["nudges"]):
        random = np.random.default_rng(i)
        start = nudge(run.start, random)
        results.append(run.train(f"{name}-nudged-{i}", start, reorder(order, case["fit"]["batchSize"], random)))
    return results


give([train(case) for case in task["cases"]])
