import type { tf } from "../tf";

/** tfjs's layers that give the same result for the same input and weights, in training as in inference. */
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
 * Whether a layer always gives the same result for the same input as long as its weights do not change.
 *
 * Dropout, noise and random augmentation do not. Recurrent layers (dropout, states), wrappers and custom layers count
 * as non-deterministic: slower, never wrong.
 */
export function isDeterministic(layer: tf.layers.Layer): boolean {
	return deterministic.has(layer.getClassName());
}
