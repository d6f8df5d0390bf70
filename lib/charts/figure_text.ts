import { unescapePlotly } from "./plotly_text";
import { formatTable } from "./table";
import type { Figure } from "./theme";

/** The part of a trace that the tables show. */
interface Trace {
	readonly type?: string;
	readonly name?: string;
	readonly orientation?: "h" | "v";
	readonly x?: readonly unknown[];
	readonly y?: readonly unknown[];
	readonly z?: readonly (readonly unknown[])[];
}

type Title = string | { text?: string; subtitle?: { text?: string } };

/** Longer tables are hard to read. */
const maxRows = 25;

/** Formats a figure as plain text: its titles and a table of its points. */
export function formatFigure({ data, layout }: Figure): string {
	const traces = (data as readonly Trace[]).map(unescapeTrace);
	const title = layout.title as Title | undefined;
	const subtitle = typeof title === "object" ? title.subtitle?.text : undefined;
	const xTitle = titleText(layout.xaxis?.title as Title | undefined);
	return [titleText(title), subtitle, formatTraces(traces, xTitle)]
		.filter(Boolean)
		.join("\n");
}

function formatTraces(traces: readonly Trace[], xTitle: string): string {
	const [first] = traces;
	if (first?.z) {
		const { x = [], y = [], z } = first;
		const rows = z.map((row, i) => [y[i], ...row]);
		return formatTable(["", ...x.map(String)], rows);
	}
	if (first?.type === "histogram") {
		const rows = traces.map(({ name, x = [] }) => [name, x.length]);
		return formatTable(["", "values"], rows);
	}
	return formatPoints(traces, xTitle);
}

/** One row per position on the axis, one column per trace. */
function formatPoints(traces: readonly Trace[], xTitle: string): string {
	const columns = traces.map(({ orientation, x = [], y = [] }) => {
		const [at, values] = orientation === "h" ? [y, x] : [x, y];
		return new Map(at.map((place, i) => [place, values[i]]));
	});
	// A point at null is only for the legend.
	const places = [
		...new Set(columns.flatMap((column) => [...column.keys()])),
	].filter((place) => place !== null);
	const header = [
		traces[0]?.orientation === "h" ? "" : xTitle,
		...traces.map(({ name }, i) => name ?? `trace ${i}`),
	];
	const rows = places
		.slice(0, maxRows)
		.map((place) => [place, ...columns.map((column) => column.get(place))]);
	const left = places.length - rows.length;
	const more = left > 0 ? `\n… and ${left} more rows` : "";
	return formatTable(header, rows) + more;
}

function titleText(title: Title | undefined): string {
	const text = typeof title === "string" ? title : title?.text;
	return unescapePlotly(text ?? "");
}

/** Undoes the escaping of names in a trace. */
function unescapeTrace({ name, x, y, ...trace }: Trace): Trace {
	const plain = (value: unknown) =>
		typeof value === "string" ? unescapePlotly(value) : value;
	return {
		...trace,
		...(name === undefined ? {} : { name: unescapePlotly(name) }),
		...(x && { x: x.map(plain) }),
		...(y && { y: y.map(plain) }),
	};
}
