import { once } from "node:events";
import * as http from "node:http";
import * as net from "node:net";
import type { test } from "node:test";
import * as zlib from "node:zlib";

// Of these types' age, node:test does not export it by name.
export type TestContext = Parameters<
	NonNullable<Parameters<typeof test>[0]>
>[0];

/** How one request is answered; bytes of the body that go through `write` are counted. */
export type Behaviour = (
	request: http.IncomingMessage,
	response: http.ServerResponse,
	write: (chunk: Buffer, then?: () => void) => void,
) => void;

export interface FileServer {
	readonly url: string;
	/** What was asked for so far. */
	readonly requests: readonly {
		readonly headers: http.IncomingHttpHeaders;
		/** In milliseconds. */
		readonly time: number;
	}[];
	/** Bytes of bodies sent so far. */
	readonly bytes: () => number;
}

/**
 * Starts an HTTP server on loopback that answers the first request by the first behaviour, and so on,
 * and those that follow by the last. It is closed when the test ends.
 */
export async function serve(
	t: TestContext,
	...behaviours: [Behaviour, ...Behaviour[]]
): Promise<FileServer> {
	const requests: { headers: http.IncomingHttpHeaders; time: number }[] = [];
	let bytes = 0;
	const server = http.createServer((request, response) => {
		const behaviour = behaviours[requests.length] ?? behaviours.at(-1);
		requests.push({ headers: request.headers, time: performance.now() });
		behaviour?.(request, response, (chunk, then) => {
			bytes += chunk.length;
			response.write(chunk, then);
		});
	});
	const port = await listen(t, server);
	const url = `http://127.0.0.1:${port}/photos.zip`;
	return { url, requests, bytes: () => bytes };
}

export interface SendOptions {
	readonly etag?: string;
	/** Whether Range is honoured. Default: true. */
	readonly ranges?: boolean;
	/** Whether If-Range is honoured. Default: true. */
	readonly ifRange?: boolean;
	/** Bytes of the body after which the connection is dropped. */
	readonly dropAfter?: number;
	/** Bytes of the body after which nothing comes any more. */
	readonly stallAfter?: number;
	/** Added to the Content-Length that is announced. */
	readonly lie?: number;
	/** Default: the length is announced; otherwise the body is sent in chunks. */
	readonly announce?: boolean;
	/** Default: never, whatever the client accepts. */
	readonly gzip?: "always" | "if accepted";
}

/** Sends the file as a well-behaved server does, but for what `options` say. */
export function send(file: Buffer, options: SendOptions = {}): Behaviour {
	const { etag, ranges = true, announce = true } = options;
	return ({ headers }, response, write) => {
		if (etag) response.setHeader("etag", etag);
		const asked = /^bytes=(\d+)-$/.exec(headers.range ?? "");
		const changed =
			(options.ifRange ?? true) && (headers["if-range"] ?? etag) !== etag;
		const honoured = asked && ranges && !changed;
		const start = honoured ? Number(asked[1]) : 0;
		if (start > 0 && start >= file.length) {
			response.writeHead(416, { "content-range": `bytes */${file.length}` });
			response.end();
			return;
		}
		let body = file.subarray(start);
		if (
			options.gzip === "always" ||
			(options.gzip &&
				/gzip|\*/.test(String(headers["accept-encoding"] ?? "*")))
		) {
			response.setHeader("content-encoding", "gzip");
			body = zlib.gzipSync(body);
		}
		if (announce) {
			response.setHeader("content-length", body.length + (options.lie ?? 0));
		}
		if (honoured) {
			const range = `bytes ${start}-${file.length - 1}/${file.length}`;
			response.writeHead(206, { "content-range": range });
		}
		const { dropAfter, stallAfter } = options;
		write(body.subarray(0, dropAfter ?? stallAfter), () => {
			if (dropAfter !== undefined) response.socket?.destroySoon();
		});
		if (dropAfter === undefined && stallAfter === undefined) response.end();
	};
}

/** Answers with a status and no file. */
export function refuse(
	status: number,
	headers: http.OutgoingHttpHeaders = {},
): Behaviour {
	return (_, response) => {
		response.writeHead(status, headers);
		response.end("no file");
	};
}

/**
 * Starts an HTTP proxy on loopback, which forwards plain requests and, if it `tunnels`, opens tunnels; it
 * lists what it was asked for. Default: it tunnels.
 */
export async function serveProxy(
	t: TestContext,
	{ tunnels = true }: { tunnels?: boolean | "never answered" } = {},
): Promise<{ url: string; requests: string[] }> {
	const requests: string[] = [];
	const server = http.createServer(({ method, url = "", headers }, answer) => {
		requests.push(`${method} ${url}`);
		const forward = http.request(url, { method, headers }, (response) => {
			answer.writeHead(response.statusCode ?? 502, response.headers);
			response.pipe(answer);
		});
		forward.end();
	});
	server.on("connect", ({ url = "" }, client: net.Socket) => {
		requests.push(`CONNECT ${url}`);
		if (tunnels === "never answered") return;
		if (!tunnels) {
			client.end("HTTP/1.1 502 Bad Gateway\r\n\r\n");
			return;
		}
		const { hostname, port } = new URL(`http://${url}`);
		const target = net.connect(Number(port), hostname, () => {
			client.write("HTTP/1.1 200 Connection Established\r\n\r\n");
			client.pipe(target).pipe(client);
		});
		target.on("error", () => client.destroy());
		client.on("error", () => target.destroy());
	});
	return { url: `http://127.0.0.1:${await listen(t, server)}`, requests };
}

async function listen(t: TestContext, server: http.Server): Promise<number> {
	server.listen(0, "127.0.0.1");
	await once(server, "listening");
	t.after(() => {
		server.closeAllConnections();
		server.close();
	});
	return (server.address() as net.AddressInfo).port;
}
