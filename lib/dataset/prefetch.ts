/**
 * Loads items one after the other, starting on the next `bufferSize` while the consumer works on one.
 *
 * @throws what `load` throws, when the consumer reaches that item
 */
export async function* prefetch<T, U>(
	items: readonly T[],
	load: (item: T) => Promise<U>,
	bufferSize: number,
): AsyncGenerator<U> {
	const pending: Promise<U>[] = [];
	let next = 0;
	while (next < items.length || pending.length > 0) {
		while (next < items.length && pending.length <= bufferSize) {
			const loading = load(items[next++] as T);
			// A failure is for the consumer, who may not have come to this item yet, or never will.
			loading.catch(() => {});
			pending.push(loading);
		}
		yield await (pending.shift() as Promise<U>);
	}
}
