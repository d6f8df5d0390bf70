import { finite, mainMetric } from "../charts/history_metrics";
import { palette } from "../charts/theme";
import { dataNote } from "../data_note";
import type { History } from "../training/history";
import { escapeXml } from "./svg_text";
import { formatMetric, metricColumns } from "./training_text";

/** Formats a history as an HTML table with one row per epoch, numbered from `initialEpoch + 1`. */
export function historyTable(
	history: History,
	remark?: string,
	initialEpoch = 0,
): string {
	const columns = metricColumns(history);
	const notes = [remark, dataNote()].filter((note) => note !== undefined);
	const paragraph = notes.map((note) => `<p>${escapeXml(note)}</p>`).join("");
	if (columns.length === 0) return paragraph;
	const header = ["epoch", ...columns.map(([name]) => name), "seconds"];
	const rows = history.seconds.map((seconds, epoch) => [
		String(initialEpoch + epoch + 1),
		...columns.map(([, values]) => formatMetric(values[epoch] as number)),
		seconds.toFixed(2),
	]);
	const row = (cells: readonly string[], tag: "th" | "td") =>
		`<tr>${cells.map((cell) => `<${tag}>${escapeXml(cell)}</${tag}>`).join("")}</tr>`;
	return `<table><thead>${row(header, "th")}</thead><tbody>${rows.map((cells) => row(cells, "td")).join("")}</tbody></table>${paragraph}`;
}

const size = { width: 320, height: 150 };
const margin = { left: 44, right: 10, top: 24, bottom: 20 };
const width = size.width - margin.left - margin.right;
const height = size.height - margin.top - margin.bottom;
const bottom = margin.top + height;

/**
 * Plots the metric of `historyChart` and the loss so far side by side, as an SVG: Plotly would flicker when redrawn.
 *
 * @param epochs the number of epochs to make room for
 */
export function chartSvg(history: History, epochs: number): string {
	const metrics = [mainMetric(history), "loss"].filter(
		(metric) => metric !== undefined,
	);
	const panels = metrics.map(
		(metric, i) =>
			`<g transform="translate(${i * size.width})">${panel(history, metric, epochs)}</g>`,
	);
	return `<svg width="${size.width * metrics.length}" height="${size.height}" font-size="11" font-family="sans-serif" fill="#767676">${panels.join("")}</svg>`;
}

function panel(history: History, metric: string, epochs: number): string {
	const training = history[metric] ?? [];
	const validation = history[`val_${metric}`] ?? [];
	const all = [...training, ...validation];
	const values = finite(all);
	const low = Math.min(0, ...values);
	const high = Math.max(metric === "accuracy" ? 1 : low, ...values);
	// If all values lie on the axis, any scale will do.
	const scale = high > low ? height / (high - low) : 0;
	const x = (epoch: number) =>
		margin.left + (epochs > 1 ? (epoch / (epochs - 1)) * width : width / 2);
	const y = (value: number) => bottom - (value - low) * scale;
	const note = values.length < all.length ? " (gap: not a number)" : "";
	return `<text x="${margin.left}" y="14">${escapeXml(metric)} <tspan fill="${palette[0]}">— training</tspan> <tspan fill="${palette[1]}">-- validation</tspan>${note}</text>
<text x="4" y="${margin.top + 4}">${formatBound(high)}</text><text x="4" y="${bottom + 4}">${formatBound(low)}</text>
<path d="M${margin.left} ${margin.top} V${bottom} H${margin.left + width}" fill="none" stroke="#888888" stroke-opacity="0.5"/>
<text x="${margin.left - 3}" y="${bottom + 14}">1</text><text x="${margin.left + width}" y="${bottom + 14}" text-anchor="end">${epochs}</text>
${drawLine(training, x, y, palette[0], "none")}${drawLine(validation, x, y, palette[1], "5 3")}`;
}

/** Draws a line with a gap where a value is not finite, and a dot on isolated values and on the last one. */
function drawLine(
	values: readonly number[],
	x: (epoch: number) => number,
	y: (value: number) => number,
	color: string,
	dash: string,
): string {
	const isNumber = (epoch: number) => Number.isFinite(values[epoch]);
	const segments: string[][] = [];
	let dots = "";
	values.forEach((value, epoch) => {
		if (!isNumber(epoch)) return;
		const [left, top] = [x(epoch).toFixed(1), y(value).toFixed(1)];
		if (!isNumber(epoch - 1)) segments.push([]);
		segments.at(-1)?.push(`${left},${top}`);
		const isAlone = !isNumber(epoch - 1) && !isNumber(epoch + 1);
		if (isAlone || epoch === values.length - 1) {
			dots += `<circle cx="${left}" cy="${top}" r="3" fill="${color}"/>`;
		}
	});
	const lines = segments.map(
		(points) =>
			`<polyline points="${points.join(" ")}" fill="none" stroke="${color}" stroke-width="2" stroke-dasharray="${dash}"/>`,
	);
	return lines.join("") + dots;
}

function formatBound(value: number): string {
	const short = value.toPrecision(3);
	return Math.abs(value) < 1e4 && !short.includes("e")
		? String(Number(short))
		: value.toExponential(1);
}
