/**
 * The label of an example: the index of its class, one value for each class (one-hot or probabilities), or the
 * number or numbers for a model to predict.
 */
export type Label = number | readonly number[] | Float32Array;

/** One labelled image of a data set. It takes little memory, since its bytes are read only when they are needed. */
export interface Example<L extends Label = number> {
	/** The name in the archive or folder, such as `PetImages/Dog/4077.jpg`. */
	readonly id: string;
	/** When loaded, an index into the data set's class names (in `cats_vs_dogs`, 0 is a cat and 1 a dog). A `map` may change it. */
	readonly label: L;
	/** Reads the encoded image (JPEG, PNG, …) as it is stored. */
	readonly read: () => Promise<Buffer>;
}

/** Decoded pixels, row by row from the top left, channels last. */
export interface Image<Data extends Uint8Array | Float32Array = Float32Array> {
	/** `height * width * channels` values. */
	readonly data: Data;
	/** `[height, width, channels]`. */
	readonly shape: readonly [number, number, number];
}

/** An example with its pixels, ready for a model. */
export interface ImageExample<L extends Label = Label> extends Example<L> {
	readonly image: Image;
}
