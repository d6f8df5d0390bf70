const { any } = AbortSignal as unknown as {
	// In Node since 20.3, in its types only later.
	any(this: typeof AbortSignal, signals: AbortSignal[]): AbortSignal;
};

/** A signal that is aborted, with the same reason, when either of the two is. */
export function anySignal(one: AbortSignal, other?: AbortSignal): AbortSignal {
	return other === undefined ? one : any.call(AbortSignal, [one, other]);
}
