import type { IncomingHttpHeaders } from "node:http";
import type { Dispatcher } from "undici";
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

export interface Answer {
	readonly status: number;
	readonly headers: IncomingHttpHeaders;
	/** The body's bytes as they were sent, nothing decoded. */
	readonly chunks: AsyncIterable<Buffer>;
}

export interface GetOptions {
	/** Milliseconds without a byte, answer or connection, after which the request is given up. */
	readonly stallTimeout: number;
	readonly signal: AbortSignal;
}

/**
 * Sends a GET request, through the proxy that the environment names (`HTTPS_PROXY`, `HTTP_PROXY`, `NO_PROXY`, also in
 * lower case), and follows redirects. The connection ends when `use` does, whatever is left of the body.
 *
 * @throws RetryableError, here and from `chunks`, on whatever happens to a connection
 */
export async function get(
	url: string,
	headers: Record<string, string>,
	{ stallTimeout, signal }: GetOptions,
	use: (answer: Answer) => Promise<void>,
): Promise<void> {
	signal.throwIfAborted();
	// Imported with the first download: it takes a tenth of the library's start.
	const { EnvHttpProxyAgent, request } = await import("undici");
	const dispatcher = createDispatcher(EnvHttpProxyAgent);
	const stall = new AbortController();
	const ended = AbortSignal.any([stall.signal, signal]);
	// A signal given to undici does not end the wait for a tunnel.
	ended.addEventListener("abort", () => dispatcher.destroy());
	const timer = setTimeout(() => {
		const seconds = stallTimeout / 1000;
		stall.abort(new Error(`no data came for ${seconds} seconds`));
	}, stallTimeout);

	function explain(error: unknown, answered: boolean) {
		const cause = ended.reason ?? error;
		// A failure to connect to several addresses of a host has a code but no message.
		const message = cause.message || cause.code;
		return new RetryableError(message, { answered, cause });
	}

	async function* receive(body: AsyncIterable<Buffer>) {
		try {
			for await (const chunk of body) {
				timer.refresh();
				yield chunk;
			}
		} catch (error) {
			throw explain(error, true);
		}
	}

	try {
		let target = url;
		for (let hop = 0; hop <= maxRedirects; hop++) {
			const {
				statusCode,
				headers: answered,
				body,
			} = await request(target, {
				dispatcher,
				headers,
			}).catch((error) => {
				throw explain(error, false);
			});
			timer.refresh();
			const { location } = answered;
			if (!redirects.has(statusCode) || typeof location !== "string") {
				const chunks = receive(body);
				return await use({ status: statusCode, headers: answered, chunks });
			}
			body.on("error", () => {}).destroy();
			target = resolveRedirect(location, target);
		}
		throw new TransferLearningError(
			`${url} is redirected more than ${maxRedirects} times, at last to ${target}.`,
		);
	} finally {
		clearTimeout(timer);
		await dispatcher.destroy();
	}
}

/**
 * The address that a redirect leads to. (Undici's own redirects would go from https: to http:.)
 *
 * @throws TransferLearningError if it is not an http(s) URL, or gives up the encryption of `from`.
 */
export function resolveRedirect(location: string, from: string): string {
	const target = URL.canParse(location, from) ? new URL(location, from) : null;
	if (target?.protocol !== "https:" && target?.protocol !== "http:") {
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

function createDispatcher(
	EnvHttpProxyAgent: typeof import("undici").EnvHttpProxyAgent,
): Dispatcher {
	try {
		return new EnvHttpProxyAgent({
			// Undici's own limits leave out a proxy that accepts a connection and never answers: the timer covers everything.
			headersTimeout: 0,
			bodyTimeout: 0,
			// Otherwise http: addresses too would be requested by CONNECT, which many proxies refuse.
			proxyTunnel: false,
		});
	} catch (cause) {
		throw new TransferLearningError(
			"The proxy that the environment names is not an address such as http://proxy.example:3128. Fix HTTPS_PROXY and HTTP_PROXY.",
			{ cause },
		);
	}
}
