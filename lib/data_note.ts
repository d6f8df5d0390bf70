let current: string | undefined;

/**
 * Sets the caveat that is shown with every result, such as `Drawings, not photos`. Each `load` sets it; charts,
 * grids and training tables show it.
 *
 * @param note undefined if there is no caveat
 */
export function setDataNote(note: string | undefined): void {
	current = note;
}

/** The caveat to show with every result, or undefined. */
export function dataNote(): string | undefined {
	return current;
}
