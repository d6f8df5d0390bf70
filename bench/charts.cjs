const { colorAt, createLayout } = require("../lib/dist/charts/theme.js");

/** @typedef {import("transfer-learning").Figure} Figure */

/**
 * Plots the seconds of each stage, here and in Keras: medians as bars, ranges as whiskers, on a logarithmic axis.
 * The stage `memory` is left out, because it is in bytes.
 *
 * @param {readonly import("./table.mjs", { with: { "resolution-mode": "import" } }).Stage[]} measured
 * @param {string} [title]
 * @returns {Figure}
 */
function benchmarkChart(measured, title) {
	const stages = measured.filter(({ name }) => name !== "memory");
	/** @param {"ours" | "keras"} side @param {string} name @param {number} color */
	const bars = (side, name, color) => ({
		type: /** @type {const} */ ("bar"),
		orientation: /** @type {const} */ ("h"),
		name,
		y: stages.map((stage) => stage.name),
		x: stages.map((stage) => stage[side].median),
		error_x: {
			type: /** @type {const} */ ("data"),
			array: stages.map(({ [side]: s }) => s.max - s.median),
			arrayminus: stages.map(({ [side]: s }) => s.median - s.min),
			color: "#888888",
		},
		marker: {
			color: colorAt(color),
			pattern: { shape: /** @type {"" | "/"} */ (color === 0 ? "" : "/") },
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

/**
 * Plots seconds (left) and memory in GB (right) against the number of photos.
 *
 * @param {readonly { photos: number, seconds: number, memory: number }[]} points memory in bytes
 * @param {string} [title]
 * @returns {Figure}
 */
function growthChart(points, title) {
	const sorted = [...points].sort((a, b) => a.photos - b.photos);
	/**
	 * @param {string} name
	 * @param {number} color
	 * @param {number[]} values
	 * @param {string} unit
	 */
	const line = (name, color, values, unit) => ({
		type: /** @type {const} */ ("scatter"),
		mode: /** @type {const} */ ("lines+markers"),
		name,
		x: sorted.map(({ photos }) => photos),
		y: values,
		line: { color: colorAt(color), width: 2.5 },
		marker: { symbol: color, size: 8 },
		hovertemplate: `%{x} photos: %{y:.2f} ${unit}`,
	});
	const photos = {
		title: { text: "Photos" },
		rangemode: /** @type {const} */ ("tozero"),
		nticks: 5,
	};
	const seconds = sorted.map((point) => point.seconds);
	const gigabytes = sorted.map(({ memory }) => memory / 1e9);
	return {
		data: [
			line("Time", 0, seconds, "s"),
			{ ...line("Memory", 1, gigabytes, "GB"), xaxis: "x2", yaxis: "y2" },
		],
		layout: createLayout(title, {
			xaxis: { ...photos, domain: [0, 0.44] },
			yaxis: { title: { text: "Seconds" }, rangemode: "tozero" },
			xaxis2: { ...photos, domain: [0.58, 1], anchor: "y2" },
			yaxis2: { title: { text: "GB" }, rangemode: "tozero", anchor: "x2" },
		}),
	};
}

module.exports = { benchmarkChart, growthChart };
