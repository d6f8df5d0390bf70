import { formatTable } from "../lib/dist/charts/table.js";

/**
 * The stages, in the order of the work; `load` and everything after `article` are measured separately.
 *
 * `same`: both sides do the same work. `less`: the library finds features or decoded photos that it has kept, where plain
 * Keras computes them again. The experts' rows keep them in Keras, too, and compare with our ordinary stages.
 *
 * @type {Record<string, "same" | "less" | "">}
 */
const works = {
	import: "same",
	load: "same",
	build: "same",
	features: "same",
	transfer: "less",
	evaluate: "less",
	scratch: "less",
	article: "less",
	memory: "",
	predict_one: "same",
	predict_all: "same",
	transfer_expert: "same",
	scratch_expert: "same",
	head: "same",
	evaluate_fresh: "same",
};

/** @typedef {{ median: number, min: number, max: number }} Spread */
/** @typedef {{ name: string, work?: string, ours: Spread, keras: Spread, ratio: number }} Stage */

/**
 * @param {readonly import("./bench.mjs").Run[]} ours
 * @param {readonly import("./bench.mjs").Run[]} keras
 * @returns {{ stages: Stage[], photosToModel: Stage }} medians with their spread, and ours as a share of Keras's
 */
export function summarize(ours, keras) {
	/** @param {(run: import("./bench.mjs").Run) => number} value @param {string} name */
	const compare = (name, value) => {
		const [a, b] = [ours, keras].map((runs) => spread(runs.map(value)));
		const sides = /** @type {{ ours: Spread, keras: Spread }} */ ({
			ours: a,
			keras: b,
		});
		const ratio = sides.ours.median / sides.keras.median;
		return { name, work: works[name] ?? "less", ...sides, ratio };
	};
	return {
		stages: Object.keys(works).map((name) =>
			compare(name, ({ memory, stages }) =>
				name === "memory"
					? memory
					: (stages[name] ?? stages[name.replace("_expert", "")] ?? Number.NaN),
			),
		),
		photosToModel: compare(
			"photos to trained and evaluated model",
			({ stages }) =>
				["read", "build", "transfer", "evaluate"].reduce(
					(sum, name) => sum + (stages[name] ?? Number.NaN),
					0,
				),
		),
	};
}

/** @param {readonly number[]} values */
function spread(values) {
	const sorted = [...values].sort((a, b) => a - b);
	return {
		median: sorted[sorted.length >> 1] ?? Number.NaN,
		min: sorted[0] ?? Number.NaN,
		max: sorted.at(-1) ?? Number.NaN,
	};
}

/** @param {{ stages: readonly Stage[], photosToModel: Stage }} result */
export function formatStages({ stages, photosToModel }) {
	const rows = [...stages, photosToModel].map(
		({ name, work, ours, keras, ratio }) => [
			name,
			work,
			formatSpread(name, ours),
			formatSpread(name, keras),
			ratio.toFixed(2),
			formatRate(name, ours),
		],
	);
	const header = ["stage", "work", "TypeScript", "Keras", "ratio", "images/s"];
	return `\n${formatTable(header, rows, "left")}\n
Work "less": the library finds features or decoded photos that it has kept; plain Keras computes them again.
In the rows "expert", Keras keeps them, too.\n`;
}

/** @param {Record<string, number>} marks seconds */
export function formatMarks(marks) {
	const { keras = Number.NaN } = marks;
	const rows = Object.entries(marks).map(([name, seconds]) => [
		name,
		seconds.toFixed(2),
		(seconds / keras).toFixed(2),
	]);
	const header = ["features of 1,000 photos", "seconds", "share of Keras's"];
	return `\n${formatTable(header, rows, "left")}\n`;
}

/** @param {import("./bench.mjs").Repeat} repeat */
export function formatRepeat({ memory, peak }) {
	const megabytes = [...memory, peak].map((bytes) => (bytes * 1e-6).toFixed(0));
	const rows = megabytes.map((value, i) => [memory[i] ? i + 1 : "peak", value]);
	return `\n${formatTable(["run", "resident MB"], rows, "left")}\n`;
}

/** @param {string} name @param {Spread} spread */
function formatSpread(name, { median, min, max }) {
	const [unit, factor, digits] =
		name === "memory"
			? ["MB", 1e-6, 0]
			: name === "predict_one"
				? ["ms", 1000, 0]
				: ["s", 1, 2];
	const [middle, low, high] = [median, min, max].map((value) =>
		(value * /** @type {number} */ (factor)).toFixed(
			/** @type {number} */ (digits),
		),
	);
	return `${middle} ${unit} (${low}–${high})`;
}

/** Images per second, for stages that process 1,000 images once. @param {string} name @param {Spread} spread */
function formatRate(name, { median }) {
	return ["load", "features", "predict_all"].includes(name)
		? (1000 / median).toFixed(0)
		: "";
}

/** @param {readonly import("./bench.mjs").Growth[]} growth */
export function formatGrowth(growth) {
	const rows = growth.map(({ photos, seconds, memory }) => [
		photos,
		seconds.toFixed(1),
		`${(memory * 1e-6).toFixed(0)} MB`,
	]);
	const header = ["photos", "seconds", "peak memory"];
	const table = `\n${formatTable(header, rows, "left")}\n`;
	const [first, last] = [growth[0], growth.at(-1)];
	if (!first || !last || first === last) return table;
	const perPhoto =
		(last.seconds - first.seconds) / (last.photos - first.photos);
	const all = last.seconds + perPhoto * (23_262 - last.photos);
	return `${table}\nAll 23,262 photos, extrapolated: ${(all / 60).toFixed(1)} minutes.`;
}
