import type { Figure } from "./figure";
import { type ChartOptions, colorAt, createLayout } from "./theme";

/** A measurement's median and range over several runs. */
export interface Spread {
	readonly median: number;
	readonly min: number;
	readonly max: number;
}

/** A stage of the walkthrough, measured here and in Keras. */
export interface BenchmarkStage {
	readonly name: string;
	/** Seconds. */
	readonly ours: Spread;
	/** Seconds. */
	readonly keras: Spread;
	/** Ours as a share of Keras's. */
	readonly ratio: number;
}

/** How time and memory grow with the number of photos. */
export interface GrowthPoint {
	readonly photos: number;
	readonly seconds: number;
	/** The most that was in use, in bytes. */
	readonly memory: number;
}

/**
 * Seconds of each stage, here and in Keras: medians as bars, the range as whiskers, on a logarithmic axis.
 * A stage named `memory` is in bytes and left out.
 */
export function benchmarkChart(
	measured: readonly BenchmarkStage[],
	{ title }: ChartOptions = {},
): Figure {
	const stages = measured.filter(({ name }) => name !== "memory");
	const bars = (side: "ours" | "keras", name: string, color: number) => ({
		type: "bar" as const,
		orientation: "h" as const,
		name,
		y: stages.map((stage) => stage.name),
		x: stages.map((stage) => stage[side].median),
		error_x: {
			type: "data" as const,
			array: stages.map(({ [side]: s }) => s.max - s.median),
			arrayminus: stages.map(({ [side]: s }) => s.median - s.min),
			color: "#888888",
		},
		marker: {
			color: colorAt(color),
			pattern: { shape: color === 0 ? ("" as const) : ("/" as const) },
		},
		hovertemplate: "%{y}: %{x:.3f} s",
	});
	return {
		data: [bars("ours", "TypeScript", 0), bars("keras", "Keras", 1)],
		layout: createLayout(title, {
			barmode: "group",
			height: 160 + stages.length * 48,
			xaxis: {
				title: { text: "Seconds (logarithmic)" },
				type: "log",
				dtick: 1,
			},
			// The first stage on top, and ours above Keras's.
			yaxis: { type: "category", autorange: "reversed" },
		}),
	};
}

/** Seconds (left) and memory in GB (right) against the number of photos. */
export function growthChart(
	points: readonly GrowthPoint[],
	{ title }: ChartOptions = {},
): Figure {
	const sorted = [...points].sort((a, b) => a.photos - b.photos);
	const line = (
		name: string,
		color: number,
		value: (point: GrowthPoint) => number,
		unit: string,
	) => ({
		type: "scatter" as const,
		mode: "lines+markers" as const,
		name,
		x: sorted.map(({ photos }) => photos),
		y: sorted.map(value),
		line: { color: colorAt(color), width: 2.5 },
		marker: { symbol: color, size: 8 },
		hovertemplate: `%{x} photos: %{y:.2f} ${unit}`,
	});
	const photos = {
		title: { text: "Photos" },
		rangemode: "tozero" as const,
		nticks: 5,
	};
	return {
		data: [
			line("Time", 0, ({ seconds }) => seconds, "s"),
			{
				...line("Memory", 1, ({ memory }) => memory / 1e9, "GB"),
				xaxis: "x2",
				yaxis: "y2",
			},
		],
		layout: createLayout(title, {
			xaxis: { ...photos, domain: [0, 0.44] },
			yaxis: { title: { text: "Seconds" }, rangemode: "tozero" },
			xaxis2: { ...photos, domain: [0.58, 1], anchor: "y2" },
			yaxis2: { title: { text: "GB" }, rangemode: "tozero", anchor: "x2" },
		}),
	};
}
