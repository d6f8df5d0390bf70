import type { IncomingHttpHeaders } from "node:http";
import { finished } from "node:stream/promises";
import { EnvHttpProxyAgent, request } from "undici";
import { TransferLearningError } from "../errors";

const maxRedirects = 10;
const redirects = new Set([301, 302, 303, 307, 308]);

/** A request failed in a way that another try may get past. */
export class RetryableError extends Error {
	constructor(
		message: string,
		readonly options: {
			/** Whether a server had begun to answer. */
			readonly answered: boolean;
			/** Milliseconds that the server asks to wait. */
			readonly retryAfter?: number;
			readonly cause?: unknown;
		},
	) {
		super(message, { cause: options.cause });
	}
}

export interface HttpResponse {
	readonly status: number;
	readonly headers: IncomingHttpHeaders;
	/** Passes on the body's bytes as they were sent, nothing decoded; rejects with what `onChunk` throws. */
	readonly receive: (onChunk: (chunk: Buffer) => void) => Promise<void>;
	/** Ends the connection, whatever is left of the body. */
	readonly close: () => Promise<void>;
}

export interface GetOptions {
	/** Milliseconds without a connection, an answer or a byte after which the request is given up. */
	readonly stallTimeout: number;
	readonly signal: AbortSignal;
}

/**
 * Sends a GET request through the proxy that the environment names (`HTTPS_PROXY`, `HTTP_PROXY`,
 * `NO_PROXY`, also in lower case), and follows redirects.
 *
 * @throws RetryableError, here and from `receive`, if the connection fails; the signal's reason if that is aborted.
 */
export async function get(
	url: string,
	headers: Record<string, string>,
	options: GetOptions,
): Promise<HttpResponse> {
	let target = url;
	for (let hop = 0; hop <= maxRedirects; hop++) {
		const response = await getOnce(target, headers, options);
		const { location } = response.headers;
		if (!redirects.has(response.status) || !location) return response;
		await response.close();
		target = resolveRedirect(location, target);
	}
	throw new TransferLearningError(
		`${url} is redirected more than ${maxRedirects} times, at last to ${target}.`,
	);
}

/**
 * The address that a redirect leads to. (Undici's own redirects would go from https: to http:.)
 *
 * @throws TransferLearningError if it is not an http(s) URL, or gives up the encryption of `from`.
 */
export function resolveRedirect(location: string, from: string): string {
	const target = URL.canParse(location, from) && new URL(location, from);
	if (!target || !/^https?:$/.test(target.protocol)) {
		throw new TransferLearningError(
			`${from} is redirected to ${location}, which is not an http(s) URL.`,
		);
	}
	if (target.protocol === "http:" && from.startsWith("https:")) {
		throw new TransferLearningError(
			`${from} is redirected to ${target.href}, which is not encrypted: anybody on the way could change the file.`,
		);
	}
	return target.href;
}

async function getOnce(
	url: string,
	headers: Record<string, string>,
	{ stallTimeout, signal }: GetOptions,
): Promise<HttpResponse> {
	signal.throwIfAborted();
	const dispatcher = createDispatcher();
	// Undici's own timeouts and signal do not end a CONNECT that a proxy leaves unanswered.
	const stop = () => dispatcher.destroy();
	let stalled: Error | undefined;
	const timer = setTimeout(() => {
		stalled = new Error(`no data came for ${stallTimeout / 1000} seconds`);
		stop();
	}, stallTimeout);
	signal.addEventListener("abort", stop);

	async function close() {
		clearTimeout(timer);
		signal.removeEventListener("abort", stop);
		await stop();
	}

	function explain(error: unknown, answered: boolean) {
		if (signal.aborted) return signal.reason;
		const cause = (stalled ?? error) as NodeJS.ErrnoException;
		// A failure to connect to several addresses of a host has a code but no message.
		const message = cause.message || String(cause.code);
		return new RetryableError(message, { answered, cause });
	}

	try {
		const response = await request(url, {
			dispatcher,
			headers,
			headersTimeout: 0,
			bodyTimeout: 0,
		});
		timer.refresh();
		const { statusCode: status, body } = response;
		// A body that nobody receives fails when the connection is closed.
		body.on("error", () => {});
		async function receive(onChunk: (chunk: Buffer) => void) {
			let failure: unknown;
			// A stream that fails drops what it holds: each chunk is taken at once, so that it holds nothing.
			body.on("data", (chunk: Buffer) => {
				timer.refresh();
				try {
					onChunk(chunk);
				} catch (error) {
					failure = error;
					body.destroy();
				}
			});
			await finished(body).catch((error) => {
				throw failure ?? explain(error, true);
			});
		}
		return { status, headers: response.headers, receive, close };
	} catch (error) {
		await close();
		throw explain(error, false);
	}
}

function createDispatcher(): EnvHttpProxyAgent {
	try {
		// Without `proxyTunnel: false`, http: addresses too would be asked for by CONNECT.
		return new EnvHttpProxyAgent({ proxyTunnel: false });
	} catch (cause) {
		throw new TransferLearningError(
			"The proxy that the environment names is not an address such as http://proxy.example:3128. Fix HTTPS_PROXY and HTTP_PROXY.",
			{ cause },
		);
	}
}
