import type { IncomingHttpHeaders } from "node:http";
import { PassThrough, type Readable } from "node:stream";
import { getProxyForUrl } from "proxy-from-env";
import { Agent, type Dispatcher, ProxyAgent, request } from "undici";
import { anySignal } from "../any_signal";
import { TransferLearningError } from "../errors";

const maxRedirects = 10;
/** How far the network may be ahead of the disk. */
const bufferedBytes = 1 << 20;
const redirects = new Set([301, 302, 303, 307, 308]);

/** A request that failed in a way that another try may mend. */
export class Interruption extends Error {
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
	/** Ends the connection, whatever is left of the body. */
	readonly close: () => Promise<void>;
}

export interface GetOptions {
	/** Milliseconds without a byte, answer or connection, after which the request is given up. */
	readonly stallTimeout: number;
	readonly signal?: AbortSignal;
}

/**
 * Sends a GET request, through the proxy that the environment names for the address (`HTTPS_PROXY`,
 * `HTTP_PROXY`, `ALL_PROXY`, `NO_PROXY`, also in lower case), and follows redirects.
 *
 * @throws Interruption, here and from `chunks`, on whatever happens to a connection; the signal's reason if that is aborted.
 */
export async function get(
	url: string,
	headers: Record<string, string>,
	options: GetOptions,
): Promise<Answer> {
	let target = url;
	for (let hop = 0; hop <= maxRedirects; hop++) {
		const answer = await getOnce(target, headers, options);
		const location = answer.headers.location;
		if (!redirects.has(answer.status) || !location) return answer;
		await answer.close();
		target = resolveRedirect(location, target);
	}
	throw new TransferLearningError(
		`${url} is redirected more than ${maxRedirects} times, at last to ${target}.`,
	);
}

/**
 * The address that a redirect leads to.
 *
 * @throws TransferLearningError if it is not an http(s) URL, or gives up the encryption of `from`.
 */
export function resolveRedirect(location: string, from: string): string {
	const isUrl = URL.canParse(location, from);
	const target = isUrl ? new URL(location, from) : undefined;
	if (target?.protocol !== "https:" && target?.protocol !== "http:") {
		throw new TransferLearningError(
			`${from} is redirected to ${location}, which is not an http(s) URL.`,
		);
	}
	if (target.protocol === "http:" && new URL(from).protocol === "https:") {
		throw new TransferLearningError(
			`${from} is redirected to ${target.href}, which is not encrypted: what came from there could be anybody's.`,
		);
	}
	return target.href;
}

async function getOnce(
	url: string,
	headers: Record<string, string>,
	{ stallTimeout, signal }: GetOptions,
): Promise<Answer> {
	const stall = new AbortController();
	const timer = setTimeout(() => {
		const seconds = stallTimeout / 1000;
		stall.abort(new Error(`not a byte came for ${seconds} seconds`));
	}, stallTimeout);
	const dispatcher = createDispatcher(url);

	async function close() {
		clearTimeout(timer);
		await dispatcher.destroy();
	}

	function explain(error: unknown, answered: boolean) {
		if (signal?.aborted) return signal.reason;
		const cause = stall.signal.aborted ? stall.signal.reason : error;
		// A failure to connect to several addresses of a host has a code but no message.
		const message = cause.message || cause.code;
		return new Interruption(message, { answered, cause });
	}

	// A stream that fails drops what was not read of it yet; what has gone into a pipe is kept.
	function receive(body: Readable): AsyncIterable<Buffer> {
		const pipe = new PassThrough({ highWaterMark: bufferedBytes });
		let failure: unknown;
		body.on("data", () => timer.refresh());
		body.on("error", (error) => {
			failure = error;
			pipe.end();
		});
		body.pipe(pipe);
		return (async function* () {
			for await (const chunk of pipe) yield chunk as Buffer;
			if (failure !== undefined) throw explain(failure, true);
		})();
	}

	try {
		const response = await request(url, {
			dispatcher,
			headers,
			signal: anySignal(stall.signal, signal),
		});
		timer.refresh();
		return {
			status: response.statusCode,
			headers: response.headers,
			chunks: receive(response.body),
			close,
		};
	} catch (error) {
		await close();
		throw explain(error, false);
	}
}

function createDispatcher(url: string): Dispatcher {
	const proxy = getProxyForUrl(url);
	// Undici's own, coarser limits are off: one timer watches over everything.
	const limits = { headersTimeout: 0, bodyTimeout: 0 };
	if (!proxy) return new Agent(limits);
	try {
		// Without `proxyTunnel: false`, http: addresses too would be asked for by CONNECT.
		return new ProxyAgent({ ...limits, uri: proxy, proxyTunnel: false });
	} catch (cause) {
		throw new TransferLearningError(
			`The proxy that the environment names for ${url} is no address such as http://proxy.example:3128. Mend HTTPS_PROXY and HTTP_PROXY.`,
			{ cause },
		);
	}
}
