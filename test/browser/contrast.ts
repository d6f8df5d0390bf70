// The function below runs in the page, where there is a DOM; this project's compiler knows of none.
/// <reference lib="dom" />

/** The contrast between each chart's writing and what is behind it (WCAG's ratio). Runs in the page. */
export function measureContrasts(
	elements: (SVGElement | HTMLElement)[],
): number[] {
	const parse = (color: string) => (color.match(/[\d.]+/g) ?? []).map(Number);
	const luminance = ([r = 0, g = 0, b = 0]: number[]) => {
		const linear = (value: number) =>
			value <= 10
				? value / 255 / 12.92
				: ((value / 255 + 0.055) / 1.055) ** 2.4;
		return 0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b);
	};
	return elements.map((element) => {
		let behind: Element | null = element;
		let background = [255, 255, 255];
		while (behind) {
			const color = parse(getComputedStyle(behind).backgroundColor);
			if (color.length === 3 || color[3] === 1) {
				background = color;
				break;
			}
			behind = behind.parentElement;
		}
		const text = element.querySelector(".xtick text, .ytick text");
		const color = text ? parse(getComputedStyle(text).fill) : [128, 128, 128];
		const [high, low] = [luminance(color), luminance(background)].sort(
			(a, b) => b - a,
		) as [number, number];
		return (high + 0.05) / (low + 0.05);
	});
}
