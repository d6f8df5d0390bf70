import { type Judged, judge } from "../charts/predictions";
import { limitConcurrency } from "../dataset/concurrency";
import type { Example, Image, Label } from "../dataset/example";
import type { Item } from "../dataset/map_chain";
import { TransferLearningError } from "../errors";

/** An element of a data set, with pixels if it is preprocessed. */
export type Element = Example<Label> & { readonly image?: Image };

/** An element to show, with its prediction if there are predictions. */
export interface Chosen {
	readonly element: Element;
	readonly judged: Judged | undefined;
}

/**
 * Chooses the elements to show, in their order in the grid.
 *
 * @param wrongFirst shows wrong predictions first, the most confident ones leading, in up to half of the grid
 * @throws TransferLearningError if labels and predictions do not match, or if an element cannot be computed.
 */
export async function chooseElements(
	items: readonly Item[],
	maxImages: number,
	predictions: readonly ArrayLike<number>[] | undefined,
	wrongFirst: boolean,
): Promise<Chosen[]> {
	if (predictions && predictions.length !== items.length) {
		throw new TransferLearningError(
			`imageGrid got ${items.length} examples and ${predictions.length} predictions. Pass the predictions for these same examples.`,
		);
	}
	const indices =
		predictions && wrongFirst
			? orderWrongFirst(
					judge(await computeLabels(items), predictions),
					maxImages,
				)
			: [...items.keys()].slice(0, maxImages);
	const elements = await Promise.all(
		indices.map((i) => computeElement(items[i] as Item)),
	);
	if (!predictions || elements.length === 0) {
		return elements.map((element) => ({ element, judged: undefined }));
	}
	const judged = judge(
		elements.map(({ label }) => label),
		indices.map((i) => predictions[i] as ArrayLike<number>),
	);
	return elements.map((element, i) => ({ element, judged: judged[i] }));
}

/** The labels of all elements. Maps may change labels, so mapped elements are computed, and their pixels dropped. */
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
			`${example.id} has no label after the maps of its data set. Each map must return { ...example } with its changes.`,
		);
	}
	return element as Element;
}

/** The indices of wrong predictions, then of right ones. */
function orderWrongFirst(all: readonly Judged[], maxImages: number): number[] {
	const confidence = (index: number) => all[index]?.confidence ?? 0;
	const isRight = ({ label, predicted }: Judged) => label === predicted;
	const wrong = all
		.flatMap((judged, i) => (isRight(judged) ? [] : [i]))
		.sort((a, b) => confidence(b) - confidence(a))
		.slice(0, Math.floor(maxImages / 2));
	const right = all.flatMap((judged, i) => (isRight(judged) ? [i] : []));
	return [...wrong, ...right.slice(0, maxImages - wrong.length)];
}
