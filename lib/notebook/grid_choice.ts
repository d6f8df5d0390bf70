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
	if (predictions && wrongFirst) {
		const judged = judge(await computeLabels(items), predictions);
		const indices = orderWrongFirst(judged, maxImages);
		return Promise.all(
			indices.map(async (i) => ({
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
