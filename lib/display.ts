/** One output of a cell in several forms, by MIME type: `{ 'text/plain': '…', 'text/html': '…' }`. */
export type MimeBundle = Readonly<Record<string, unknown>>;

/** The name of the method with which an object displays itself in a notebook. Deno's kernel calls it, too. */
export const jupyterDisplay: unique symbol = Symbol.for("Jupyter.display");

/** An object that a notebook displays if a cell ends in it. */
export interface Displayable {
	/** Returns the object in several forms, of which each front end shows the best one that it knows. */
	readonly [jupyterDisplay]: () => MimeBundle | Promise<MimeBundle>;
}

/**
 * Makes an object displayable and returns it. Nothing else can be seen of this: the method is not enumerable, so that JSON,
 * comparisons and copies (`{ ...value }`) leave it out.
 *
 * @param format called whenever the object is displayed
 */
export function makeDisplayable<T extends object>(
	value: T,
	format: (value: T) => MimeBundle,
): T & Displayable {
	return Object.defineProperty(value, jupyterDisplay, {
		value: () => format(value),
	}) as T & Displayable;
}

/** Whether a value displays itself. */
export function isDisplayable(value: unknown): value is Displayable {
	return (
		((typeof value === "object" && value !== null) ||
			typeof value === "function") &&
		typeof (value as Partial<Displayable>)[jupyterDisplay] === "function"
	);
}
