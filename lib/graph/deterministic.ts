import type { tf } from "../tf";

/** tfjs's layers that give the same result for the same input and weights, in training as otherwise. */
const deterministic = new Set([
	...["Activation", "ELU", "LeakyReLU", "PReLU", "ReLU", "Softmax"],
	...["ThresholdedReLU", "BatchNormalization", "LayerNormalization"],
	...["Conv1D", "Conv2D", "Conv2DTranspose", "Conv3D", "Conv3DTranspose"],
	...["DepthwiseConv2D", "SeparableConv2D", "Dense", "Embedding"],
	...["Add", "Average", "Concatenate", "Dot", "Maximum", "Minimum", "Multiply"],
	...["AveragePooling1D", "AveragePooling2D", "AveragePooling3D"],
	...["MaxPooling1D", "MaxPooling2D", "MaxPooling3D"],
	...["GlobalAveragePooling1D", "GlobalAveragePooling2D"],
	...["GlobalMaxPooling1D", "GlobalMaxPooling2D"],
	...["Flatten", "Permute", "RepeatVector", "Reshape"],
	...["Cropping2D", "UpSampling2D", "ZeroPadding2D"],
	...["CategoryEncoding", "CenterCrop", "Rescaling", "Resizing"],
]);

/**
 * Whether a layer gives the same result for the same input as long as its weights stay as they are.
 *
 * Dropout, noise and random augmentation do not. Recurrent layers (dropout, states), wrappers and layers that
 * somebody wrote himself may not, and count as if they did not: that costs time, never correctness.
 */
export function isDeterministic(layer: tf.layers.Layer): boolean {
	return deterministic.has(layer.getClassName());
}
