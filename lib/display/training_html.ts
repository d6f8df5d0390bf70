import type { History } from "../training/history";
import { dataNote } from "./data_note";
import { escapeXml } from "./svg_text";
import { palette } from "./theme";
import { metricColumns } from "./training_text";

/** A history as an HTML table, a row an epoch. */
export function historyTable(history: History, remark?: string): string {
	const columns = metricColumns(history);
	const notes = [remark, dataNote()].filter((note) => note !== undefined);
	const paragraph = notes.map((note) => `<p>${escapeXml(note)}</p>`).join("");
	if (columns.length === 0) return paragraph;
	const header = ["epoch", ...columns.map(([name]) => name), "seconds"];
	const rows = history.seconds.map((seconds, epoch) => [
		String(epoch + 1),
		...columns.map(([, values]) => (values[epoch] as number).toFixed(4)),
		seconds.toFixed(2),
	]);
	const row = (cells: readonly string[], tag: "th" | "td") =>
		`<tr>${cells.map((cell) => `<${tag}>${escapeXml(cell)}</${tag}>`).join("")}</tr>`;
	return `<table><thead>${row(header, "th")}</thead><tbody>${rows.map((cells) => row(cells, "td")).join("")}</tbody></table>${paragraph}`;
}

const size = { width: 320, height: 150 };
const margin = { left: 38, right: 10, top: 24, bottom: 20 };

/** Accuracy and loss so far, side by side: an SVG that is redrawn at a glance, where Plotly would flicker. */
export function chartSvg(history: History, epochs: number): string {
	const lossTop = Math.max(
		...history.loss,
		...history.val_loss,
		Number.MIN_VALUE,
	);
	const panels = [
		panel(
			"accuracy",
			history.accuracy ?? [],
			history.val_accuracy ?? [],
			1,
			epochs,
		),
		panel("loss", history.loss, history.val_loss, lossTop, epochs),
	];
	const drawn = panels.map(
		(content, i) =>
			`<g transform="translate(${i * size.width})">${content}</g>`,
	);
	return `<svg width="${size.width * 2}" height="${size.height}" font-size="11" font-family="sans-serif" fill="#767676">${drawn.join("")}</svg>`;
}

function panel(
	name: string,
	training: readonly number[],
	validation: readonly number[],
	top: number,
	epochs: number,
): string {
	const width = size.width - margin.left - margin.right;
	const height = size.height - margin.top - margin.bottom;
	const bottom = margin.top + height;
	const x = (epoch: number) =>
		margin.left + (epochs > 1 ? (epoch / (epochs - 1)) * width : width / 2);
	const y = (value: number) => bottom - (value / top) * height;
	const line = (values: readonly number[], color: string, dash: string) => {
		const points = values.map(
			(value, i) => `${x(i).toFixed(1)},${y(value).toFixed(1)}`,
		);
		const last = points.at(-1)?.split(",");
		const dot = last
			? `<circle cx="${last[0]}" cy="${last[1]}" r="3" fill="${color}"/>`
			: "";
		return `<polyline points="${points.join(" ")}" fill="none" stroke="${color}" stroke-width="2" stroke-dasharray="${dash}"/>${dot}`;
	};
	return `<text x="${margin.left}" y="14">${name} <tspan fill="${palette[0]}">— training</tspan> <tspan fill="${palette[1]}">-- validation</tspan></text>
<text x="4" y="${margin.top + 4}">${top.toFixed(2)}</text><text x="4" y="${bottom + 4}">0.00</text>
<path d="M${margin.left} ${margin.top} V${bottom} H${margin.left + width}" fill="none" stroke="#888888" stroke-opacity="0.5"/>
<text x="${margin.left - 3}" y="${bottom + 14}">1</text><text x="${margin.left + width}" y="${bottom + 14}" text-anchor="end">${epochs}</text>
${line(training, palette[0], "none")}${line(validation, palette[1], "5 3")}`;
}
