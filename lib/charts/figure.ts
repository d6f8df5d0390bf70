import type { Config, Data, Layout } from "plotly.js";

/** A plain Plotly figure. */
export interface Figure {
	readonly data: readonly Partial<Data>[];
	readonly layout: Partial<Layout>;
	readonly config?: Partial<Config>;
}

/** An image made for showing. */
export interface EncodedImage {
	/** The encoded image. */
	readonly bytes: Buffer;
	readonly type: "image/jpeg" | "image/png";
	/** What it shows, in a few words. */
	readonly title: string;
	/** All that is on it in words, for whoever sees text only. */
	readonly text: string;
	/** Whether the labels are on it: not so on a machine without fonts. */
	readonly labelled: boolean;
}
