import type { tf } from "../tf";

/** The settings of tfjs's layers that this library reads; each layer has those of its class. */
export interface Config {
	readonly activation?: string;
	readonly useBias?: boolean;
	readonly dataFormat?: string;
	readonly strides: [number, number];
	readonly padding: "same" | "valid";
	readonly dilationRate: [number, number];
	readonly kernelSize: [number, number];
	readonly poolSize: [number, number];
	readonly epsilon: number;
	readonly maxValue?: number | null;
	readonly axis?: number;
	readonly rate?: number;
	readonly noiseShape?: readonly number[] | null;
	readonly seed?: number | null;
}

/** Returns a layer's settings as numbers and names. */
export function configOf(layer: tf.layers.Layer): Config {
	return layer.getConfig() as unknown as Config;
}
