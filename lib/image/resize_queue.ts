import { limitConcurrency } from "../dataset/concurrency";
import type { Example, Label } from "../dataset/example";
import { type Compiled, compile } from "../graph/compile";
import { rawOp } from "../kernels/raw_op";
import { tf } from "../tf";
import { decodeFile, decodePixels, fileTensor, readHeader } from "./decode";

/** The most images that are decoded at once; more are not faster. */
const maxImages = 32;

/** The most pixels that are decoded at once, apart from a single larger image: 100 MB of RGB. */
const maxPixels = 2 ** 25;

/** The most values of resized images at once: 64 MB. */
const maxValues = 2 ** 24;

// Limits the files in memory, whatever the batch size. While some are decoded, as many can be read.
const limit = limitConcurrency(maxImages);

/** An image that is asked for. */
interface Task {
	readonly name: string;
	/** The file and its pixels; undefined while it is being read. */
	image?: { readonly bytes: Buffer; readonly pixels: number };
	resolve(pixels: Float32Array): void;
	reject(error: unknown): void;
}

/**
 * Reads, decodes and resizes images. Those that are asked for at the same time are decoded together, in their order, by one
 * TensorFlow graph on all cores.
 */
export class ResizeQueue {
	private readonly tasks: Task[] = [];
	private readonly capacity: number;
	private readonly resizeAll: Compiled<
		[divisor: tf.Tensor, ...files: tf.Tensor[]],
		tf.Tensor
	>;

	/**
	 * @param size height and width
	 * @param divisor divides the values, which are 0–255
	 * @param offset is then subtracted
	 */
	constructor(
		private readonly size: readonly [number, number],
		private readonly divisor: number,
		private readonly offset: number,
	) {
		const [height, width] = size;
		const fitting = Math.floor(maxValues / (3 * height * width));
		this.capacity = Math.max(1, Math.min(maxImages, fitting));
		// The divisor is an input: TensorFlow would multiply by the inverse of a constant, which gives other last bits.
		this.resizeAll = compile((divisor, ...files) =>
			tf.concat(files.map((file) => this.resize(decodeFile(file), divisor))),
		);
	}

	/**
	 * Returns an example's pixels, `[height, width, 3]`. Images that are decoded together share one buffer.
	 *
	 * @throws TransferLearningError if the image cannot be read or decoded.
	 */
	load({ id, read }: Example<Label>): Promise<Float32Array> {
		return new Promise((resolve, reject) => {
			const task: Task = { name: id, resolve, reject };
			this.tasks.push(task);
			limit(read)
				.then((bytes) => {
					const { pixels } = readHeader(bytes, id);
					task.image = { bytes, pixels: pixels ?? 0 };
					if (pixels !== undefined) return undefined;
					// TensorFlow cannot decode it.
					this.remove(task);
					return limit(() => this.run(task));
				})
				.catch((error) => {
					this.remove(task);
					reject(error);
				})
				.finally(() => this.runReady());
		});
	}

	private remove(task: Task): void {
		const i = this.tasks.indexOf(task);
		if (i >= 0) this.tasks.splice(i, 1);
	}

	/** Runs the first tasks, as long as those that belong together have been read. */
	private runReady(): void {
		let pixels = 0;
		let count = 0;
		for (const { image } of this.tasks) {
			if (count === this.capacity) break;
			if (!image) return;
			pixels += image.pixels;
			if (pixels > maxPixels && count > 0) break;
			count++;
		}
		if (count === 0) return;
		const first = this.tasks.splice(0, count);
		if (count === 1 || !this.runTogether(first)) {
			for (const task of first) void this.run(task);
		}
		this.runReady();
	}

	/** @returns false if one of the images is damaged */
	private runTogether(tasks: readonly Task[]): boolean {
		const files = Array.from({ length: this.capacity }, (_, i) =>
			fileTensor(tasks[i]?.image?.bytes ?? filler),
		);
		try {
			const all = readValues(() =>
				this.resizeAll(tf.scalar(this.divisor), ...files),
			);
			const length = all.length / this.capacity;
			for (const [i, { resolve }] of tasks.entries()) {
				resolve(all.subarray(i * length, (i + 1) * length));
			}
			return true;
		} catch {
			return false;
		} finally {
			tf.dispose(files);
		}
	}

	private async run({ image, name, resolve, reject }: Task): Promise<void> {
		try {
			const { bytes } = image as NonNullable<Task["image"]>;
			const pixels = await decodePixels(bytes, name);
			resolve(readValues(() => this.resize(pixels, tf.scalar(this.divisor))));
			pixels.dispose();
		} catch (error) {
			reject(error);
		}
	}

	/** Resizes and scales one image, in single precision, rounded after each step, as in Python. */
	private resize(pixels: tf.Tensor, divisor: tf.Tensor): tf.Tensor {
		const divided = tf.div(resizeBilinear(pixels, this.size), divisor);
		return this.offset ? tf.sub(divided, this.offset) : divided;
	}
}

function readValues(compute: () => tf.Tensor): Float32Array {
	const values = tf.tidy(compute);
	// Outside `tidy`, which would search the values for tensors.
	const data = values.dataSync() as Float32Array;
	values.dispose();
	return data;
}

/** An image of one pixel, which fills up a group of images. */
const filler = Buffer.from(
	"R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7",
	"base64",
);

/**
 * Resizes uint8 pixels, `[height, width, 3]`, with the operation behind Python's `tf.image.resize`: bilinear, half-pixel
 * centres, no antialiasing. Returns `[1, height, width, 3]`, float32. (`tf.image.resizeBilinear` rejects uint8.)
 */
function resizeBilinear(
	pixels: tf.Tensor,
	size: readonly [number, number],
): tf.Tensor {
	const T = { type: "uint8" } as const;
	const expandDims = rawOp("ExpandDims", { T, Tdim: { type: "int32" } });
	const resize = rawOp("ResizeBilinear", {
		T,
		align_corners: false,
		half_pixel_centers: true,
	});
	const batch = expandDims(pixels, tf.scalar(0, "int32"));
	return resize(batch, tf.tensor1d([...size], "int32")) as tf.Tensor;
}
