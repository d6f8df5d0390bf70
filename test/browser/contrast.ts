// What runs in the page has a DOM there, of which this project's compiler knows nothing otherwise.
/// <reference lib="dom" />
import type { Locator } from "playwright-core";

/** The contrasts (WCAG's ratio, 1–21) between charts' writing and what is behind it. */
export async function measureContrasts(charts: Locator): Promise<number[]> {
	const colors = await charts.evaluateAll((elements) =>
		elements.map((element) => {
			const text = element.querySelector(".xtick text, .ytick text");
			const backgrounds: string[] = [];
			for (let at: Element | null = element; at; at = at.parentElement) {
				backgrounds.push(getComputedStyle(at).backgroundColor);
			}
			return { text: text ? getComputedStyle(text).fill : "", backgrounds };
		}),
	);
	return colors.map(({ text, backgrounds }) => {
		const opaque = backgrounds
			.map(parseColor)
			.find(([, , , alpha = 1]) => alpha === 1);
		const [a, b] = [parseColor(text), opaque ?? [255, 255, 255]].map(luminance);
		const [high, low] = [Math.max(a ?? 0, b ?? 0), Math.min(a ?? 0, b ?? 0)];
		return (high + 0.05) / (low + 0.05);
	});
}

function parseColor(color: string): number[] {
	return (color.match(/[\d.]+/g) ?? []).map(Number);
}

/** WCAG 2's relative luminance, 0–1. */
function luminance([r = 0, g = 0, b = 0]: readonly number[]): number {
	const [red = 0, green = 0, blue = 0] = [r, g, b].map((value) =>
		value <= 10 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4,
	);
	return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
