import { type Judged, judge } from "../charts/predictions";
import { limitConcurrency } from "../dataset/concurrency";
import type { Example, Image, Label } from "../dataset/example";
import type { Item } from "../dataset/map_chain";
import { TransferLearningError } from "../errors";

/** An element as a grid shows it. */
export type Element = Example<Label> & { readonly image?: Image };

/** What a grid shows. */
export interface Chosen {
	readonly element: Element;
	/** What a model says of it, if it was asked. */
	readonly judged: Judged | undefined;
}

/**
 * The elements to show, in their order in the grid.
 *
 * @param maxImages how many, at most
 * @param wrongFirst the wrong ones first, the surest before all, on half of the places at most
 * @throws TransferLearningError if labels and predictions do not go together, or an element cannot be computed.
 */
export async function chooseElements(
	items: readonly Item[],
	maxImages: number,
	predictions: readonly ArrayLike<number>[] | undefined,
	wrongFirst: boolean,
): Promise<Chosen[]> {
	if (predictions && predictions.length !== items.length) {
		throw new TransferLearningError(
			`imageGrid got ${items.length} examples and ${predictions.length} predictions. Predict on the same data set.`,
		);
	}
	if (predictions && wrongFirst) {
		const judged = judge(await computeLabels(items), predictions);
		const places = placeWrongFirst(judged, maxImages);
		return Promise.all(
			places.map(async (i) => ({
				element: await computeElement(items[i] as Item),
				judged: judged[i],
			})),
		);
	}
	const elements = await Promise.all(
		items.slice(0, maxImages).map(computeElement),
	);
	const labels = elements.map(({ label }) => label);
	const judged =
		predictions && labels.length > 0
			? judge(labels, predictions.slice(0, labels.length))
			: [];
	return elements.map((element, i) => ({ element, judged: judged[i] }));
}

/** The labels of all elements. A map may change a label, so what is mapped is computed, and its pixels are dropped. */
function computeLabels(items: readonly Item[]): Promise<Label[]> {
	const limit = limitConcurrency(8);
	return Promise.all(
		items.map((item) =>
			item.chain.isEmpty
				? item.example.label
				: limit(async () => (await computeElement(item)).label),
		),
	);
}

async function computeElement({ example, chain }: Item): Promise<Element> {
	const element = (await chain.apply(example)) as Partial<Element> | undefined;
	if (element?.label === undefined) {
		throw new TransferLearningError(
			`${example.id} has no label when it comes into a grid. Let every map return { ...example } with what it changes.`,
		);
	}
	return element as Element;
}

/** The places of the wrong predictions, then of the right ones. */
function placeWrongFirst(all: readonly Judged[], maxImages: number): number[] {
	const confidence = (place: number) => all[place]?.confidence ?? 0;
	const isRight = ({ label, said }: Judged) => label === said;
	const wrong = all
		.flatMap((judged, i) => (isRight(judged) ? [] : [i]))
		.sort((a, b) => confidence(b) - confidence(a))
		.slice(0, Math.floor(maxImages / 2));
	const right = all.flatMap((judged, i) => (isRight(judged) ? [i] : []));
	return [...wrong, ...right.slice(0, maxImages - wrong.length)];
}
