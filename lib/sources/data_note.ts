let current: string | undefined;

/**
 * Says what every result has to tell of the data that it comes from, such as `Drawings, not photos`.
 * `load` says it; charts, images and tables of training show it from then on.
 *
 * @param note undefined if there is nothing to tell
 */
export function setDataNote(note: string | undefined): void {
	current = note;
}

/** What every result has to tell of its data, or undefined. */
export function dataNote(): string | undefined {
	return current;
}
